import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AccountingRecord, applyAccounting } from '../../db/access/accounting.ts'
import { foldVisits } from '../../db/access/visits.ts'
import { dial } from '../../db/index.ts'
import { stay } from '../admin/stays.ts'
import { letIn, macOf, openShop, type Shop } from '../support/people.ts'
import { accountingRequest, text, u32 } from './oracle.ts'
import { type RadiusHouse, radiusHouse } from './support.ts'
import { Wire } from './wire.ts'

describe('The visits of a crowd', () => {
  let house: RadiusHouse
  let last = 0
  beforeAll(async () => {
    house = await radiusHouse()
  })
  afterAll(() => house.close())

  const guests = async (shop: Shop, count: number, now = new Date()) => {
    const macs: string[] = []
    for (let index = 0; index < count; index++) {
      const mac = `02-00-00-18-${(++last >> 8).toString(16).padStart(2, '0')}-${(last & 255).toString(16).padStart(2, '0')}`
      await letIn(shop, { phone: `139${String(10_000_000 + last)}`, mac, now })
      macs.push(macOf(mac))
    }
    return macs
  }
  const visitsOf = (shop: Shop) => house.db.sql<
    { mac: string; nth: number; from: string; to: string; visits: number; seen: string; sessions: number }[]
  >`
    select d.mac, v.nth, v.started_at::text as "from", v.ended_at::text as "to", g.visit_count as visits,
        g.last_seen_at::text as seen,
        (select count(*)::int from sessions s where s.merchant_id = v.merchant_id and s.visit_id = v.id) as sessions
      from visits v join guests g on g.merchant_id = v.merchant_id and g.id = v.guest_id
        join devices d on d.merchant_id = g.merchant_id and d.guest_id = g.id
      where v.merchant_id = ${shop.ctx.merchantId} order by d.mac, v.nth`

  it('are folded a moment later: no access point waits for a guest who is being written', async () => {
    const nas = { address: '127.0.0.71', secret: 'the secret of a full house' }
    const shop = await openShop(house.db, { nas })
    const macs = await guests(shop, 60)
    await new Promise((done) => setTimeout(done, 150))
    const wire = await Wire.open(house.ports.acct, nas.address)
    const report = (mac: string, index: number, status: number) => (identifier: number) =>
      accountingRequest(
        nas.secret,
        identifier,
        [
          [4, Buffer.from([127, 0, 0, 71])],
          [40, u32(status)],
          [44, text(`crowd-${index}`)],
          [31, text(mac)],
        ],
        4,
      )
    // They make the crowd: nobody's devices, of whose sessions nothing is folded.
    const strangers = Array.from(
      { length: 120 },
      (_, index) => `06-00-00-00-18-${index.toString(16).padStart(2, '0')}`,
    )
    await wire.askAll(strangers.map((mac, index) => report(mac, 1000 + index, 1)))
    const owner = dial(house.url, { max: 2, onnotice: () => {} })
    await owner.begin(async (tx) => {
      await tx`select from guests where merchant_id = ${shop.ctx.merchantId} for update`
      const answers = await wire.askAll(macs.map((mac, index) => report(mac, index, 1)))
      expect(answers.filter(Boolean)).toHaveLength(60)
      expect(await visitsOf(shop)).toEqual([])
      // Nor for its session that is being folded: that waits for the guests by now.
      await expect
        .poll(
          () => owner`select from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '%string_to_array%'`,
          { timeout: 10_000 },
        )
        .toHaveLength(1)
      const news = await wire.askAll(macs.map((mac, index) => report(mac, index, 3)))
      expect(news.filter(Boolean)).toHaveLength(60)
      expect(await visitsOf(shop)).toEqual([])
    })
    await owner.end()
    await expect.poll(async () => (await visitsOf(shop)).length, { timeout: 10_000 }).toBe(60)
    await wire.askAll(macs.map((mac, index) => report(mac, index, 2)))
    wire.close()
    await expect
      .poll(
        () => house.db.sql`select from visits v where v.merchant_id = ${shop.ctx.merchantId} and exists (
          select from sessions s where s.merchant_id = v.merchant_id and s.visit_id = v.id and s.stopped_at is not null
            and s.updated_at = v.ended_at)`,
        { timeout: 10_000 },
      )
      .toHaveLength(60)
    expect(
      (await visitsOf(shop)).every(
        ({ nth, visits, sessions }) => nth === 1 && visits === 1 && sessions === 1,
      ),
    ).toBe(true)
  }, 60_000)

  it('are found after a crash: whoever had recorded them was killed before they were folded', async () => {
    const shop = await openShop(house.db)
    const [here = '', gone = ''] = await guests(shop, 2)
    const at = new Date(Date.now() - 3_600_000)
    const began = stay.record(shop, here, at, 0, 'start', shop.site)
    const ended = stay.record(shop, gone, at, 0, 'start', shop.site)
    await applyAccounting(house.db, [ended])
    const stop: AccountingRecord = {
      ...stay.record(shop, gone, at, 1800, 'stop', shop.site),
      acctSessionId: ended.acctSessionId,
    }
    const { unfolded } = await applyAccounting(house.db, [began, stop], { foldLater: true })
    expect(unfolded.count).toBe(2)
    const before = await visitsOf(shop)
    expect(before.map(({ mac }) => mac)).toEqual([gone])
    expect(before.map(({ from, to }) => from === to)).toEqual([true])
    await house.restart()
    await expect.poll(async () => (await visitsOf(shop)).length, { timeout: 10_000 }).toBe(2)
    const after = await visitsOf(shop)
    expect(after.map(({ mac, from, to }) => [mac, Date.parse(to) - Date.parse(from)])).toEqual(
      [
        [here, 0],
        [gone, 1_800_000],
      ].sort(),
    )
  }, 30_000)

  it('never wait for a session that is being written, nor make it wait: one that joins an earlier visit is told, and noted there the next time', async () => {
    const shop = await openShop(house.db)
    const [fresh = '', back = '', other = ''] = await guests(shop, 3)
    const earlier = new Date(Date.now() - 600_000)
    await applyAccounting(
      house.db,
      [back, other].map((mac) => stay.record(shop, mac, earlier, 300, 'stop', shop.site)),
    )
    const records = [fresh, back, other].map((mac) =>
      stay.record(shop, mac, new Date(), 0, 'start', shop.site),
    )
    const { unfolded } = await applyAccounting(house.db, records, { foldLater: true })
    expect(unfolded.count).toBe(3)
    const owner = dial(house.url, { max: 1, onnotice: () => {} })
    const left = await owner.begin(async (tx) => {
      await tx`select from sessions where merchant_id = ${shop.ctx.merchantId}
        and calling_station_id in (${fresh}, ${back}) and started_at > ${new Date(Date.now() - 300_000)} for update`
      return foldVisits(house.db, unfolded.keys)
    })
    await owner.end()
    expect(left.count).toBe(1)
    const told = async () => (await visitsOf(shop)).map(({ mac, nth, sessions }) => [mac, nth, sessions])
    const sorted = (rows: [string, number, number][]) => rows.sort(([a], [b]) => (a < b ? -1 : 1))
    expect(await told()).toEqual(
      sorted([
        [fresh, 1, 1],
        [back, 1, 1],
        [other, 1, 2],
      ]),
    )
    expect(await foldVisits(house.db, left.keys)).toEqual({ count: 0, keys: '' })
    expect(await told()).toEqual(
      sorted([
        [fresh, 1, 1],
        [back, 1, 2],
        [other, 1, 2],
      ]),
    )
  })

  it('take several sessions of one guest one after the other, in the order they began', async () => {
    const shop = await openShop(house.db)
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
    const [mac = ''] = await guests(shop, 1, daysAgo(4))
    const records = [3, 2, 1].map((days) => stay.record(shop, mac, daysAgo(days), 600, 'stop', shop.site))
    let { unfolded } = await applyAccounting(house.db, records, { foldLater: true })
    for (const count of [2, 1, 0]) {
      unfolded = await foldVisits(house.db, unfolded.keys)
      expect(unfolded.count).toBe(count)
    }
    expect((await visitsOf(shop)).map(({ nth, visits, sessions }) => [nth, visits, sessions])).toEqual([
      [1, 3, 1],
      [2, 3, 1],
      [3, 3, 1],
    ])
  })

  it('are the same as of sessions that come one by one, whatever order they are folded in and however often', async () => {
    // A fixed seed: the days of some guests with breaks shorter and longer than the gap of the site.
    let seed = 18
    const pick = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    const [one, many] = [await openShop(house.db), await openShop(house.db)] as const
    const count = 12
    const begin = Date.now() - 5 * 86_400_000
    const before = new Date(begin)
    const macs = { one: await guests(one, count, before), many: await guests(many, count, before) }
    const reports: { index: number; at: Date; seconds: number; status: 'start' | 'stop'; id: string }[] = []
    for (let index = 0; index < count; index++) {
      let atMs = begin
      for (let stays = 0; stays < 6; stays++) {
        atMs += (1 + pick(600)) * 60_000
        const seconds = pick(40) * 60
        const id = `${index}-${stays}`
        reports.push({ index, at: new Date(atMs), seconds: 0, status: 'start', id })
        reports.push({ index, at: new Date(atMs), seconds, status: 'stop', id })
        atMs += seconds * 1000
      }
    }
    reports.sort((a, b) => a.at.getTime() + a.seconds * 1000 - (b.at.getTime() + b.seconds * 1000))
    const recordOf = (shop: Shop, mac: string, { at, seconds, status, id }: (typeof reports)[number]) => ({
      ...stay.record(shop, mac, at, seconds, status, shop.site),
      acctSessionId: id,
    })
    for (const report of reports) {
      await applyAccounting(house.db, [recordOf(one, macs.one[report.index] as string, report)])
      const record = recordOf(many, macs.many[report.index] as string, report)
      const { unfolded } = await applyAccounting(house.db, [record], { foldLater: true })
      // Two sessions of a guest are never open at once here, so each is folded before the next one begins.
      if (report.status === 'stop' || pick(3) === 0) await foldVisits(house.db, unfolded.keys)
      if (pick(4) === 0) await foldVisits(house.db, unfolded.keys)
    }
    const told = async (shop: Shop, of: string[]) =>
      (await visitsOf(shop)).map(({ mac, ...visit }) => ({ guest: of.indexOf(mac), ...visit }))
    const expected = await told(one, macs.one)
    expect(expected.length).toBeGreaterThan(count * 2)
    expect(expected.length).toBeLessThan(count * 6)
    expect(await told(many, macs.many)).toEqual(expected)
  }, 60_000)
})
