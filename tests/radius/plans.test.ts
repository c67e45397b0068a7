import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { topUp } from '../../db/crm/balances.ts'
import { transaction } from '../../db/index.ts'
import { insertPlan, type PlanLimits } from '../../db/network/plans.ts'
import { changeSite } from '../../db/network/sites.ts'
import { credentialSecret } from '../../db/values/credential.ts'
import { balanceNotices } from '../../portal/jobs/balance-notice.ts'
import { codes } from '../../radius/dictionary/index.ts'
import type { Packet } from '../../radius/packet.ts'
import type { VirtualNas } from '../../radius/virtual-nas.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'
import { nasOf, type RadiusHouse, radiusHouse } from './support.ts'

let house: RadiusHouse
beforeAll(async () => {
  house = await radiusHouse()
})
afterAll(() => house.close())

let addresses = 40
/** A shop with a gateway of its own on another address of loopback. */
async function openOne(
  plan: Partial<PlanLimits>,
  site: Parameters<typeof openShop>[1] extends infer O
    ? O extends { site?: infer S }
      ? S
      : never
    : never = {},
): Promise<{ shop: Shop; nas: VirtualNas }> {
  const shop = await openShop(house.db, {
    plan,
    site: { ...site },
    nas: { address: `127.0.0.${++addresses}` },
  })
  await new Promise((done) => setTimeout(done, 150))
  return { shop, nas: await nasOf(house, shop) }
}

/** Goes online as a remembered device does. */
const comeIn = (nas: VirtualNas, mac: string): Promise<Packet | undefined> =>
  nas.authenticate({ method: 'mac', userName: mac, callingStationId: mac })

const accepted = (answer: Packet | undefined) => answer?.code === codes['Access-Accept']

/** One stay, told by the gateway in full. */
async function stay(
  nas: VirtualNas,
  input: {
    id: string
    mac: string
    grant: string
    seconds: number
    octets?: bigint
    endedSecondsAgo?: number
  },
) {
  const base = {
    acctSessionId: input.id,
    callingStationId: input.mac,
    class: Buffer.from(input.grant),
  }
  const ended = input.endedSecondsAgo ?? 0
  await nas.account({ ...base, status: 'Start', delaySeconds: ended + input.seconds })
  await nas.account({
    ...base,
    status: 'Stop',
    sessionTimeSeconds: input.seconds,
    inputOctets: input.octets ?? 0n,
    delaySeconds: ended,
    terminateCause: 1,
  })
}

/** The right to be remembered that came with a sign-in. */
const rightOf = async (guestId: string): Promise<string> => {
  const [row] = await house.db
    .sql`select id from grants where guest_id = ${guestId} and admits = 'mac' and revoked_at is null`
  return String(row?.id)
}

