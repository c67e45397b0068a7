import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { letIn, openShop, type Shop } from '../support/people.ts'
import { replay } from './model.ts'
import { type Attribute, accountingRequest, isAnswer, text, u32 } from './oracle.ts'
import { type RadiusHouse, radiusHouse } from './support.ts'
import { sendInSilence, Wire } from './wire.ts'

const seed = 20261125
const second = 1000
type Status = 'start' | 'stop' | 'interim' | 'on' | 'off'
const statuses: Record<Status, number> = { start: 1, stop: 2, interim: 3, on: 7, off: 8 }
type Report = {
  status: Status
  id?: string
  mac?: string
  seconds?: number
  input?: bigint
  gigawords?: boolean
  delay?: number
  stamp?: number
  more?: Attribute[]
}

describe('What an access point reports', () => {
  let house: RadiusHouse
  let shop: Shop
  const nas = { address: '127.0.0.41', secret: 'the secret of the shop' }
  const second1 = { address: '127.0.0.42', secret: 'the secret of another' }
  const here: Attribute = [4, Buffer.from([127, 0, 0, 41])]
  let wire: Wire

  const attributesOf = (report: Report): Attribute[] => {
    const { input = 0n, gigawords = true } = report
    const octets = (type: number, high: number, value: bigint): Attribute[] => [
      [type, u32(Number(value & 0xffffffffn))],
      ...(gigawords ? [[high, u32(Number(value >> 32n))] as Attribute] : []),
    ]
    return [
      here,
      [40, u32(statuses[report.status])],
      ...(report.id === undefined ? [] : [[44, text(report.id)] as Attribute]),
      [31, text(report.mac ?? '02-00-00-00-00-01')],
      ...(report.status === 'interim' || report.status === 'stop'
        ? ([
            [46, u32(report.seconds ?? 0)],
            ...octets(42, 52, input),
            ...octets(43, 53, input * 9n),
          ] as Attribute[])
        : []),
      ...(report.delay === undefined ? [] : [[41, u32(report.delay)] as Attribute]),
      ...(report.stamp === undefined ? [] : [[55, u32(report.stamp)] as Attribute]),
      ...(report.status === 'stop' ? [[49, u32(1)] as Attribute] : []),
      ...(report.more ?? []),
    ]
  }
  const tell = async (report: Report, from = wire, secret = nas.secret) => {
    const [answer] = await from.askAll([(id) => accountingRequest(secret, id, attributesOf(report))], 1)
    return answer?.[0] === 5
  }
  const tellAll = async (reports: Report[]) => {
    const requests: Buffer[] = []
    const answers = await wire.askAll(
      reports.map((report, index) => (id) => {
        requests[index] = accountingRequest(nas.secret, id, attributesOf(report))
        return requests[index] as Buffer
      }),
      120,
    )
    for (const [index, answer] of answers.entries())
      expect(answer && isAnswer(answer, requests[index] as Buffer, nas.secret) && answer[0]).toBe(5)
  }
  const session = async (id: string) => {
    const rows = await house.db.sql`select * from sessions where acct_session_id = ${id}`
    expect(rows).toHaveLength(1)
    return rows[0] as Record<string, unknown>
  }
  beforeAll(async () => {
    house = await radiusHouse()
    shop = await openShop(house.db, { nas })
    await openShop(house.db, { nas: second1 })
    await new Promise((done) => setTimeout(done, 150))
    wire = await Wire.open(house.ports.acct, nas.address)
  })
  afterAll(async () => {
    wire.close()
    await house.close()
  })

  it('R-08 RFC 2866 §5: each of 256 octets in every text attribute is recorded and acknowledged, NUL too', async () => {
    const types = [1, 11, 25, 30, 31, 32, 44, 50, 87]
    const builds = types.flatMap((type) =>
      Array.from({ length: 256 }, (_, octet) => {
        const value = Buffer.from([0x61, octet, 0x62])
        const names: Attribute[] = [here, [40, u32(1)]]
        if (type !== 44) names.push([44, text(`raw ${type} ${octet}`)])
        return (id: number) => accountingRequest(nas.secret, id, [...names, [type, value]])
      }),
    )
    const answers = await wire.askAll(builds)
    expect(answers.filter((answer) => answer?.[0] !== 5)).toHaveLength(0)
    const [log] = await house.db.sql`select count(*)::int as count from accounting_log`
    expect(log?.count).toBe(types.length * 256)
  }, 60_000)

  it('R-08: 253 octets of anything in every text attribute at once are recorded and acknowledged', async () => {
    const values = fc.sample(
      fc.oneof(
        fc.uint8Array({ minLength: 253, maxLength: 253 }),
        fc
          .array(fc.integer({ min: 0, max: 31 }), { minLength: 253, maxLength: 253 })
          .map((all) => Uint8Array.from(all)),
        fc
          .string({ unit: 'binary', minLength: 60, maxLength: 60 })
          .map((all) => Buffer.from(all).subarray(0, 253)),
      ),
      { seed, numRuns: 300 },
    )
    const answers = await wire.askAll(
      values.map((value) => (id) => {
        const long = [1, 30, 31, 44, 50, 32].map((type): Attribute => [type, value])
        return accountingRequest(nas.secret, id, [[40, u32(3)], ...long])
      }),
    )
    expect(answers.filter((answer) => answer?.[0] !== 5)).toHaveLength(0)
  }, 60_000)

  it('R-10 RFC 2866 §4.1: without NAS-IP-Address and NAS-Identifier it is recorded under its source, and marked', async () => {
    const builds = Array.from(
      { length: 1000 },
      (_, index) => (id: number) =>
        accountingRequest(nas.secret, id, [
          [40, u32(1)],
          [44, text(`nameless ${index}`)],
          [31, text('02-00-00-00-00-09')],
        ]),
    )
    const answers = await wire.askAll(builds)
    expect(answers.filter((answer) => answer?.[0] !== 5)).toHaveLength(0)
    const [row] = await house.db.sql`select count(*)::int as count from sessions
      where acct_session_id like 'nameless %' and nas_id = ${shop.nas.id} and marks @> '["missing-nas"]'`
    expect(row?.count).toBe(1000)
  }, 60_000)

  it('R-20 RFC 2866 §5.5: without Acct-Session-Id the packet is kept, the gateway marked, the request acknowledged', async () => {
    const [before] = await house.db
      .sql`select (select count(*) from accounting_log) as log, (select count(*) from sessions) as sessions`
    await tellAll(Array.from({ length: 1000 }, (_, seconds): Report => ({ status: 'interim', seconds })))
    const [after] = await house.db
      .sql`select (select count(*) from accounting_log) as log, (select count(*) from sessions) as sessions`
    expect(Number(after?.log) - Number(before?.log)).toBe(1000)
    expect(after?.sessions).toBe(before?.sessions)
    await house.radius.flush()
    const problems = await house.db
      .sql`select kind from nas_problems where nas_id = ${shop.nas.id} and cleared_at is null`
    expect(problems.map((row) => row.kind)).toContain('malformed')
  }, 60_000)

  it('R-21 RFC 2866 §4.1, RFC 3579 §3.3: passwords, State and EAP in accounting are neither kept nor refused', async () => {
    const hidden = [2, 3, 18, 24, 79]
    const marker = Buffer.from('never to be kept')
    const builds = Array.from({ length: 1000 }, (_, index) => (id: number) => {
      const some = hidden.filter((_type, place) => (index + 1) & (1 << place))
      const attributes = some.map((type): Attribute => [type, marker])
      return accountingRequest(nas.secret, id, [
        here,
        [40, u32(1)],
        [44, text(`clean ${index}`)],
        ...attributes,
      ])
    })
    const answers = await wire.askAll(builds)
    expect(answers.filter((answer) => answer?.[0] !== 5)).toHaveLength(0)
    expect(
      await house.db.sql`select from accounting_log where packet like ${`%${marker.toString('hex')}%`}`,
    ).toHaveLength(0)
  }, 60_000)

  it('R-22 RFC 2866 §5.2: one Stop sent twenty times with a growing delay is one session with one end', async () => {
    const began = Date.now()
    await tell({ status: 'start', id: 'patient' })
    for (let repeat = 0; repeat < 20; repeat++)
      await tell({
        status: 'stop',
        id: 'patient',
        seconds: 5,
        input: 500n,
        delay: Math.round((Date.now() - began) / second),
      })
    const row = await session('patient')
    expect(row.input_octets).toBe('500')
    expect(Math.abs((row.stopped_at as Date).getTime() - began)).toBeLessThan(1500)
  })

  it('R-23 RFC 2869 §5.3: a clock that is hours, days or ages wrong gives no negative stay and nothing in the future', async () => {
    const now = Math.floor(Date.now() / second)
    const skews = [0, 3600, -3600, 86_400, -86_400, 25 * 365 * 86_400, -now, 4_294_967_295 - now]
    const cases = fc.sample(
      fc.record({
        skew: fc.oneof(fc.constantFrom(...skews), fc.integer({ min: -400, max: 400 })),
        seconds: fc.nat(100_000),
        delay: fc.nat(4_294_967_295),
      }),
      { seed, numRuns: 1000 },
    )
    await tellAll(
      cases.flatMap(({ skew, delay }, index): Report[] => [
        {
          status: 'start',
          id: `skewed ${index}`,
          stamp: Math.max(0, now + skew),
          ...(index % 3 ? {} : { delay: delay % 7200 }),
        },
      ]),
    )
    await tellAll(
      cases.map(
        ({ skew, seconds, delay }, index): Report => ({
          status: 'stop',
          id: `skewed ${index}`,
          seconds,
          stamp: Math.max(0, now + skew),
          ...(index % 3 ? {} : { delay }),
        }),
      ),
    )
    const [row] = await house.db.sql`select count(*)::int as count,
        count(*) filter (where stopped_at < started_at)::int as negative,
        count(*) filter (where greatest(started_at, updated_at, stopped_at) > now() + interval '1 second')::int as future,
        count(*) filter (where marks @> '["nas-clock"]')::int as marked
      from sessions where acct_session_id like 'skewed %'`
    expect(row).toMatchObject({ count: 1000, negative: 0, future: 0 })
    expect(row?.marked).toBeGreaterThan(500)
    await house.radius.flush()
    const problems = await house.db
      .sql`select kind from nas_problems where nas_id = ${shop.nas.id} and cleared_at is null`
    expect(problems.map((problem) => problem.kind)).toContain('clock')
  }, 60_000)

  it('R-24 RFC 2869 §5.1: 64-bit totals are exact at every edge, to 2^64 − 1', async () => {
    const edges = [0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 63n, 2n ** 64n - 1n]
    const values = [
      ...edges,
      ...fc.sample(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { seed, numRuns: 1000 }),
    ]
    // Ninefold would not fit: the other direction is left out.
    const answers = await wire.askAll(
      values.map(
        (value, index) => (id) =>
          accountingRequest(nas.secret, id, [
            here,
            [40, u32(3)],
            [44, text(`edge ${index}`)],
            [42, u32(Number(value & 0xffffffffn))],
            [52, u32(Number(value >> 32n))],
          ]),
      ),
    )
    expect(answers.filter((answer) => answer?.[0] !== 5)).toHaveLength(0)
    const rows = await house.db
      .sql`select acct_session_id as id, input_octets as octets from sessions where acct_session_id like 'edge %'`
    const found = new Map(rows.map((row) => [row.id as string, row.octets as string]))
    for (const [index, value] of values.entries()) expect(found.get(`edge ${index}`)).toBe(String(value))
  }, 60_000)

  it('R-25: a counter without Gigawords that wraps goes on; disorder around the wrap does not count twice', async () => {
    const top = 2n ** 32n - 10n
    const tells: Report[] = [
      { status: 'interim', id: 'wraps', seconds: 100, input: top, gigawords: false },
      { status: 'interim', id: 'wraps', seconds: 200, input: 5n, gigawords: false },
      { status: 'interim', id: 'wraps', seconds: 100, input: top, gigawords: false },
      { status: 'interim', id: 'wraps', seconds: 150, input: 2n ** 32n - 1n, gigawords: false },
      { status: 'interim', id: 'wraps', seconds: 300, input: 50n, gigawords: false },
      { status: 'interim', id: 'wraps', seconds: 250, input: 20n, gigawords: false },
    ]
    for (const report of tells) await tell({ ...report, mac: '02-00-00-00-00-25' })
    expect((await session('wraps')).input_octets).toBe(String(2n ** 32n + 50n))
  })

  it('R-26, R-27, R-28 RFC 2869 §2.1, RFC 5080 §2.3.1: in any order and number, totals are the highest and a stopped session stays stopped', async () => {
    const sequences = fc.sample(
      fc.array(fc.record({ step: fc.integer({ min: 0, max: 5 }) }), { minLength: 3, maxLength: 9 }),
      { seed, numRuns: 600 },
    )
    const life = (index: number): Report[] => {
      const id = `any order ${index}`
      const mac = `02-00-00-01-${(index >> 8).toString(16).padStart(2, '0')}-${(index & 255).toString(16).padStart(2, '0')}`
      return [0, 1, 2, 3, 4, 5].map((step) => ({
        status: step === 0 ? 'start' : step === 5 ? 'stop' : 'interim',
        id,
        mac,
        seconds: step * 60,
        input: BigInt(step) * 1_000_000_007n,
        delay: (5 - step) * 60,
      }))
    }
    const longest = Math.max(...sequences.map((sequence) => sequence.length))
    for (let place = 0; place < longest; place++)
      await tellAll(
        sequences.flatMap((sequence, index) => {
          const step = sequence[place]?.step
          return step === undefined ? [] : [life(index)[step] as Report]
        }),
      )
    const rows = await house.db.sql`select * from sessions where acct_session_id like 'any order %'`
    expect(rows).toHaveLength(600)
    for (const row of rows) {
      const sequence = sequences[Number(row.acct_session_id.slice(10))] as { step: number }[]
      const highest = Math.max(...sequence.map(({ step }) => step))
      expect(row.input_octets, row.acct_session_id).toBe(String(BigInt(highest) * 1_000_000_007n))
      expect(row.session_time_seconds).toBe(highest * 60)
      expect(row.stopped_at !== null).toBe(sequence.some(({ step }) => step === 5))
    }
  }, 120_000)

  it('R-29 RFC 2866 §5.1: Accounting-On, late and repeated, ends exactly the older sessions of its own gateway', async () => {
    const other = await Wire.open(house.ports.acct, second1.address)
    const ago = (minutes: number, id: string, mac: number): Report => ({
      status: 'start',
      id,
      delay: minutes * 60,
      mac: `02-00-00-02-${(mac >> 8).toString(16).padStart(2, '0')}-${(mac & 255).toString(16).padStart(2, '0')}`,
    })
    await house.db.sql`update sessions set stopped_at = updated_at where stopped_at is null`
    await tellAll(Array.from({ length: 100 }, (_, index) => ago(180 + index, `older ${index}`, index)))
    await tellAll(Array.from({ length: 100 }, (_, index) => ago(index, `newer ${index}`, 100 + index)))
    for (let index = 0; index < 20; index++)
      await tell({ ...ago(200, `elsewhere ${index}`, 300 + index) }, other, second1.secret)
    for (let repeat = 0; repeat < 3; repeat++)
      await tell({ status: repeat === 1 ? 'off' : 'on', id: 'reboot', mac: '', delay: 120 * 60 + repeat })
    const open = await house.db
      .sql`select acct_session_id as id from sessions where stopped_at is null order by 1`
    expect(open.map((row) => row.id.split(' ')[0]).filter((word) => word === 'newer')).toHaveLength(100)
    expect(open.map((row) => row.id.split(' ')[0]).filter((word) => word === 'elsewhere')).toHaveLength(20)
    expect(open).toHaveLength(120)
    const [row] = await house.db
      .sql`select count(*)::int as count from sessions where terminate_cause = 'NAS-Reboot'`
    expect(row?.count).toBe(100)
    other.close()
  }, 60_000)

  it('R-29: a gateway that has restarted and counts its sessions from the beginning gets new sessions, not the old ones', async () => {
    const mac = '02-00-00-00-29-01'
    await tell({ status: 'start', id: '00000001', mac, delay: 90_000 })
    await tell({ status: 'stop', id: '00000001', mac, delay: 86_400, seconds: 3600, input: 700n })
    await tell({ status: 'start', id: '00000001', mac, delay: 60 })
    await tell({ status: 'interim', id: '00000001', mac, seconds: 60, input: 5n })
    const rows = await house.db.sql`select acct_session_id, input_octets, stopped_at from sessions
      where calling_station_id = '020000002901' order by started_at`
    expect(rows.map((row) => [row.input_octets, row.stopped_at === null])).toEqual([
      ['700', false],
      ['5', true],
    ])
    expect(rows[1]?.acct_session_id).toBe('00000001')
  })

  it('R-30: without news for three interim intervals a session ends at its last news; a late Stop corrects that, nothing else', async () => {
    const mac = '02-00-00-00-30-01'
    await tell({ status: 'interim', id: 'quiet', mac, delay: 31 * 60, seconds: 60, input: 10n })
    await tell({ status: 'interim', id: 'talking', mac: '02-00-00-00-30-02', delay: 29 * 60, seconds: 60 })
    await house.radius.jobs['sessions.close-stale']({})
    const quiet = await session('quiet')
    expect(quiet).toMatchObject({ is_stale: true, terminate_cause: 'Stale', input_octets: '10' })
    expect(quiet.stopped_at).toEqual(quiet.updated_at)
    expect((await session('talking')).stopped_at).toBeNull()
    await tell({ status: 'stop', id: 'quiet', mac, delay: 20 * 60, seconds: 720, input: 30n })
    const corrected = await session('quiet')
    expect(corrected).toMatchObject({ is_stale: false, terminate_cause: 'User-Request', input_octets: '30' })
    await tell({ status: 'stop', id: 'quiet', mac, seconds: 2000, input: 30n })
    expect((await session('quiet')).stopped_at).toEqual(corrected.stopped_at)
    await house.radius.jobs['sessions.close-stale']({})
    const [late] = await house.db.sql`select count(*)::int as count from sessions
      where stopped_at is null and updated_at < now() - interval '35 minutes'`
    expect(late?.count).toBe(0)
  })

  it('R-31 RFC 2869 §5.16: an interim interval below a minute can not be set', async () => {
    const { transaction } = await import('../../db/index.ts')
    const { insertNas } = await import('../../db/network/nas.ts')
    for (const interval of [-1, 0, 1, 59, 86_401])
      await expect(
        transaction(shop.ctx, (tx) =>
          insertNas(
            tx,
            shop.ctx,
            shop.site.id,
            {
              gateway: 'uam',
              address: '127.0.0.49',
              secret: 'long enough',
              acctInterimIntervalSeconds: interval,
            },
            8,
          ),
        ),
      ).rejects.toThrow('interim')
  })

  it('R-32 RFC 2865 §5.25: a guest who roams to another gateway of the site, or whose gateway changes its address, stays one session', async () => {
    const roaming = { address: '127.0.0.43', secret: 'the second of the shop' }
    const { transaction } = await import('../../db/index.ts')
    const { insertNas } = await import('../../db/network/nas.ts')
    await transaction(shop.ctx, (tx) =>
      insertNas(tx, shop.ctx, shop.site.id, { gateway: 'uam', ...roaming }, 8),
    )
    await new Promise((done) => setTimeout(done, 150))
    const other = await Wire.open(house.ports.acct, roaming.address)
    const mac = '02-00-00-00-32-01'
    const grant = await letIn(shop, { phone: '13800138032', mac })
    const more: Attribute[] = [
      [25, text('of a proxy')],
      [25, text(grant.id)],
    ]
    await tell({ status: 'start', id: 'roams', mac, more })
    await tell({ status: 'interim', id: 'roams', mac, seconds: 60, input: 100n, more }, other, roaming.secret)
    await tell({
      status: 'interim',
      id: 'roams',
      mac,
      seconds: 120,
      input: 200n,
      more: [...more, [4, Buffer.from([10, 9, 8, 7])]],
    })
    await tell({ status: 'stop', id: 'roams', mac, seconds: 180, input: 300n, more }, other, roaming.secret)
    expect(await session('roams')).toMatchObject({
      input_octets: '300',
      guest_id: grant.guestId,
      grant_id: grant.id,
    })
    other.close()
  })

  it('R-36 RFC 5080 §2.2.1: what a gateway reports seven days late lands on the right day', async () => {
    const week = 7 * 86_400
    await tell({ status: 'stop', id: 'a week ago', mac: '02-00-00-00-36-01', delay: week, seconds: 600 })
    const row = await session('a week ago')
    expect(Math.abs(Date.now() - week * second - (row.stopped_at as Date).getTime())).toBeLessThan(60_000)
    expect((row.stopped_at as Date).getTime() - (row.started_at as Date).getTime()).toBe(600 * second)
  })

  it('R-39 RFC 2866 §5.1: what says nothing of a session is kept in the log and acknowledged; what says nothing at all is discarded', async () => {
    const [before] = await house.db.sql`select count(*)::int as log from accounting_log`
    const unknown = Array.from({ length: 256 }, (_, status) => status).filter(
      (status) => ![1, 2, 3, 7, 8].includes(status),
    )
    const answers = await wire.askAll(
      unknown.map(
        (status) => (id) => accountingRequest(nas.secret, id, [here, [40, u32(status)], [44, text('odd')]]),
      ),
    )
    expect(new Set(answers.map((answer) => answer?.[0]))).toEqual(new Set([5]))
    const [after] = await house.db.sql`select count(*)::int as log from accounting_log`
    expect(after?.log - before?.log).toBe(unknown.length)
    expect(await house.db.sql`select from sessions where acct_session_id = 'odd'`).toHaveLength(0)
    const silent = [[], [40, Buffer.alloc(0)], [40, Buffer.alloc(1)], [40, Buffer.alloc(8)]].map((status) =>
      accountingRequest(nas.secret, 1, [
        here,
        ...(status.length ? [status as unknown as Attribute] : []),
        [44, text('mute')],
      ]),
    )
    expect(await sendInSilence(silent, house.ports.acct, nas)).toEqual([])
  })
})

