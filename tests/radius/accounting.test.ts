import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestDisconnect } from '../../db/access/sessions.ts'
import type { VirtualNas } from '../../radius/virtual-nas.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'
import { nasOf, type RadiusHouse, radiusHouse } from './support.ts'

describe('An access point reports what a guest does', () => {
  let house: RadiusHouse
  let shop: Shop
  let nas: VirtualNas
  beforeAll(async () => {
    house = await radiusHouse()
    shop = await openShop(house.db, { nas: { address: '127.0.0.1' } })
    nas = await nasOf(house, shop)
    await new Promise((done) => setTimeout(done, 100))
  })
  afterAll(async () => {
    nas.close()
    await house.close()
  })
  const session = async (id: string) =>
    (await house.db.sql`select * from sessions where acct_session_id = ${id}`)[0] as Record<string, unknown>

  it('counts a stay from Start to Stop to the octet and makes one visit of it', async () => {
    const mac = '02-00-00-00-01-01'
    const grant = await letIn(shop, { phone: '13800138001', mac })
    const base = { acctSessionId: 's-1', callingStationId: mac, class: Buffer.from(grant.id) }
    expect(await nas.account({ ...base, status: 'Start' })).toBe(true)
    expect(
      await nas.account({
        ...base,
        status: 'Interim-Update',
        inputOctets: 5_000_000_000n,
        outputOctets: 77n,
        sessionTimeSeconds: 60,
      }),
    ).toBe(true)
    expect(
      await nas.account({
        ...base,
        status: 'Stop',
        inputOctets: 5_000_000_001n,
        outputOctets: 78n,
        sessionTimeSeconds: 61,
        terminateCause: 1,
      }),
    ).toBe(true)
    expect(await session('s-1')).toMatchObject({
      guest_id: grant.guestId,
      grant_id: grant.id,
      input_octets: '5000000001',
      output_octets: '78',
      session_time_seconds: 61,
      terminate_cause: 'User-Request',
    })
    const [guest] = await house.db.sql`select visit_count from guests where id = ${grant.guestId}`
    expect(guest?.visit_count).toBe(1)
  })

  it('gives the same row for every order of Start, two Interims and Stop, with repeats', async () => {
    const packets = [
      { status: 'Start' as const, sessionTimeSeconds: 0, delaySeconds: 90 },
      { status: 'Interim-Update' as const, inputOctets: 10n, sessionTimeSeconds: 30, delaySeconds: 60 },
      { status: 'Interim-Update' as const, inputOctets: 20n, sessionTimeSeconds: 60, delaySeconds: 30 },
      {
        status: 'Stop' as const,
        inputOctets: 30n,
        sessionTimeSeconds: 90,
        delaySeconds: 0,
        terminateCause: 4,
      },
    ]
    const orders = permutations([0, 1, 2, 3])
    expect(orders).toHaveLength(24)
    for (const [index, order] of orders.entries()) {
      const acctSessionId = `order-${index}`
      for (const which of [...order, order[0] as number]) {
        const packet = packets[which] as (typeof packets)[number]
        expect(await nas.account({ ...packet, acctSessionId, callingStationId: '02-00-00-00-02-01' })).toBe(
          true,
        )
      }
      const row = await session(acctSessionId)
      expect(row, order.join()).toMatchObject({
        input_octets: '30',
        session_time_seconds: 90,
        terminate_cause: 'Idle-Timeout',
      })
      expect(row.stopped_at).toBeInstanceOf(Date)
      expect(
        Math.abs((row.stopped_at as Date).getTime() - (row.started_at as Date).getTime() - 90_000),
      ).toBeLessThan(2500)
    }
  })

  it('ends exactly the older sessions of a NAS that has started anew', async () => {
    const other = await openShop(house.db, { nas: { address: '127.0.0.3' } })
    await new Promise((done) => setTimeout(done, 100))
    const otherNas = await nasOf(house, other)
    await nas.account({
      status: 'Start',
      acctSessionId: 'old',
      callingStationId: '02-00-00-00-03-01',
      delaySeconds: 100,
    })
    await nas.account({ status: 'Start', acctSessionId: 'new', callingStationId: '02-00-00-00-03-02' })
    await otherNas.account({
      status: 'Start',
      acctSessionId: 'elsewhere',
      callingStationId: '02-00-00-00-03-03',
      delaySeconds: 100,
    })
    expect(
      await nas.account({
        status: 'Accounting-On',
        acctSessionId: 'on',
        callingStationId: '',
        delaySeconds: 50,
      }),
    ).toBe(true)
    expect(await session('old')).toMatchObject({ terminate_cause: 'NAS-Reboot' })
    expect((await session('new')).stopped_at).toBeNull()
    expect((await session('elsewhere')).stopped_at).toBeNull()
    otherNas.close()
  })

  it('closes a session without news for three intervals, and a late packet opens it again', async () => {
    const base = { acctSessionId: 'stale', callingStationId: '02-00-00-00-04-01' }
    await nas.account({ ...base, status: 'Start' })
    await house.db
      .sql`update sessions set updated_at = now() - interval '31 minutes', started_at = now() - interval '40 minutes' where acct_session_id = 'stale'`
    await house.radius.jobs['sessions.close-stale']({})
    expect(await session('stale')).toMatchObject({ terminate_cause: 'Stale', is_stale: true })
    await nas.account({ ...base, status: 'Interim-Update', inputOctets: 9n, sessionTimeSeconds: 2400 })
    expect(await session('stale')).toMatchObject({ stopped_at: null, is_stale: false, input_octets: '9' })
  })

  it('counts on when a counter without Gigawords wraps', async () => {
    const base = { acctSessionId: 'wrap', callingStationId: '02-00-00-00-05-01' }
    await nas.account({ ...base, status: 'Start' })
    await house.db
      .sql`update sessions set input_octets = 4294967290, session_time_seconds = 10, gigawords_seen = false where acct_session_id = 'wrap'`
    const { applyAccounting } = await import('../../db/access/sessions.ts')
    const [row] = await house.db.sql`select * from sessions where acct_session_id = 'wrap'`
    await applyAccounting(house.db, [
      {
        merchantId: shop.ctx.merchantId,
        nasId: shop.nas.id,
        siteId: shop.site.id,
        status: 'interim',
        acctSessionId: 'wrap',
        callingStationId: row?.calling_station_id as string,
        calledStationId: null,
        acctMultiSessionId: null,
        userName: null,
        class: null,
        framedIpAddress: null,
        at: new Date(),
        sessionTimeSeconds: 20,
        inputOctets: 5n,
        outputOctets: 0n,
        inputPackets: 0n,
        outputPackets: 0n,
        hasGigawords: false,
        terminateCause: null,
        marks: [],
        receivedAt: new Date(),
        packet: '',
      },
    ])
    expect(await session('wrap')).toMatchObject({ input_octets: String(4294967296 + 5) })
  })

  it('makes one visit of two sessions within the gap, and another after it', async () => {
    const mac = '02-00-00-00-06-01'
    const grant = await letIn(shop, { phone: '13800138006', mac })
    for (const [index, delaySeconds] of [30_000, 29_000, 100].entries()) {
      const base = { acctSessionId: `gap-${index}`, callingStationId: mac }
      await nas.account({ ...base, status: 'Start', delaySeconds })
      await nas.account({ ...base, status: 'Stop', delaySeconds: delaySeconds - 60, sessionTimeSeconds: 60 })
    }
    // The tests before have reported a crowd, whose visits are folded a moment later.
    const visits = () => house.db.sql`select nth from visits where guest_id = ${grant.guestId} order by nth`
    await expect.poll(async () => (await visits()).map((row) => row.nth)).toEqual([1, 2])
  })

  it('keeps a User-Name with a quote, a NUL and a turn-around sign, and answers', async () => {
    const userName = "a'; DROP TABLE sessions;--\u0000\u202e"
    expect(
      await nas.account({
        status: 'Start',
        acctSessionId: 'hostile',
        callingStationId: '02-00-00-00-07-01',
        userName,
      }),
    ).toBe(true)
    expect((await session('hostile')).user_name).toBe("a'; DROP TABLE sessions;--\\x00\\u{202e}")
  })

  it('is told to put a guest out: acknowledged, and for ever refused afterwards', async () => {
    const coa = await nas.answerDisconnects(0, (id) => id === 'kick')
    await house.db.sql`update nas set coa_port = ${coa.port} where id = ${shop.nas.id}`
    const mac = '02-00-00-00-08-01'
    await letIn(shop, { phone: '13800138008', mac })
    await nas.account({ status: 'Start', acctSessionId: 'kick', callingStationId: mac })
    const id = (await session('kick')).id as string
    await requestDisconnect({ ...shop.ctx, now: new Date() }, id)
    await house.radius.jobs['radius.disconnect']({ merchantId: shop.ctx.merchantId, sessionId: id })
    expect((await session('kick')).disconnect).toMatchObject({ outcome: 'acknowledged' })
    const back = await nas.authenticate({ method: 'mac', userName: mac, callingStationId: mac })
    expect(back?.code).toBe(3)
    coa.close()
  })

  it('is silent to a Disconnect-Request: the panel is told so', async () => {
    await house.db.sql`update nas set coa_port = 9 where id = ${shop.nas.id}`
    await nas.account({ status: 'Start', acctSessionId: 'mute', callingStationId: '02-00-00-00-08-02' })
    const id = (await session('mute')).id as string
    await house.radius.jobs['radius.disconnect']({ merchantId: shop.ctx.merchantId, sessionId: id })
    expect((await session('mute')).disconnect).toMatchObject({ outcome: 'unanswered' })
  })
})

function permutations(items: number[]): number[][] {
  if (items.length <= 1) return [items]
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  )
}
