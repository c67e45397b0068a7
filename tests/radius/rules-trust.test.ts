import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '../../db/index.ts'
import { changeNas, insertNas } from '../../db/network/nas.ts'
import { Secret } from '../../radius/authenticator.ts'
import { decode, type Packet } from '../../radius/packet.ts'
import { openShop, type Shop } from '../support/people.ts'
import {
  type Attribute,
  accessRequest,
  accountingRequest,
  attributesOf,
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
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

describe('Whom the server believes', () => {
  let house: RadiusHouse
  let shop: Shop
  const here = { address: '127.0.0.11', secret: 'the secret of this shop' }
  const there = { address: '127.0.0.12', secret: 'the secret of that shop' }
  const dropped = (port: 'auth' | 'acct', reason: string) =>
    house.radius.stats()[`${port}.dropped.${reason}`] ?? 0
  beforeAll(async () => {
    house = await radiusHouse()
    shop = await openShop(house.db, { nas: here })
    await openShop(house.db, { nas: there })
    await pause(150)
  })
  afterAll(() => house.close())

  it('R-01 RFC 2865 §3: a thousand sources nobody has registered get silence on both ports, and a count', async () => {
    const before = dropped('auth', 'unknown-nas')
    for (let at = 0; at < 1000; at += 50) {
      const wires = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          Wire.open(house.ports.auth, `127.9.${Math.floor((at + index) / 250)}.${((at + index) % 250) + 1}`),
        ),
      )
      for (const wire of wires) wire.send(accessRequest(here.secret, 1, [[4, Buffer.from([127, 0, 0, 11])]]))
      await barrier(house.ports.auth, here)
      expect(wires.flatMap((wire) => wire.answers)).toEqual([])
      for (const wire of wires) wire.close()
    }
    expect(dropped('auth', 'unknown-nas') - before).toBe(1000)
  })

  it('R-01 RFC 2865 §5.4: the secret is chosen by source address, whatever NAS-IP-Address and NAS-Identifier say', async () => {
    const names = fc.sample(fc.tuple(fc.ipV4(), fc.stringMatching(/^[a-z0-9-]{1,20}$/)), {
      seed,
      numRuns: 1000,
    })
    const wire = await Wire.open(house.ports.auth, here.address)
    const claims = names.map(([ip, name], index): Attribute[] => [
      [4, index % 2 ? Buffer.from(ip.split('.').map(Number)) : Buffer.from([127, 0, 0, 12])],
      [32, text(name)],
    ])
    const requests: Buffer[] = []
    const answers = await wire.askAll(
      claims.map((claim) => (identifier) => {
        const request = accessRequest(here.secret, identifier, claim)
        requests.push(request)
        return request
      }),
      1,
    )
    for (const [index, answer] of answers.entries())
      expect(answer && isAnswer(answer, requests[index] as Buffer, here.secret)).toBe(true)
    wire.close()
    const before = dropped('auth', 'bad-message-authenticator')
    const wrong = claims.map((claim) => accessRequest(there.secret, 1, claim))
    expect(await sendInSilence(wrong, house.ports.auth, here)).toEqual([])
    expect(dropped('auth', 'bad-message-authenticator') - before).toBe(1000)
  }, 60_000)

  it('R-02 RFC 2865 §3: a secret that is empty, too short or endless is refused when a gateway is set up', async () => {
    const add = (secret: string, secretMin: number) =>
      transaction(shop.ctx, (tx) =>
        insertNas(tx, shop.ctx, shop.site.id, { gateway: 'uam', address: '127.0.0.13', secret }, secretMin),
      )
    for (const secretMin of [8, 16])
      for (let length = 0; length < secretMin; length++)
        await expect(add('x'.repeat(length), secretMin)).rejects.toThrow('secret')
    await expect(add('x'.repeat(129), 8)).rejects.toThrow('secret')
    await expect(add('x'.repeat(64_000), 8)).rejects.toThrow('secret')
    await expect(add('x'.repeat(16), 16)).resolves.toBeTruthy()
  })

  it('R-13 RFC 2866 §3, RFC 5080 §2.3.3: an Accounting-Request with any bit of its authenticator wrong, or none, or all ones, is discarded', async () => {
    const packets: Buffer[] = []
    const good = () =>
      accountingRequest(here.secret, packets.length & 255, [
        [40, u32(1)],
        [44, text(`forged ${packets.length}`)],
      ])
    for (let bit = 0; bit < 128; bit++) {
      const packet = good()
      ;(packet[4 + (bit >> 3)] as number) ^= 1 << (bit & 7)
      packets.push(packet)
    }
    for (let round = 0; round < 1000; round++)
      for (const octet of [0x00, 0xff]) packets.push(Buffer.from(good()).fill(octet, 4, 20))
    const before = dropped('acct', 'bad-authenticator')
    expect(await sendInSilence(packets, house.ports.acct, here)).toEqual([])
    expect(dropped('acct', 'bad-authenticator') - before).toBe(packets.length)
    expect(await house.db.sql`select from accounting_log`).toHaveLength(0)
  })

  it('R-13: of 300,000 session ids none is accepted with an authenticator of all ones, the trick that fools text comparison', () => {
    const secret = new Secret(here.secret)
    const bytes = accountingRequest(here.secret, 1, [
      [40, u32(1)],
      [44, Buffer.alloc(8)],
    ]).fill(0xff, 4, 20)
    for (let id = 0; id < 300_000; id++) {
      bytes.writeUInt32BE(id, 30)
      if (secret.verifiesRequest(decode(bytes) as Packet)) throw new Error(`accepted ${id}`)
    }
  })

  it('R-14 ASVS 11.2.4: digests and passwords are compared by timingSafeEqual on raw octets, and by nothing else', () => {
    for (const file of ['authenticator.ts', 'password.ts', 'verify.ts']) {
      const source = readFileSync(new URL(`../../radius/${file}`, import.meta.url), 'utf8')
      expect(source, file).not.toMatch(/\.equals\(|\.compare\(|toString\(['"](?:hex|utf8|binary)/)
      if (file !== 'verify.ts') expect(source).toContain('timingSafeEqual')
    }
  })
})

describe('A man in the middle (CVE-2024-3596)', () => {
  let house: RadiusHouse
  let strict: Shop
  let lenient: Shop
  const required = {
    address: '127.0.0.21',
    secret: 'always with authenticator',
    messageAuthenticator: 'require' as const,
  }
  const off = { address: '127.0.0.22', secret: 'an old access point', messageAuthenticator: 'off' as const }
  const auto = { address: '127.0.0.23', secret: 'nobody knows yet', messageAuthenticator: 'auto' as const }
  const plain = (secret: string, identifier: number, more: Attribute[] = []) => {
    const authenticator = randomBytes(16)
    return packetOf(1, identifier, authenticator, [
      [1, text('guest')],
      [2, hide(text('a password'), authenticator, secret)],
      [4, Buffer.from([127, 0, 0, 1])],
      ...more,
    ])
  }
  beforeAll(async () => {
    house = await radiusHouse()
    strict = await openShop(house.db, { nas: required })
    lenient = await openShop(house.db, { nas: off })
    await openShop(house.db, { nas: auto })
    await pause(150)
  })
  afterAll(() => house.close())
  const problems = (shop: Shop) =>
    house.db.sql`select kind from nas_problems where nas_id = ${shop.nas.id} and cleared_at is null`

  it('R-B1: a thousand Access-Requests without Message-Authenticator get no answer; where the switch is off they do, and the panel says so', async () => {
    const packets = Array.from({ length: 1000 }, (_, index) => plain(required.secret, index & 255))
    expect(await sendInSilence(packets, house.ports.auth, required)).toEqual([])
    const wire = await Wire.open(house.ports.auth, off.address)
    const request = plain(off.secret, 1)
    const answer = await wire.ask(request)
    expect(answer && isAnswer(answer, request, off.secret)).toBe(true)
    wire.close()
    await house.radius.flush()
    expect((await problems(lenient)).map((row) => row.kind)).toEqual(['no-message-authenticator'])
    expect((await problems(strict)).map((row) => row.kind)).toContain('no-message-authenticator')
  })

  it('R-B2, R-12 RFC 3579 §3.2: one wrong bit of 128 in it and there is no answer, a count, and what is remembered stays', async () => {
    const wire = await Wire.open(house.ports.auth, required.address)
    const good = accessRequest(required.secret, 9, [[1, text('guest')]])
    const first = await wire.ask(good)
    const before = house.radius.stats()['auth.dropped.bad-message-authenticator'] ?? 0
    for (let bit = 0; bit < 128; bit++) {
      const packet = Buffer.from(good)
      ;(packet[22 + (bit >> 3)] as number) ^= 1 << (bit & 7)
      wire.send(packet)
      // A forged packet with another authenticator on the same Identifier must not replace the real one either.
      const other = Buffer.from(packet)
      other.set(randomBytes(16), 4)
      wire.send(other)
    }
    await barrier(house.ports.auth, required)
    expect(wire.answers).toHaveLength(1)
    expect((house.radius.stats()['auth.dropped.bad-message-authenticator'] ?? 0) - before).toBe(256)
    const duplicates = house.radius.stats()['auth.duplicate'] ?? 0
    expect(await wire.ask(good)).toEqual(first)
    expect(house.radius.stats()['auth.duplicate']).toBe(duplicates + 1)
    wire.close()
  })

  it('R-B3: two of them, or one of another size, and there is no answer', async () => {
    const packets: Buffer[] = []
    for (let size = 0; size <= 253; size++) {
      if (size === 16) continue
      const packet = packetOf(1, size, randomBytes(16), [
        [80, Buffer.alloc(size)],
        [1, text('guest')],
      ])
      packets.push(size > 16 ? signMessage(packet, required.secret) : packet)
    }
    for (let index = 0; index < 1000; index++) {
      const twice = accessRequest(required.secret, index & 255, [
        [1, text('guest')],
        [80, randomBytes(16)],
      ])
      packets.push(twice)
      packets.push(
        signMessage(
          packetOf(1, index & 255, randomBytes(16), [
            [80, Buffer.alloc(16)],
            [80, Buffer.alloc(16)],
          ]),
          required.secret,
        ),
      )
    }
    expect(await sendInSilence(packets, house.ports.auth, required)).toEqual([])
  })

  it('R-B4: in every reply Message-Authenticator stands first and verifies, also in Reject and for Status-Server', async () => {
    const wire = await Wire.open(house.ports.auth, required.address)
    const cases = fc.sample(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), {
      seed,
      numRuns: 1000,
    })
    const requests: Buffer[] = []
    const answers = await wire.askAll(
      cases.map((states, index) => (identifier) => {
        const attributes = states.map((state): Attribute => [33, state])
        // Of Status-Server only a few: more in a second are not answered.
        const request = accessRequest(
          required.secret,
          identifier,
          attributes,
          index % 200 === 0 ? { code: 12 } : {},
        )
        requests.push(request)
        return request
      }),
      1,
    )
    for (const [index, answer] of answers.entries()) {
      expect(answer && isAnswer(answer, requests[index] as Buffer, required.secret)).toBe(true)
      expect(attributesOf(answer as Buffer)[0]?.[0]).toBe(80)
    }
    wire.close()
  }, 60_000)

  it('R-B5: Proxy-State without Message-Authenticator gets no answer, even where the switch is off', async () => {
    const packets = fc
      .sample(fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 10 }), {
        seed,
        numRuns: 1000,
      })
      .map((states, index) =>
        plain(
          off.secret,
          index & 255,
          states.map((state): Attribute => [33, state]),
        ),
      )
    expect(await sendInSilence(packets, house.ports.auth, off)).toEqual([])
  })

  it('R-12 RFC 3579 §3.1: EAP-Message without Message-Authenticator is discarded, with it EAP is plainly refused', async () => {
    const packets = Array.from({ length: 1000 }, (_, index) =>
      plain(off.secret, index & 255, [[79, randomBytes((index % 250) + 1)]]),
    )
    expect(await sendInSilence(packets, house.ports.auth, off)).toEqual([])
    const wire = await Wire.open(house.ports.auth, off.address)
    const eap = accessRequest(off.secret, 3, [
      [79, Buffer.from([2, 1, 0, 9, 1, 0x67, 0x75, 0x65, 0x73])],
      [4, Buffer.from([127, 0, 0, 1])],
    ])
    const answer = await wire.ask(eap)
    expect(answer && isAnswer(answer, eap, off.secret) && answer[0]).toBe(3)
    wire.close()
  })

  it('R-B6: once a gateway on auto has sent one good Message-Authenticator, it must for ever, also after a restart of ours', async () => {
    const wire = await Wire.open(house.ports.auth, auto.address)
    const before = plain(auto.secret, 1)
    const answer = await wire.ask(before)
    expect(answer && isAnswer(answer, before, auto.secret)).toBe(true)
    await wire.ask(accessRequest(auto.secret, 2, [[1, text('guest')]]))
    wire.close()
    const packets = Array.from({ length: 1000 }, (_, index) => plain(auto.secret, index & 255))
    expect(await sendInSilence(packets, house.ports.auth, auto)).toEqual([])
    await house.restart()
    expect(await sendInSilence(packets, house.ports.auth, auto)).toEqual([])
  })

  it('takes both secrets while one is being changed, and only the new one when the time is over', async () => {
    const old = { ...off, secret: off.secret }
    const fresh = 'a freshly typed secret'
    await changeNas({ ...lenient.ctx, now: new Date() }, lenient.nas.id, { secret: fresh }, 8)
    await pause(200)
    const wire = await Wire.open(house.ports.auth, off.address)
    for (const secret of [old.secret, fresh]) {
      const request = accessRequest(secret, secret.length, [[1, text('guest')]])
      const answer = await wire.ask(request)
      expect(answer && isAnswer(answer, request, secret)).toBe(true)
    }
    wire.close()
    await house.db
      .sql`update nas set former_secret_until = now() + interval '1 second' where id = ${lenient.nas.id}`
    await house.db.sql`notify nas_changed`
    await pause(1500)
    const late = [accessRequest(old.secret, 77, [[1, text('guest')]])]
    expect(await sendInSilence(late, house.ports.auth, { address: off.address, secret: fresh })).toEqual([])
  })
})
