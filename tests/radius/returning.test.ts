import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { admissionNews, forgetAdmissionNews } from '../../db/access/admission-news.ts'
import { type Admission, admitDevices } from '../../db/access/admit.ts'
import { type Db, dial, transaction } from '../../db/index.ts'
import { insertSite } from '../../db/network/sites.ts'
import { Admitted, type Kept } from '../../radius/admitted.ts'
import { codes } from '../../radius/dictionary/index.ts'
import { Returning } from '../../radius/returning.ts'
import type { VirtualNas } from '../../radius/virtual-nas.ts'
import { letIn, macOf, openShop, type Shop } from '../support/people.ts'
import { nasOf, type RadiusHouse, radiusHouse } from './support.ts'

/** Issue 3, part 2: caches with exact invalidation. A device that comes back is answered from memory, and never late. */
describe('A device that comes back', () => {
  let house: RadiusHouse
  let shop: Shop
  let nas: VirtualNas
  /** Another site of the same merchant. */
  let elsewhere: string
  beforeAll(async () => {
    house = await radiusHouse()
    shop = await openShop(house.db, { nas: { address: '127.0.0.1' } })
    await new Promise((done) => setTimeout(done, 100))
    nas = await nasOf(house, shop)
    elsewhere = await transaction(shop.ctx, async (tx) => {
      const site = await insertSite(tx, shop.ctx, {
        name: 'Next door',
        slug: 'next-door',
        planId: shop.plan.id,
      })
      return site.id
    })
  })
  afterAll(async () => {
    nas.close()
    await house.close()
  })

  let devices = 0
  /** A guest who was let in before, and whom the server knows. */
  const regular = async () => {
    const number = ++devices
    const mac = `02-00-00-01-${hex(number >> 8)}-${hex(number & 255)}`
    const { guestId } = await letIn(shop, { phone: `1390${String(number).padStart(7, '0')}`, mac })
    const [row] = await house.db.sql<{ id: string }[]>`
      select id from grants where mac = ${macOf(mac)} and admits = 'mac'`
    const device = { mac, guestId, grantId: row?.id as string }
    // The first request after another guest's news finds it doubted; the second makes it known.
    for (let times = 0; times < 3; times++) expect(await isIn(mac)).toBe(true)
    return device
  }
  const ask = (mac: string) => nas.authenticate({ method: 'mac', userName: mac, callingStationId: mac })
  const isIn = async (mac: string) => (await ask(mac))?.code === codes['Access-Accept']

  it('is let in without a look at the grants', async () => {
    const { mac } = await regular()
    const stranger = '02-00-00-01-ff-ff'
    const owner = dial(house.url, { max: 1, onnotice: () => {} })
    try {
      await owner.begin(async (tx) => {
        await tx`lock table grants in access exclusive mode`
        expect(await isIn(mac)).toBe(true)
        expect(await ask(stranger)).toBeUndefined()
      })
      expect((await ask(stranger))?.code).toBe(codes['Access-Reject'])
    } finally {
      await owner.end()
    }
  })

  it.each([
    ['its grant is revoked', `update grants set revoked_at = now() where id = $1`, false],
    ['its grant ends sooner', `update grants set ends_at = now() - interval '1 second' where id = $1`, false],
    ['its right goes to another device', `update grants set mac = '0200000177ff' where id = $1`, false],
    ['its right goes to another site', `update grants set site_id = $2 where id = $1`, false],
    ['its right becomes another kind', `update grants set admits = 'portal' where id = $1`, false],
    ['its grant is deleted', `delete from grants where id = $1`, false],
    [
      'its guest is blocked',
      `update guests set blocked_at = now() where id = (select guest_id from grants where id = $1)`,
      false,
    ],
    ['its grant gets a quota', `update grants set quota_octets = 0, is_metered = true where id = $1`, false],
    ['it is left alone', `select $1`, true],
  ])('is asked for anew in the moment %s', async (_what, change, stays) => {
    const { mac, grantId } = await regular()
    await house.db.sql.unsafe(change, change.includes('$2') ? [grantId, elsewhere] : [grantId])
    expect(await isIn(mac)).toBe(stays)
  })

  it('gets the new limits, and the longer of two rights, as soon as they are there', async () => {
    const { mac, grantId } = await regular()
    await house.db.sql`update grants set session_timeout_seconds = 321 where id = ${grantId}`
    expect((await ask(mac))?.integer('Session-Timeout')).toBe(321)
    expect((await ask(mac))?.integer('Session-Timeout')).toBe(321)
    await letIn(shop, { phone: `1390${String(devices).padStart(7, '0')}`, mac })
    const [newest] = await house.db.sql`select id from grants where mac = ${macOf(mac)} and admits = 'mac'
      and revoked_at is null order by ends_at desc limit 1`
    expect((await ask(mac))?.text('Class')).toBe(newest?.id)
  })

  it('is told less time the nearer the end of its grant, and no when it has come', async () => {
    const { mac, grantId } = await regular()
    await house.db.sql`update grants set ends_at = now() + interval '2500 milliseconds' where id = ${grantId}`
    const seconds: (number | undefined)[] = []
    for (let tries = 0; tries < 40; tries++) {
      const answer = await ask(mac)
      if (answer?.code !== codes['Access-Accept']) break
      seconds.push(answer.integer('Session-Timeout'))
      await new Promise((done) => setTimeout(done, 100))
    }
    expect(new Set(seconds)).toEqual(new Set([3, 2, 1]))
    expect(await isIn(mac)).toBe(false)
  })

  it('is refused when what refused it was committed last, in a transaction that began first', async () => {
    const [first, second] = [await regular(), await regular()]
    const owner = dial(house.url, { max: 1, onnotice: () => {} })
    try {
      await owner.begin(async (tx) => {
        await tx`update grants set revoked_at = now() where id = ${first.grantId}`
        // Others come and go meanwhile, and are heard of.
        for (let others = 0; others < 3; others++) {
          await house.db
            .sql`update grants set idle_timeout_seconds = ${100 + others} where id = ${second.grantId}`
          expect((await ask(second.mac))?.integer('Idle-Timeout')).toBe(100 + others)
          expect(await isIn(first.mac)).toBe(true)
        }
        await forgetAdmissionNews(house.db, 0)
        expect(await isIn(first.mac)).toBe(true)
      })
      expect(await isIn(first.mac)).toBe(false)
      expect(await isIn(second.mac)).toBe(true)
    } finally {
      await owner.end()
    }
  })

  it('is refused although the news of it was forgotten before anybody asked', async () => {
    const { mac, grantId } = await regular()
    await house.db.sql`update grants set revoked_at = now() where id = ${grantId}`
    // What any transaction of the whole cluster may still not see stays: other tests have some.
    await vi.waitFor(async () => {
      await forgetAdmissionNews(house.db, 0)
      const [left] = await house.db
        .sql`select count(*)::int as count from admission_news where mac = ${macOf(mac)}`
      expect(left?.count).toBe(0)
    }, 20_000)
    expect(await isIn(mac)).toBe(false)
  })

  it('has its news kept while there is little of it', async () => {
    await regular()
    await forgetAdmissionNews(house.db)
    const [left] = await house.db.sql`select count(*)::int as count from admission_news where mac is not null`
    expect(left?.count).toBeGreaterThan(0)
  })

  it('is everybody to a server that has been restarted in between, or never heard of before', async () => {
    const { mark } = await admissionNews(house.db, undefined)
    expect((await admissionNews(house.db, mark)).changed).toEqual([])
    const [, snapshot] = mark.split(' ')
    expect((await admissionNews(house.db, `1764500000 ${snapshot}`)).changed).toBeUndefined()
    expect((await admissionNews(house.db, undefined)).changed).toBeUndefined()
  })

  it('is never answered by what was true before, whatever changes and however many ask', async () => {
    const places = 8
    const each = 4
    const steps = 60
    const all = [] as Awaited<ReturnType<typeof regular>>[]
    for (let number = 0; number < places * each; number++) all.push(await regular())
    let asked = 0
    const seen = new Set<string>()
    await Promise.all(
      Array.from({ length: places }, async (_, place) => {
        let state = place * 7919 + 17
        const pick = (below: number) => {
          state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
          return (state >> 8) % below
        }
        const mine = all.slice(place * each, place * each + each)
        for (let step = 0; step < steps; step++) {
          const { mac, grantId, guestId } = mine[pick(each)] as (typeof mine)[number]
          const { sql } = house.db
          const change = pick(6)
          if (change === 0)
            await sql`update grants set revoked_at = case when revoked_at is null then now() end where id = ${grantId}`
          if (change === 1)
            await sql`update guests set blocked_at = case when blocked_at is null then now() end where id = ${guestId}`
          if (change === 2)
            await sql`update grants set idle_timeout_seconds = ${60 + pick(1000)} where id = ${grantId}`
          if (change === 3)
            await sql`update grants set ends_at = now() + ${pick(2) ? '1 day' : '-1 day'}::interval where id = ${grantId}`
          if (change === 4 && pick(4) === 0) await forgetAdmissionNews(house.db, 0)
          const [expected] = (await admitDevices(house.db, [askingOf(mac)], new Date())).answers
          const answer = await ask(mac)
          asked++
          seen.add(expected ? 'yes' : 'no')
          expect(answer?.code === codes['Access-Accept']).toBe(expected !== undefined)
          if (expected) {
            expect(answer?.text('Class')).toBe(grantId)
            expect(answer?.integer('Idle-Timeout')).toBe((expected as Admission).idleTimeoutSeconds)
          }
        }
      }),
    )
    expect(asked).toBe(places * steps)
    expect(seen.size).toBe(2)
  })

  it('is not taken for known by an answer that was under way when its right was taken', async () => {
    const [slow, other] = [await regular(), await regular()]
    // The database's own answers, some of which arrive late.
    let late: Promise<void> | undefined
    const unsafe = async (text: string, values: string[], options: { prepare: boolean }) => {
      const rows = await house.db.sql.unsafe(text, values, options)
      if (values.includes(`{${macOf(slow.mac)}}`)) await late
      return rows
    }
    const db = { ...house.db, sql: { unsafe } } as unknown as Db
    const returning = new Returning(db, new Admitted())
    const askFor = async (...macs: string[]) => {
      const answers = await returning.answer(macs.map(askingOf), new Date())
      return answers.map((answer) => answer !== undefined)
    }
    for (let times = 0; times < 3; times++) expect(await askFor(other.mac)).toEqual([true])
    const arrival = Promise.withResolvers<void>()
    late = arrival.promise
    const answer = askFor(slow.mac)
    await new Promise((done) => setTimeout(done, 100))
    await house.db.sql`update grants set revoked_at = now() where id = ${slow.grantId}`
    expect(await askFor(other.mac)).toEqual([true])
    arrival.resolve()
    expect(await answer).toEqual([true])
    expect(await askFor(slow.mac, other.mac)).toEqual([false, true])
  })

  it('is looked for when it was forgotten while the news of it was on its way', async () => {
    const { mac, grantId } = await regular()
    let asked: Promise<void> | undefined
    const unsafe = async (text: string, values: string[], options: { prepare: boolean }) => {
      if (text.includes('admission_news')) await asked
      return house.db.sql.unsafe(text, values, options)
    }
    const admitted = new Admitted(4)
    const returning = new Returning({ ...house.db, sql: { unsafe } } as unknown as Db, admitted)
    for (let times = 0; times < 3; times++)
      expect((await returning.answer([askingOf(mac)], new Date()))[0]).toBeDefined()
    const { admission } = admitted.known(askingOf(mac)) as Kept
    const question = Promise.withResolvers<void>()
    asked = question.promise
    const answer = returning.answer([askingOf(mac)], new Date())
    await house.db.sql`update grants set revoked_at = now() where id = ${grantId}`
    for (const other of ['0200000180aa', '0200000180ab', '0200000180ac', '0200000180ad'])
      admitted.keep({ ...askingOf(mac), mac: other }, admission)
    question.resolve()
    expect(await answer).toEqual([undefined])
  })

  it('has news of every column of a grant but those a credential is bound by', async () => {
    const [row] = await house.db.sql<{ missing: string[] }[]>`
      select array_agg(a.attname::text order by a.attname) as missing from pg_trigger t
        join pg_attribute a on a.attrelid = t.tgrelid and a.attnum > 0 and not a.attisdropped
        where t.tgname = 'note_changed_admission' and not a.attnum = any(t.tgattr::int2[])`
    expect(row?.missing).toEqual(['bound_at', 'bound_mac', 'bound_nas_id'])
  })

  const askingOf = (mac: string) => ({
    merchantId: shop.ctx.merchantId,
    nasId: shop.nas.id,
    siteId: shop.site.id,
    mac: macOf(mac),
  })
})

const hex = (octet: number) => octet.toString(16).padStart(2, '0')
