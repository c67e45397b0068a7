import { createSocket, type Socket } from 'node:dgram'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeLimits } from '../../db/access/limits.ts'
import { topUp } from '../../db/crm/balances.ts'
import { transaction } from '../../db/index.ts'
import { changeNas } from '../../db/network/nas.ts'
import { insertPlan } from '../../db/network/plans.ts'
import { credentialSecret } from '../../db/values/credential.ts'
import { Secret } from '../../radius/authenticator.ts'
import { codes } from '../../radius/dictionary/index.ts'
import { exchange, retryWaitsMs } from '../../radius/dynamic/exchange.ts'
import { dynamicRequest, namesOf } from '../../radius/dynamic/requests.ts'
import { decode, type Packet } from '../../radius/packet.ts'
import { Writer } from '../../radius/writer.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'
import { nasOf, type RadiusHouse, radiusHouse } from './support.ts'

/** A NAS on a real socket that answers as a test tells it to, and keeps what it was asked. */
async function fakeNas(secretText: string) {
  const secret = new Secret(secretText)
  const socket = createSocket('udp4')
  const asked: Packet[] = []
  let answers: (request: Packet, nth: number) => Buffer[] = () => []
  let from: Socket = socket
  socket.on('message', (bytes, sender) => {
    const request = decode(Buffer.from(bytes))
    if (typeof request === 'string') throw new Error(request)
    asked.push(request)
    for (const answer of answers(request, asked.length)) from.send(answer, sender.port, sender.address)
  })
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', () => done()))
  return {
    secret,
    asked,
    port: socket.address().port,
    answer: (how: typeof answers, by: Socket = socket) => {
      answers = how
      from = by
      asked.length = 0
    },
    close: () => socket.close(),
  }
}

const reply = (
  request: Packet,
  code: number,
  options: { errorCause?: number; by?: Secret; identifier?: number; signed?: boolean } = {},
) => {
  const writer = new Writer().begin(code, options.identifier ?? request.identifier, {
    messageAuthenticator: options.signed ?? true,
  })
  if (options.errorCause) writer.integer('Error-Cause', options.errorCause)
  return (options.by ?? new Secret('the right secret')).signResponse(writer.take(), request.authenticator)
}

