import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dial } from '../../db/index.ts'
import { credentialSecret } from '../../db/values/credential.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'
import {
  type Attribute,
  accessRequest,
  accountingRequest,
  hide,
  isAnswer,
  packetOf,
  signMessage,
  text,
  u32,
} from './oracle.ts'
import { type RadiusHouse, radiusHouse } from './support.ts'
import { barrier, sendInSilence, Wire } from './wire.ts'

const seed = 20261125

/** One packet or more for each hole that real servers have had. The names are those of the table they stand in. */
describe('Old holes stay closed', () => {
  let house: RadiusHouse
  let shop: Shop
  const nas = { address: '127.0.0.51', secret: 'the secret of the shop' }
  const here: Attribute = [4, Buffer.from([127, 0, 0, 51])]
  const start: Attribute[] = [here, [40, u32(1)]]
  beforeAll(async () => {
    house = await radiusHouse()
    shop = await openShop(house.db, { nas })
    await new Promise((done) => setTimeout(done, 150))
  })
  afterAll(() => house.close())
  const acknowledged = async (attributes: Attribute[]) => {
    const wire = await Wire.open(house.ports.acct, nas.address)
    const request = accountingRequest(nas.secret, 1, attributes)
    const answer = await wire.ask(request)
    wire.close()
    return answer !== undefined && isAnswer(answer, request, nas.secret)
  }
  const answered = async (attributes: Attribute[]) => {
    const wire = await Wire.open(house.ports.auth, nas.address)
    const request = accessRequest(nas.secret, 1, attributes)
    const answer = await wire.ask(request)
    wire.close()
    return answer && isAnswer(answer, request, nas.secret) ? answer[0] : undefined
  }

  it.each([
    ['1 (CVE-2026-35333): attribute length 0 before Message-Authenticator', 0],
    ['2 (CVE-2005-0108): attribute length 1', 1],
  ])('R-F3 %s is discarded on both ports', async (_name, size) => {
    const before = packetOf(1, 1, randomBytes(16), [
      [1, text('x')],
      [80, Buffer.alloc(16)],
    ])
    before[21] = size
    const acct = accountingRequest(nas.secret, 1, [...start, [44, text('hole')]])
    acct[21] = size
    expect(await sendInSilence([before], house.ports.auth, nas)).toEqual([])
    expect(await sendInSilence([acct], house.ports.acct, nas)).toEqual([])
  })

  it.each([
    ['3 (CVE-2001-1377): Vendor-Length 0', [0, 0, 0x37, 0x2a, 7, 0]],
    ['3 (CVE-2001-1377): Vendor-Length 1', [0, 0, 0x37, 0x2a, 7, 1, 2, 3]],
    ['4 (CVE-2013-2220): Vendor-Length larger than the attribute', [0, 0, 0x37, 0x2a, 7, 250, 1]],
    ['4: Vendor-Specific of one octet', [0]],
    ['4: Vendor-Specific of none', []],
    ['6 (CVE-2004-0938): Ascend-Send-Secret', [0, 0, 2, 17, 214, 18, ...randomBytes(16)]],
  ])('R-F3 %s is kept as it is', async (_name, value) => {
    const odd: Attribute = [26, Buffer.from(value)]
    expect(await acknowledged([...start, [44, text('vendor')], odd])).toBe(true)
    expect(await answered([here, [31, text('02-00-00-00-00-01')], odd])).toBe(3)
  })

  it.each([69, 64, 65, 81, 82, 83, 90, 91])(
    'R-F3 5 (CVE-2003-0967): tagged attribute %i of none and of one octet is kept as it is',
    async (type) => {
      for (const value of [[], [1], [1, 2]])
        expect(await acknowledged([...start, [44, text('tagged')], [type, Buffer.from(value)]])).toBe(true)
    },
  )

  it('R-F3 7 (CVE-2004-0131): Acct-Status-Type without value and no Acct-Session-Id is discarded', async () => {
    const packets = [0, 1, 2, 3].map((size) =>
      accountingRequest(nas.secret, size, [[40, Buffer.alloc(size)]]),
    )
    packets.push(accountingRequest(nas.secret, 9, []))
    expect(await sendInSilence(packets, house.ports.acct, nas)).toEqual([])
  })

  it('R-F3 8 (FR-GV-302): a thousand EAP-Messages in one packet are bounded', async () => {
    const many = Array.from({ length: 1000 }, (): Attribute => [79, Buffer.from([1])])
    const packet = accessRequest(nas.secret, 1, many)
    expect(await sendInSilence([packet], house.ports.auth, nas)).toEqual([])
    expect(house.radius.stats()['auth.dropped.too-many-attributes']).toBe(1)
  })

  it('R-F3 9 (CVE-2021-29629): a Length that lies in either direction is discarded', async () => {
    const packets = [19, 20, 21, 37, 39, 4096, 4097, 65_535].map((length) => {
      const packet = accessRequest(nas.secret, 1, [[1, text('guest')]])
      packet.writeUInt16BE(length, 2)
      return packet
    })
    expect(await sendInSilence(packets, house.ports.auth, nas)).toEqual([])
  })

  it('R-F3 10 (CVE-2001-1376): a User-Password beyond 128 octets is refused', async () => {
    for (const size of [1, 15, 17, 127, 129, 144, 160, 240, 253])
      expect(
        await answered([here, [31, text('02-00-00-00-00-01')], [1, text('guest')], [2, randomBytes(size)]]),
        `${size}`,
      ).toBe(3)
  })

  it('R-F3 11 (FR-GV-305): 0xFFFFFFFF in every integer is stored as what it is', async () => {
    const integers = [5, 6, 7, 12, 41, 42, 43, 45, 46, 47, 48, 49, 52, 53, 55, 61]
    const most = integers.map((type): Attribute => [type, u32(0xffffffff)])
    expect(await acknowledged([here, [40, u32(2)], [44, text('most')], ...most])).toBe(true)
    const [row] = await house.db.sql`select * from sessions where acct_session_id = 'most'`
    expect(row).toMatchObject({
      input_octets: '18446744073709551615',
      output_octets: '18446744073709551615',
      input_packets: '4294967295',
      terminate_cause: '4294967295',
    })
    expect(row?.stopped_at.getTime()).toBeLessThanOrEqual(Date.now())
  })

  it('R-F3 12: more than 200 attributes are discarded, 200 are not', async () => {
    const attributes = (count: number) =>
      Array.from({ length: count - 2 }, (): Attribute => [200, Buffer.from([1])])
    expect(await acknowledged([[40, u32(1)], [44, text('many')], ...attributes(200)])).toBe(true)
    const packet = accountingRequest(nas.secret, 2, [
      [40, u32(1)],
      [44, text('too many')],
      ...attributes(201),
    ])
    expect(await sendInSilence([packet], house.ports.acct, nas)).toEqual([])
  })

  it('R-F3 13 (CVE-2002-0318), R-17 RFC 5080 §2.2.3: while one access point floods, another is served and guests who sign in get through', async () => {
    const other = { address: '127.0.0.52', secret: 'the secret of another' }
    const neighbour = await openShop(house.db, { nas: other })
    const guests = []
    for (let index = 0; index < 40; index++) {
      const mac = `02-00-00-00-13-${index.toString(16).padStart(2, '0')}`
      const grant = await letIn(neighbour, { phone: `1380015${1000 + index}`, mac })
      guests.push({ mac, userName: grant.credentialUserName as string })
    }
    await new Promise((done) => setTimeout(done, 150))
    const flood = await Wire.open(house.ports.auth, nas.address)
    let floods = true
    /** Datagrams that Node reads of one socket before it turns to others. */
    const readAtOnce = 30
    const packets = Array.from({ length: 3000 }, (_, index) => {
      const mac = `06-${randomBytes(5).toString('hex').match(/../g)?.join('-')}`
      return accessRequest(nas.secret, index & 255, [here, [31, text(mac)], [6, u32(10)], [1, text(mac)]])
    })
    const pour = async () => {
      // As fast as the server can read and no faster: what the kernel throws away, it takes from everybody alike.
      for (let at = 0; floods; at = (at + readAtOnce) % packets.length) {
        for (const packet of packets.slice(at, at + readAtOnce)) flood.send(packet)
        await new Promise((done) => setImmediate(done))
      }
    }
    const pouring = pour()
    const wire = await Wire.open(house.ports.auth, other.address)
    const answers = await wire.askAll(
      guests.map(({ mac, userName }) => (identifier) => {
        const authenticator = randomBytes(16)
        const hidden = hide(text(credentialSecret(userName)), authenticator, other.secret)
        return accessRequest(
          other.secret,
          identifier,
          [here, [31, text(mac)], [1, text(userName)], [2, hidden]],
          { authenticator },
        )
      }),
      5,
    )
    floods = false
    await pouring
    flood.close()
    wire.close()
    expect(answers.filter((answer) => answer?.[0] === 2).length).toBeGreaterThanOrEqual(38)
    await barrier(house.ports.auth, other)
  }, 60_000)

  it('R-17 RFC 5080 §2.2.3: who has most in work waits first, so that one question of another still finds room', async () => {
    const other = { address: '127.0.0.53', secret: 'the secret of a third' }
    await openShop(house.db, { nas: other })
    await new Promise((done) => setTimeout(done, 150))
    const wire = await Wire.open(house.ports.auth, other.address)
    const doors = await Promise.all(
      Array.from({ length: 10 }, () => Wire.open(house.ports.auth, nas.address)),
    )
    const stranger = (secret: string, identifier: number) => {
      const mac = text(`06-${randomBytes(5).toString('hex').match(/../g)?.join('-')}`)
      return accessRequest(secret, identifier, [here, [31, mac], [6, u32(10)], [1, mac]])
    }
    const before = house.radius.stats()['auth.dropped.overload'] ?? 0
    const owner = dial(house.url, { max: 1, onnotice: () => {} })
    await owner.begin(async (tx) => {
      await tx`lock table grants in access exclusive mode`
      for (const door of doors)
        for (let identifier = 0; identifier < 250; identifier++) {
          door.send(stranger(nas.secret, identifier))
          if (identifier % 25 === 0) await new Promise((done) => setImmediate(done))
        }
      wire.send(stranger(other.secret, 1))
      await expect.poll(() => house.radius.stats()['auth.dropped.overload'] ?? 0).toBeGreaterThan(before)
      await new Promise((done) => setTimeout(done, 50))
    })
    await expect.poll(() => wire.answers.map(([code]) => code), { timeout: 5000 }).toEqual([3])
    await owner.end()
    for (const door of [wire, ...doors]) door.close()
  })

  it('R-F3 14: a CoA or Disconnect as the very first packet after a start is discarded', async () => {
    await house.restart()
    for (const port of ['auth', 'acct'] as const) {
      const packets = [40, 41, 42, 43, 44, 45].map((code) =>
        accountingRequest(nas.secret, code, [[44, text('x')]], code),
      )
      expect(await sendInSilence(packets, house.ports[port], nas)).toEqual([])
    }
  })

  it('R-F3 15: a User-Name with quotes, SQL, NUL, 253 octets, broken UTF-8 or invisible signs is stored and acknowledged', async () => {
    const names = [
      "o'hara",
      `"; DROP TABLE sessions; --`,
      "'; DROP TABLE sessions; --",
      'a\u0000b',
      'x'.repeat(253),
      '\u202egnp.exe',
      'a\u200bb\ufeff',
      '{a,b}',
      '\\"',
      'NULL',
      '$1 %s',
    ].map((name) => Buffer.from(name))
    names.push(Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0xed, 0xa0, 0x80]))
    for (const [index, name] of names.entries())
      expect(await acknowledged([...start, [44, text(`name ${index}`)], [1, name]]), String(index)).toBe(true)
    const rows = await house.db
      .sql`select user_name from sessions where acct_session_id like 'name %' order by id`
    expect(rows).toHaveLength(names.length)
    for (const row of rows) expect(row.user_name).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    const raw = await house.db.sql`select packet from accounting_log`
    for (const name of names) expect(raw.some((row) => row.packet.includes(name.toString('hex')))).toBe(true)
  })

  it('R-F3 16: a clock 25 years ahead ends nobody, and is noted once', async () => {
    const [before] = await house.db.sql`select count(*)::int as count from sessions where stopped_at is null`
    const ahead = Math.floor(Date.now() / 1000) + 25 * 365 * 86_400
    const wire = await Wire.open(house.ports.acct, nas.address)
    const answers = await wire.askAll(
      Array.from(
        { length: 1000 },
        (_, index) => (id: number) =>
          accountingRequest(nas.secret, id, [...start, [44, text(`ahead ${index}`)], [55, u32(ahead)]]),
      ),
    )
    await wire.askAll([
      (id) => accountingRequest(nas.secret, id, [here, [40, u32(7)], [41, u32(3600)], [55, u32(ahead)]]),
    ])
    wire.close()
    expect(answers.filter((answer) => answer?.[0] !== 5)).toHaveLength(0)
    await house.radius.jobs['sessions.close-stale']({})
    const [after] = await house.db.sql`select count(*)::int as count from sessions where stopped_at is null`
    expect(after?.count).toBe(before?.count + 1000)
    await house.radius.flush()
    const clock = await house.db
      .sql`select from nas_problems where nas_id = ${shop.nas.id} and kind = 'clock'`
    expect(clock).toHaveLength(1)
  }, 60_000)

  it('R-F1: ten thousand malformed packets on each port change nothing, and a good one is answered right after', async () => {
    const [before] = await house.db.sql`select count(*)::int as count from accounting_log`
    const errors = ['auth.error', 'acct.error'] as const
    for (const port of ['auth', 'acct'] as const) {
      const packets = fc
        .sample(
          fc.tuple(
            fc.nat(3),
            fc.uint8Array({ maxLength: 200 }),
            fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 6 }),
          ),
          { seed, numRuns: 10_000 },
        )
        .map(([how, octets, changes]) => {
          if (how === 0) return Buffer.from(octets)
          const good =
            port === 'auth'
              ? accessRequest(nas.secret, 1, [here, [1, octets], [31, text('02-00-00-00-00-01')]])
              : accountingRequest(nas.secret, 1, [...start, [44, octets], [31, text('02-00-00-00-00-01')]])
          // One octet is surely another one, so that no packet is by chance a good one.
          const bad = Buffer.from(good)
          ;(bad[4] as number) ^= 0x55
          for (const [at, octet] of changes) if (at < bad.length && at !== 4) bad[at] = octet
          return how === 1 ? bad.subarray(0, (changes[0]?.[0] ?? 0) % (bad.length + 1)) : bad
        })
      expect(await sendInSilence(packets, house.ports[port], nas)).toEqual([])
    }
    const [after] = await house.db.sql`select count(*)::int as count from accounting_log`
    expect(after?.count).toBe(before?.count)
    for (const error of errors) expect(house.radius.stats()[error]).toBeUndefined()
    const signed = signMessage(packetOf(1, 1, randomBytes(16), [[80, Buffer.alloc(16)], here]), nas.secret)
    const wire = await Wire.open(house.ports.auth, nas.address)
    expect((await wire.ask(signed))?.[0]).toBe(3)
    wire.close()
  }, 60_000)
})