/** A zone in which it is now about this hour of the day, so that midnight can be near or far. */
function zoneAtHour(hour: number): string {
  const offset = ((hour - new Date().getUTCHours() + 36) % 24) - 12
  // POSIX signs are the other way round: Etc/GMT-8 is eight hours ahead.
  return offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`
}

describe('A plan with time for each day', () => {
  it('gives a guest 30 minutes over three sessions, then a no in their language, and anew after midnight of the site', async () => {
    const { shop, nas } = await openOne({ dailySeconds: 1800 }, { timeZone: zoneAtHour(12) })
    const mac = '02-00-00-00-51-01'
    const { guestId } = await letIn(shop, { phone: '13800138001', mac })
    const grant = await rightOf(guestId)
    for (const [session, left] of [1800, 1200, 600].entries()) {
      const answer = await comeIn(nas, mac)
      expect(accepted(answer)).toBe(true)
      expect(answer?.integer('Session-Timeout')).toBe(left)
      await stay(nas, { id: `day-${session}`, mac, grant, seconds: 600 })
    }
    const no = await comeIn(nas, mac)
    expect(no?.code).toBe(codes['Access-Reject'])
    expect(no?.text('Reply-Message')).toMatch(
      /^今天的免费时长已用完。\d{4}-\d{2}-\d{2} 00:00 起可再次上网。$/,
    )
    // The same stays, but it is after midnight there: they were yesterday's.
    await house.db
      .sql`update sessions set started_at = started_at - interval '1 day', updated_at = updated_at - interval '1 day',
      stopped_at = stopped_at - interval '1 day' where guest_id = ${guestId}`
    expect((await comeIn(nas, mac))?.integer('Session-Timeout')).toBe(1800)
    nas.close()
  })

  it('counts of a stay over midnight what was after it, and lets none reach over the next', async () => {
    const { shop, nas } = await openOne({ dailySeconds: 7200 }, { timeZone: 'Etc/GMT' })
    const mac = '02-00-00-00-51-02'
    const { guestId } = await letIn(shop, { phone: '13800138002', mac })
    const grant = await rightOf(guestId)
    const now = new Date()
    const sinceMidnight = Math.floor((now.getTime() % 86_400_000) / 1000)
    await stay(nas, { id: 'over-midnight', mac, grant, seconds: sinceMidnight + 3600, octets: 100n })
    const left = 7200 - sinceMidnight
    const answer = await comeIn(nas, mac)
    if (left <= 0) expect(answer?.code).toBe(codes['Access-Reject'])
    else {
      const given = answer?.integer('Session-Timeout') ?? 0
      const untilMidnight = 86_400 - sinceMidnight
      expect(Math.abs(given - Math.min(left, untilMidnight))).toBeLessThan(5)
    }
    nas.close()
  })
})

describe('A plan with a quota for each month', () => {
  it('counts this month and no other, time and volume, Gigawords and all', async () => {
    const { shop, nas } = await openOne(
      { sessionTimeoutSeconds: null, monthlySeconds: 7200, monthlyOctets: 10_000_000_000n },
      // Noon, so that the month's end, which no session reaches over, is further off than two hours.
      { timeZone: zoneAtHour(12) },
    )
    const mac = '02-00-00-00-52-01'
    const { guestId } = await letIn(shop, { phone: '13800138011', mac })
    const grant = await rightOf(guestId)
    await stay(nas, { id: 'month-1', mac, grant, seconds: 10, octets: 9_000_000_000n })
    const answer = await comeIn(nas, mac)
    const low = answer?.vendor(14559, 3)?.readUInt32BE() ?? 0
    const high = answer?.vendor(14559, 23)?.readUInt32BE() ?? 0
    expect(BigInt(high) * 2n ** 32n + BigInt(low)).toBe(1_000_000_000n)
    expect(answer?.integer('Session-Timeout')).toBe(7190)
    await stay(nas, { id: 'month-2', mac, grant, seconds: 10, octets: 1_000_000_000n })
    expect((await comeIn(nas, mac))?.text('Reply-Message')).toMatch(/^本月的免费流量已用完。.*-01 00:00/)
    await house.db
      .sql`update sessions set started_at = started_at - interval '32 days', updated_at = updated_at - interval '32 days',
      stopped_at = stopped_at - interval '32 days' where guest_id = ${guestId}`
    expect(accepted(await comeIn(nas, mac))).toBe(true)
    nas.close()
  })
})

describe('A plan with a volume', () => {
  it('tells what is left above 4 GB in Gigawords, to CoovaChilli and MikroTik, and refuses when it is used up', async () => {
    const { shop, nas } = await openOne({ quotaOctets: 20_000_000_000n })
    const mac = '02-00-00-00-53-01'
    const { guestId } = await letIn(shop, { phone: '13800138021', mac })
    const grant = await rightOf(guestId)
    await stay(nas, { id: 'volume-1', mac, grant, seconds: 60, octets: 11_000_000_000n })
    const answer = await comeIn(nas, mac)
    for (const [vendor, lowType, highType] of [
      [14559, 3, 23],
      [14988, 17, 18],
    ] as const) {
      const low = answer?.vendor(vendor, lowType)?.readUInt32BE() ?? 0
      const high = answer?.vendor(vendor, highType)?.readUInt32BE() ?? 0
      expect(BigInt(high) * 2n ** 32n + BigInt(low)).toBe(9_000_000_000n)
    }
    await stay(nas, { id: 'volume-2', mac, grant, seconds: 60, octets: 9_000_000_000n })
    expect((await comeIn(nas, mac))?.code).toBe(codes['Access-Reject'])
    nas.close()
  })
})

describe('Devices at once', () => {
  it('lets three of twenty devices in that ask in one moment, whichever they are', async () => {
    const { shop, nas } = await openOne({ devicesMax: 3 })
    const macs = Array.from({ length: 20 }, (_, index) => `02-00-00-00-54-${String(index).padStart(2, '0')}`)
    for (const mac of macs) await letIn(shop, { phone: '13800138031', mac })
    const answers = await Promise.all(macs.map((mac) => comeIn(nas, mac)))
    const inside = macs.filter((_, index) => accepted(answers[index]))
    expect(inside).toHaveLength(3)
    const outside = answers.find((answer) => answer && !accepted(answer))
    expect(outside?.text('Reply-Message')).toMatch(/设备太多/)
    // Who is in is answered again; whose place becomes free leaves it to the next.
    expect(accepted(await comeIn(nas, inside[0] as string))).toBe(true)
    const next = macs.find((mac) => !inside.includes(mac)) as string
    expect(accepted(await comeIn(nas, next))).toBe(false)
    const base = { acctSessionId: 'place', callingStationId: inside[0] as string }
    await nas.account({ ...base, status: 'Start' })
    await nas.account({ ...base, status: 'Stop', sessionTimeSeconds: 1, terminateCause: 1 })
    expect(accepted(await comeIn(nas, next))).toBe(true)
    nas.close()
  })

  it('counts credentials and remembered devices of one guest together', async () => {
    const { shop, nas } = await openOne({ devicesMax: 1 })
    const [one, other] = ['02-00-00-00-55-01', '02-00-00-00-55-02'] as const
    await letIn(shop, { phone: '13800138041', mac: one })
    const grant = await letIn(shop, { phone: '13800138041', mac: other })
    expect(accepted(await comeIn(nas, one))).toBe(true)
    const userName = grant.credentialUserName as string
    const password = credentialSecret(userName)
    const asked = { method: 'pap' as const, userName, password, callingStationId: other }
    expect(accepted(await nas.authenticate(asked))).toBe(false)
    nas.close()
  })
})

describe('Opening hours', () => {
  const clockIn = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 16)
  const everyDay = (from: string, to: string) => [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from, to }))

  it.each(['site', 'plan'] as const)(
    'of a %s end a session at closing time, and refuse before opening',
    async (whose) => {
      const open = everyDay(clockIn(-60), clockIn(30))
      const { shop, nas } = await openOne(whose === 'plan' ? { openingHours: open } : {}, {
        timeZone: 'Etc/GMT',
        ...(whose === 'site' ? { openingHours: open } : {}),
      })
      const mac = `02-00-00-00-56-0${whose.length}`
      const { guestId } = await letIn(shop, { phone: '13800138051', mac })
      const given = (await comeIn(nas, mac))?.integer('Session-Timeout') ?? 0
      expect(given).toBeGreaterThan(29 * 60 - 5)
      expect(given).toBeLessThanOrEqual(30 * 60)
      const opens = clockIn(45)
      const later = everyDay(opens, clockIn(90))
      if (whose === 'site')
        await changeSite({ ...shop.ctx, now: new Date() }, shop.site.id, { openingHours: later })
      else
        await house.db
          .sql`update grants set opening_hours = ${house.db.sql.json(later)} where guest_id = ${guestId}`
      const no = await comeIn(nas, mac)
      expect(no?.code).toBe(codes['Access-Reject'])
      expect(no?.text('Reply-Message')).toMatch(/现在已关闭/)
      expect(no?.text('Reply-Message')).toContain(opens)
      nas.close()
    },
  )
})

describe('A prepaid balance', () => {
  /** A guest with an hour on a prepaid plan. */
  async function prepaid(
    phone: string,
    mac: string,
    amount: { seconds?: number; octets?: bigint } = { seconds: 3600 },
  ) {
    const { shop, nas } = await openOne({})
    const plan = await transaction(shop.ctx, (tx) =>
      insertPlan(tx, shop.ctx, {
        name: '一小时',
        isPrepaid: true,
        sessionTimeoutSeconds: null,
        noticeSeconds: 600,
        noticePercent: 10,
      }),
    )
    const { guestId } = await letIn(shop, { phone, mac })
    await topUp(
      { ...shop.ctx, now: new Date() },
      { guestId, planId: plan.id, ...amount, reason: 'receipt 1' },
    )
    return { shop, nas, plan, guestId, grant: await rightOf(guestId) }
  }
  const left = async (guestId: string, planId: string) => {
    const [row] = await house.db.sql`select l.seconds::text, l.octets::text from guests g,
      balance_left(g.merchant_id, g.id, ${planId}) l where g.id = ${guestId}`
    return row as { seconds: string | null; octets: string | null }
  }
  const eventually = async (holds: () => Promise<boolean>) => {
    for (let attempt = 0; attempt < 100 && !(await holds()); attempt++)
      await new Promise((done) => setTimeout(done, 30))
    expect(await holds()).toBe(true)
  }

  it('counts down, tells the guest once when it runs low, is cut off at zero and refused until topped up', async () => {
    const mac = '02-00-00-00-57-01'
    const { shop, nas, plan, guestId, grant } = await prepaid('13800138061', mac)
    const first = await comeIn(nas, mac)
    expect(first?.integer('Session-Timeout')).toBe(3600)
    const base = { acctSessionId: 'paid-1', callingStationId: mac, class: Buffer.from(grant) }
    const interim = (seconds: number) =>
      nas.account({ ...base, status: 'Interim-Update', sessionTimeSeconds: seconds })
    const jobs = async (name: string) =>
      (
        await house.db
          .sql`select data from pgboss.job where name = ${name} and data->>'merchantId' = ${shop.ctx.merchantId}`
      ).map((row) => row.data)
    await nas.account({ ...base, status: 'Start', sessionTimeSeconds: 0 })
    await interim(1800)
    expect(await left(guestId, plan.id)).toMatchObject({ seconds: '1800' })
    await interim(3100)
    await eventually(async () => (await jobs('balance.notice')).length === 1)
    // Late, repeated, nearer to zero: told once.
    for (const seconds of [1800, 3100, 3200, 3300]) await interim(seconds)
    await house.radius.jobs['sessions.meter']({})
    expect(await jobs('balance.notice')).toHaveLength(1)
    const notice = balanceNotices({ db: house.db })
    const [job] = await jobs('balance.notice')
    await notice(job)
    await notice(job)
    const texts = await house.db
      .sql`select kind, guest_id from messages where merchant_id = ${shop.ctx.merchantId}`
    expect(texts).toMatchObject([{ kind: 'notice', guest_id: guestId }])
    expect(await jobs('radius.disconnect')).toHaveLength(0)
    await interim(3600)
    await eventually(async () => (await jobs('radius.disconnect')).length === 1)
    const no = await comeIn(nas, mac)
    expect(no?.code).toBe(codes['Access-Reject'])
    expect(no?.text('Reply-Message')).toMatch(/余额已用完/)
    await nas.account({ ...base, status: 'Stop', sessionTimeSeconds: 3620, terminateCause: 6 })
    // What was overrun until the report came is ours: the next hour is a whole one.
    await topUp(
      { ...shop.ctx, now: new Date() },
      { guestId, planId: plan.id, seconds: 3600, reason: 'receipt 2' },
    )
    expect((await comeIn(nas, mac))?.integer('Session-Timeout')).toBe(3600)
    nas.close()
  })

  it('with volume is told to the gateway, to the octet', async () => {
    const mac = '02-00-00-00-57-02'
    const { nas, plan, guestId, grant } = await prepaid('13800138062', mac, { octets: 6_000_000_000n })
    await stay(nas, { id: 'paid-2', mac, grant, seconds: 60, octets: 1_234_567_890n })
    const answer = await comeIn(nas, mac)
    const low = answer?.vendor(14559, 3)?.readUInt32BE() ?? 0
    const high = answer?.vendor(14559, 23)?.readUInt32BE() ?? 0
    expect(BigInt(high) * 2n ** 32n + BigInt(low)).toBe(6_000_000_000n - 1_234_567_890n)
    expect(await left(guestId, plan.id)).toMatchObject({ seconds: null, octets: '4765432110' })
    nas.close()
  })

  it('of a guest who signs in at a shop with a free plan goes before the free plan', async () => {
    const { shop, guestId, plan, nas } = await prepaid('13800138063', '02-00-00-00-57-03')
    const grant = await letIn(shop, { phone: '13800138063', mac: '02-00-00-00-57-04' })
    expect(grant).toMatchObject({ guestId, planId: plan.id, isPrepaid: true })
    nas.close()
  })

  it('is what was put on less the highest counters, whatever is lost, repeated or out of order', async () => {
    const mac = '02-00-00-00-57-05'
    const { nas, plan, guestId, grant } = await prepaid('13800138064', mac, {
      seconds: 1_000_000,
      octets: 10n ** 15n,
    })
    let used = { seconds: 0, octets: 0n }
    let run = 0
    const report = fc.record({
      step: fc.integer({ min: 1, max: 6 }),
      repeats: fc.integer({ min: 0, max: 2 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(report, { minLength: 1, maxLength: 8 }), async (reports) => {
        const acctSessionId = `property-${++run}`
        let highest = 0
        const told = reports.flatMap(({ step, repeats }) => new Array(repeats + 1).fill(step * 100))
        for (const seconds of told) {
          highest = Math.max(highest, seconds)
          await nas.account({
            status: 'Interim-Update',
            acctSessionId,
            callingStationId: mac,
            class: Buffer.from(grant),
            sessionTimeSeconds: seconds,
            inputOctets: BigInt(seconds) * 10_000_000n,
          })
        }
        used = { seconds: used.seconds + highest, octets: used.octets + BigInt(highest) * 10_000_000n }
        expect(await left(guestId, plan.id)).toEqual({
          seconds: String(1_000_000 - used.seconds),
          octets: String(10n ** 15n - used.octets),
        })
      }),
      { numRuns: 40 },
    )
    nas.close()
  })

  it('falls below zero by one report at most', async () => {
    const mac = '02-00-00-00-57-06'
    const { nas, plan, guestId, grant } = await prepaid('13800138065', mac, { seconds: 1000 })
    const interval = 300
    const base = { acctSessionId: 'paid-6', callingStationId: mac, class: Buffer.from(grant) }
    for (let seconds = interval; accepted(await comeIn(nas, mac)); seconds += interval)
      await nas.account({ ...base, status: 'Interim-Update', sessionTimeSeconds: seconds })
    expect(Number((await left(guestId, plan.id)).seconds)).toBeGreaterThan(-interval)
    nas.close()
  })
})