describe('A request of ours to a NAS', () => {
  let nas: Awaited<ReturnType<typeof fakeNas>>
  beforeAll(async () => {
    nas = await fakeNas('the right secret')
  })
  afterAll(() => nas.close())

  const session = { acctSessionId: 'S-1', callingStationId: '020000000001', userName: 'g-1' }
  const ask = (waitsMs: number[], now = new Date()) => {
    const [name] = namesOf(session)
    if (!name) throw new Error('no name')
    const request = dynamicRequest('Disconnect-Request', 'nas-1', name, now)(nas.secret)
    const to = { address: '127.0.0.1', port: nas.port, secret: nas.secret }
    return exchange(to, request, waitsMs)
  }

  it('waits 2, 4, 8 and 16 s with a tenth of play, five times at most and half a minute in all (RFC 5080 §2.2.1)', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 5 }), (drawn) => {
        let at = 0
        const waits = retryWaitsMs(() => drawn[at++ % drawn.length] ?? 0)
        expect(waits.reduce((all, one) => all + one, 0)).toBeLessThanOrEqual(30_000)
        expect(waits.length).toBeLessThanOrEqual(5)
        for (const [nth, base] of [2000, 4000, 8000].entries())
          expect(Math.abs((waits[nth] ?? 0) - base)).toBeLessThanOrEqual(base * 0.1)
      }),
      { numRuns: 1000 },
    )
  })

  it('is repeated octet by octet until it is answered: same Identifier, same time (RFC 5176 §2.3)', async () => {
    nas.answer((request, nth) => (nth === 3 ? [reply(request, codes['Disconnect-ACK'])] : []))
    expect((await ask([40, 40, 40, 40]))?.code).toBe(codes['Disconnect-ACK'])
    expect(nas.asked).toHaveLength(3)
    expect(new Set(nas.asked.map(({ bytes }) => bytes.toString('hex'))).size).toBe(1)
  })

  it('carries Message-Authenticator first, the NAS, the session and the time, all signed', async () => {
    nas.answer((request) => [reply(request, codes['Disconnect-ACK'])])
    const now = new Date('2026-05-06T07:08:09Z')
    await ask([100], now)
    const [request] = nas.asked
    expect([...(request ?? [])].map(({ type }) => type)).toEqual([80, 32, 1, 31, 44, 55])
    expect(request?.text('Calling-Station-Id')).toBe('02-00-00-00-00-01')
    expect(request?.integer('Event-Timestamp')).toBe(now.getTime() / 1000)
    expect(request && nas.secret.verifiesRequest(request)).toBe(true)
    expect(request && nas.secret.verifiesMessage(request, Buffer.alloc(16))).toBe(true)
  })

  const wrong: [string, (request: Packet) => Buffer][] = [
    ['with another secret', (r) => reply(r, codes['Disconnect-ACK'], { by: new Secret('another secret') })],
    ['to another Identifier', (r) => reply(r, codes['Disconnect-ACK'], { identifier: r.identifier ^ 1 })],
    ['with the code of another request', (r) => reply(r, codes['CoA-ACK'])],
    ['with an Access-Accept', (r) => reply(r, codes['Access-Accept'])],
    ['with noise', () => Buffer.from('hello')],
    [
      'with a Message-Authenticator that is not right',
      (r) => {
        const bytes = reply(r, codes['Disconnect-ACK'])
        bytes[30] = (bytes[30] ?? 0) ^ 1
        // Its Response Authenticator is: only the inner signature is wrong.
        return resign(bytes, r)
      },
    ],
  ]
  const resign = (bytes: Buffer, request: Packet) => {
    const shadow = Buffer.from(bytes)
    // Signing does not touch a Message-Authenticator that does not come first.
    const plain = Buffer.concat([shadow.subarray(0, 20), Buffer.from([18, 3, 65]), shadow.subarray(20)])
    plain.writeUInt16BE(plain.length, 2)
    return new Secret('the right secret').signResponse(plain, request.authenticator)
  }

  it.each(wrong)('believes nothing that is answered %s', async (_how, bytes) => {
    nas.answer((request) => [bytes(request)])
    expect(await ask([60, 60])).toBeUndefined()
    expect(nas.asked).toHaveLength(2)
  })

  it('hears the right answer through any number of wrong ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: wrong.length - 1 }), { maxLength: 12 }),
        fc.constantFrom('Disconnect-ACK' as const, 'Disconnect-NAK' as const),
        async (before, code) => {
          nas.answer((request) => [
            ...before.map((index) => wrong[index]?.[1](request) ?? Buffer.alloc(0)),
            reply(request, codes[code]),
          ])
          expect((await ask([500]))?.code).toBe(codes[code])
        },
      ),
      { numRuns: 100 },
    )
  })

  it('believes no answer from another port, however well it is signed', async () => {
    const other = createSocket('udp4')
    await new Promise<void>((done) => other.bind(0, '127.0.0.1', () => done()))
    nas.answer((request) => [reply(request, codes['Disconnect-ACK'])], other)
    expect(await ask([60, 60])).toBeUndefined()
    other.close()
  })

  it('has an Identifier of its own among 256 in a row, so that a late answer is never taken for its own (RFC 2865 §3)', async () => {
    nas.answer((request) => [reply(request, codes['Disconnect-ACK'])])
    const now = new Date()
    for (let nth = 0; nth < 256; nth += 1) await ask([500], now)
    expect(new Set(nas.asked.map(({ identifier }) => identifier)).size).toBe(256)
  })

  it('does not mind an answer that comes too late, nor two', async () => {
    nas.answer(() => [])
    expect(await ask([30])).toBeUndefined()
    const [late] = nas.asked
    nas.answer((request) => [
      ...(late ? [reply(late, codes['Disconnect-ACK'])] : []),
      reply(request, codes['Disconnect-NAK']),
      reply(request, codes['Disconnect-ACK']),
    ])
    expect((await ask([300]))?.code).toBe(codes['Disconnect-NAK'])
  })

  it('names a session by its MAC address where User-Name finds none, but never without User-Name first', () => {
    const written = (userName: string | null) =>
      namesOf({ ...session, userName }).map((name) => {
        const packet = decode(name(new Writer().begin(40, 1, { messageAuthenticator: false })).take())
        return typeof packet !== 'string' && packet.has('User-Name')
      })
    expect(written('g-1')).toEqual([true])
    expect(written('02-00-00-00-00-01')).toEqual([true, false])
    expect(written('020000000001')).toEqual([true, false])
    expect(written(null)).toEqual([false])
  })
})