describe('The log of accounting', () => {
  it('R-A1: replayed by other rules it gives the same sessions, to the octet, after loss, repeats and disorder', async () => {
    const house = await radiusHouse()
    const nas = { address: '127.0.0.44', secret: 'the secret of the shop' }
    await openShop(house.db, { nas })
    await new Promise((done) => setTimeout(done, 150))
    const wire = await Wire.open(house.ports.acct, nas.address)
    const random = seeded(seed)
    const packets: ((id: number) => Buffer)[] = []
    for (let index = 0; index < 400; index++) {
      const mac = `02-00-00-03-${(index >> 8).toString(16).padStart(2, '0')}-${(index & 255).toString(16).padStart(2, '0')}`
      const interims = Math.floor(random() * 5)
      for (let step = 0; step <= interims + 1; step++) {
        const total = BigInt(step) * BigInt(Math.floor(random() * 3e9))
        const attributes: Attribute[] = [
          [40, u32(step === 0 ? 1 : step > interims ? 2 : 3)],
          [44, text(`life ${index}`)],
          [31, text(mac)],
          [41, u32((interims + 1 - step) * 60)],
          [46, u32(step * 60)],
          [42, u32(Number(total & 0xffffffffn))],
          [52, u32(Number(total >> 32n))],
          [43, u32(Math.floor(random() * 2 ** 32))],
          [53, u32(step)],
          [49, u32(1)],
        ]
        const times = random() < 0.2 ? 0 : random() < 0.1 ? 2 : 1
        for (let time = 0; time < times; time++)
          packets.push((id) => accountingRequest(nas.secret, id, attributes))
      }
    }
    for (let index = packets.length - 1; index > 0; index--) {
      const other = Math.max(0, index - Math.floor(random() * 40))
      const moved = packets[index] as (id: number) => Buffer
      packets[index] = packets[other] as (id: number) => Buffer
      packets[other] = moved
    }
    const half = packets.length >> 1
    await wire.askAll(packets.slice(0, half))
    await wire.askAll([
      (id) =>
        accountingRequest(nas.secret, id, [
          [40, u32(7)],
          [41, u32(100)],
        ]),
    ])
    await wire.askAll(packets.slice(half))
    const log = await house.db.sql`select nas_id, received_at, packet from accounting_log order by id`
    const expected = replay(
      log.map((row) => ({
        nasId: row.nas_id,
        receivedAtMs: row.received_at.getTime(),
        attributes: Buffer.from(row.packet, 'hex'),
      })),
    )
    const rows = await house.db.sql`select * from sessions`
    expect(rows).toHaveLength(expected.size)
    for (const row of rows) {
      const model = expected.get(`${row.nas_id} ${row.acct_session_id} ${row.calling_station_id}`)
      expect(
        {
          inputOctets: BigInt(row.input_octets),
          outputOctets: BigInt(row.output_octets),
          sessionTimeSeconds: row.session_time_seconds,
          stoppedAtMs: row.stopped_at?.getTime(),
          terminateCause: row.terminate_cause ?? undefined,
        },
        row.acct_session_id,
      ).toMatchObject({
        inputOctets: model?.inputOctets,
        outputOctets: model?.outputOctets,
        sessionTimeSeconds: model?.sessionTimeSeconds,
        stoppedAtMs: model?.stoppedAtMs,
        terminateCause: model?.terminateCause,
      })
    }
    wire.close()
    await house.close()
  }, 120_000)
})

/** mulberry32: the same numbers every run. */
function seeded(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