describe('A guest who is online', () => {
  let house: RadiusHouse
  let shop: Shop
  let nas: Awaited<ReturnType<typeof fakeNas>>
  let sessionId: string
  let grantId: string
  let userName: string
  const mac = '02-00-00-00-80-01'
  beforeAll(async () => {
    house = await radiusHouse()
    nas = await fakeNas('the right secret')
    shop = await openShop(house.db, {
      nas: { address: '127.0.0.1', secret: 'the right secret', coaPort: nas.port },
    })
    await new Promise((done) => setTimeout(done, 150))
    const grant = await letIn(shop, { phone: '13800139001', mac })
    userName = grant.credentialUserName as string
    grantId = grant.id
    const ap = await nasOf(house, shop)
    await ap.authenticate({
      method: 'pap',
      userName,
      password: credentialSecret(userName),
      callingStationId: mac,
    })
    await ap.account({
      status: 'Start',
      acctSessionId: 'S-80',
      callingStationId: mac,
      userName,
      class: Buffer.from(grant.id),
      inputOctets: 400n,
      outputOctets: 600n,
    })
    ap.close()
    const [row] = await house.db.sql`select id from sessions where acct_session_id = 'S-80'`
    sessionId = row?.id
  })
  afterAll(async () => {
    nas.close()
    await house.close()
  })

  const change = (limits: Parameters<typeof changeLimits>[2]) =>
    changeLimits({ ...shop.ctx, now: new Date() }, sessionId, limits)
  const work = (name: 'radius.change-limits' | 'radius.disconnect') =>
    house.radius.jobs[name]({ merchantId: shop.ctx.merchantId, sessionId })
  const noted = async (column: 'limits_change' | 'disconnect') => {
    const [row] = await house.db.sql`select limits_change, disconnect from sessions where id = ${sessionId}`
    return row?.[column]
  }

  it('gets other limits in the middle of the session: all of them are told anew, counted from its begin', async () => {
    nas.answer((request) => [reply(request, codes['CoA-ACK'])])
    await house.db
      .sql`update sessions set started_at = now() - interval '100 seconds' where id = ${sessionId}`
    await change({ secondsLeft: 600, octetsLeft: 5_000_000_000n, bandwidthDownBps: 2_000_000 })
    await work('radius.change-limits')
    const [coa] = nas.asked
    expect(coa?.code).toBe(codes['CoA-Request'])
    expect(coa?.text('User-Name')).toBe(userName)
    expect(coa?.text('Acct-Session-Id')).toBe('S-80')
    expect(coa?.integer('Session-Timeout')).toBeGreaterThanOrEqual(698)
    expect(coa?.integer('Session-Timeout')).toBeLessThanOrEqual(702)
    expect(coa?.vendor(14122, 8)?.readUInt32BE()).toBe(2_000_000)
    // Left out, CoovaChilli would take these away: they are said though nobody changed them.
    expect(coa?.vendor(14122, 7)?.readUInt32BE()).toBe(10_000_000)
    expect(coa?.integer('Idle-Timeout')).toBe(1200)
    expect(coa?.text('Class')).toBe(grantId)
    const low = coa?.vendor(14559, 3)?.readUInt32BE() ?? 0
    const high = coa?.vendor(14559, 23)?.readUInt32BE() ?? 0
    expect(high * 2 ** 32 + low).toBe(5_000_001_000)
    expect(await noted('limits_change')).toMatchObject({ outcome: 'acknowledged' })
  })

  it('keeps what was changed when the NAS refuses, and the reason is on the session', async () => {
    nas.answer((request) => [reply(request, codes['CoA-NAK'], { errorCause: 401 })])
    await change({ bandwidthUpBps: null })
    await work('radius.change-limits')
    expect(await noted('limits_change')).toMatchObject({ outcome: 'refused', errorCause: 401 })
    const [grant] = await house.db
      .sql`select bandwidth_up_bps, bandwidth_down_bps from grants where id = ${grantId}`
    expect(grant).toMatchObject({ bandwidth_up_bps: null, bandwidth_down_bps: 2_000_000 })
    expect(nas.asked[0]?.vendor(14988, 8)?.toString()).toBe('0/2000k')
  })

  it('is asked to leave with the right secret while it is being changed, whichever of the two the NAS has', async () => {
    await changeNas({ ...shop.ctx, now: new Date() }, shop.nas.id, { secret: 'the secret to come' }, 8)
    nas.answer((request) =>
      nas.secret.verifiesRequest(request)
        ? [reply(request, codes['Disconnect-NAK'], { errorCause: 501 })]
        : [],
    )
    await work('radius.disconnect')
    expect(await noted('disconnect')).toMatchObject({ outcome: 'refused', errorCause: 501 })
  })

  it.each([
    ['acknowledged', 'Disconnect-NAK', 503],
    ['refused', 'Disconnect-NAK', undefined],
    ['acknowledged', 'Disconnect-ACK', undefined],
  ] as const)('is %s after a %s with Error-Cause %s', async (outcome, code, errorCause) => {
    nas.answer((request) => [reply(request, codes[code], errorCause ? { errorCause } : {})])
    await work('radius.disconnect')
    expect(await noted('disconnect')).toMatchObject({ outcome, ...(errorCause ? { errorCause } : {}) })
  })

  it('is not asked about any more once the session is over', async () => {
    await house.db.sql`update sessions set stopped_at = now() where id = ${sessionId}`
    nas.answer((request) => [reply(request, codes['CoA-ACK'])])
    await expect(change({ secondsLeft: 600 })).rejects.toMatchObject({ code: 'session.over' })
    await work('radius.change-limits')
    await work('radius.disconnect')
    expect(nas.asked).toEqual([])
  })

  const jobsOf = async (name: string, id: string) =>
    (await house.db.sql`select data from pgboss.job where name = ${name} and data->>'sessionId' = ${id}`)
      .length

  it('on a prepaid plan may go on at once when the balance is topped up', async () => {
    const plan = await transaction(shop.ctx, (tx) =>
      insertPlan(tx, shop.ctx, { name: 'Hours', isPrepaid: true, sessionTimeoutSeconds: null }),
    )
    const paid = { mac: '02-00-00-00-80-02', phone: '13800139002' }
    const { guestId } = await letIn(shop, paid)
    const ctx = () => ({ ...shop.ctx, now: new Date() })
    await topUp(ctx(), { guestId, planId: plan.id, seconds: 3600, reason: 'receipt 1' })
    const grant = await letIn(shop, paid)
    const ap = await nasOf(house, shop)
    await ap.account({
      status: 'Start',
      acctSessionId: 'S-82',
      callingStationId: paid.mac,
      userName: 'g-82',
      class: Buffer.from(grant.id),
    })
    ap.close()
    const [row] = await house.db.sql`select id from sessions where acct_session_id = 'S-82'`
    await topUp(ctx(), { guestId, planId: plan.id, seconds: 1800, reason: 'receipt 2' })
    expect(await jobsOf('radius.change-limits', row?.id)).toBe(1)
    nas.answer((request) => [reply(request, codes['CoA-ACK'], { by: new Secret('the secret to come') })])
    const { merchantId } = shop.ctx
    await house.radius.jobs['radius.change-limits']({ merchantId, sessionId: row?.id })
    expect(nas.asked[0]?.integer('Session-Timeout')).toBeGreaterThanOrEqual(5390)
    expect(nas.asked[0]?.integer('Session-Timeout')).toBeLessThanOrEqual(5410)
  })

  it('is put out by us, once, where the NAS lets the time of the grant pass', async () => {
    const mac = '02-00-00-00-80-03'
    const grant = await letIn(shop, { phone: '13800139003', mac })
    const ap = await nasOf(house, shop)
    const report = { acctSessionId: 'S-83', callingStationId: mac, class: Buffer.from(grant.id) }
    await ap.account({ status: 'Start', ...report })
    const [row] = await house.db.sql`select id from sessions where acct_session_id = 'S-83'`
    await house.radius.jobs['sessions.meter']({})
    expect(await jobsOf('radius.disconnect', row?.id)).toBe(0)
    await house.db.sql`update grants set ends_at = now() - interval '90 seconds' where id = ${grant.id}`
    await ap.account({ status: 'Interim-Update', ...report, sessionTimeSeconds: 60 })
    for (let times = 0; times < 3; times++) await house.radius.jobs['sessions.meter']({})
    expect(await jobsOf('radius.disconnect', row?.id)).toBe(1)
    ap.close()
  })
})
