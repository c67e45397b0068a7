import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { credentialSecret } from '../../db/values/credential.ts'
import { memoryMs } from '../../radius/remembered.ts'
import { Sources } from '../../radius/sources.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'
import { type Attribute, accessRequest, attributesOf, hide, isAnswer, packetOf, text, u32 } from './oracle.ts'
import { type RadiusHouse, radiusHouse } from './support.ts'
import { barrier, sendInSilence, Wire } from './wire.ts'

const seed = 20261125
const mac = '02-00-00-00-00-01'
const accept = 2
const reject = 3

describe('What an access point asks', () => {
  let house: RadiusHouse
  let shop: Shop
  const nas = { address: '127.0.0.31', secret: 'the secret of the shop' }
  const here: Attribute = [4, Buffer.from([127, 0, 0, 31])]
  const caller = (spelling = mac): Attribute => [31, text(spelling)]
  const callCheck: Attribute = [6, u32(10)]
  const code = async (wire: Wire, build: (identifier: number, authenticator: Buffer) => Attribute[]) => {
    const authenticator = randomBytes(16)
    const identifier = randomBytes(1)[0] as number
    const request = accessRequest(nas.secret, identifier, build(identifier, authenticator), { authenticator })
    const answer = await wire.ask(request)
    return answer && isAnswer(answer, request, nas.secret) ? answer[0] : undefined
  }
  beforeAll(async () => {
    house = await radiusHouse()
    shop = await openShop(house.db, { nas })
    await letIn(shop, { phone: '13800138001', mac })
    await new Promise((done) => setTimeout(done, 150))
  })
  afterAll(() => house.close())

  it('R-06 RFC 2865 §5: a thousand shuffles of one request get one decision', async () => {
    const wire = await Wire.open(house.ports.auth, nas.address)
    const attributes = [
      here,
      caller(),
      callCheck,
      [1, text(mac)],
      [32, text('a')],
      [61, u32(19)],
      [5, u32(3)],
    ] as Attribute[]
    const orders = fc.sample(fc.shuffledSubarray(attributes, { minLength: attributes.length }), {
      seed,
      numRuns: 1000,
    })
    const answers = await wire.askAll(
      orders.map((order) => (identifier) => accessRequest(nas.secret, identifier, order)),
    )
    expect(new Set(answers.map((answer) => answer?.[0]))).toEqual(new Set([accept]))
    const shape = (answer: Buffer | undefined) =>
      answer &&
      attributesOf(answer)
        .map(([type]) => type)
        .join()
    expect(new Set(answers.map(shape)).size).toBe(1)
    wire.close()
  }, 60_000)

  it('R-07 RFC 2865 §2, §5.33: zero to ten Proxy-States of any octets come back unmodified and in order', async () => {
    const wire = await Wire.open(house.ports.auth, nas.address)
    const all = fc.sample(fc.array(fc.uint8Array({ maxLength: 253 }), { maxLength: 10 }), {
      seed,
      numRuns: 1000,
    })
    const answers = await wire.askAll(
      all.map((states, index) => (identifier) => {
        const proxied = states.map((state): Attribute => [33, state])
        const decided = index % 2 ? [caller(), callCheck] : []
        return accessRequest(nas.secret, identifier, [here, ...decided, ...proxied])
      }),
    )
    for (const [index, answer] of answers.entries()) {
      expect(answer?.[0]).toBe(index % 2 ? accept : reject)
      const back = attributesOf(answer as Buffer).filter(([type]) => type === 33)
      expect(back.map(([, value]) => value)).toEqual(
        (all[index] as Uint8Array[]).map((state) => Buffer.from(state)),
      )
    }
    // Fifteen of full length leave no room for an Accept: refused, not lost.
    const full = Array.from({ length: 15 }, (): Attribute => [33, Buffer.alloc(253, 1)])
    expect(await code(wire, () => [here, caller(), callCheck, ...full])).toBe(reject)
    wire.close()
  }, 60_000)

  it('R-09 RFC 2865 §4.1: of all combinations of passwords only a single right one is accepted', async () => {
    const wire = await Wire.open(house.ports.auth, nas.address)
    let count = 0
    const guests = new Map<string, { userName: string; spelling: string }>()
    const guest = async (key: string) => {
      const known = guests.get(key)
      if (known) return known
      const spelling = `02-00-00-00-01-${(guests.size + 16).toString(16)}`
      const grant = await letIn(shop, { phone: `138001390${guests.size + 10}`, mac: spelling })
      const made = { userName: grant.credentialUserName as string, spelling }
      guests.set(key, made)
      return made
    }
    for (const pap of ['none', 'right', 'wrong', 'short', 'long'] as const)
      for (const chap of ['none', 'right', 'wrong', 'short'] as const)
        for (const state of [false, true]) {
          const { userName, spelling } = await guest(`${pap} ${chap} ${state}`)
          const secret = credentialSecret(userName)
          const answer = await code(wire, (_identifier, authenticator) => {
            const attributes: Attribute[] = [here, [31, text(spelling)], [1, text(userName)]]
            const hidden = hide(text(pap === 'wrong' ? 'another one' : secret), authenticator, nas.secret)
            if (pap === 'short') attributes.push([2, hidden.subarray(1)])
            else if (pap === 'long') attributes.push([2, Buffer.alloc(144, 7)])
            else if (pap !== 'none') attributes.push([2, hidden])
            const challenge = randomBytes(16)
            const response = chapOf(5, chap === 'wrong' ? 'another one' : secret, challenge)
            if (chap === 'short') attributes.push([3, response.subarray(3)])
            else if (chap !== 'none') attributes.push([3, response])
            if (chap !== 'none') attributes.push([60, challenge])
            if (state) attributes.push([24, randomBytes(8)])
            return attributes
          })
          const isRight = (pap === 'right' && chap === 'none') || (pap === 'none' && chap === 'right')
          expect(answer, `pap ${pap}, chap ${chap}, state ${state}`).toBe(isRight ? accept : reject)
          count++
        }
    expect(count).toBe(40)
    wire.close()
  })

  it('R-09 RFC 3579 §3.3: with neither a password nor a Message-Authenticator there is nothing to believe: silence', async () => {
    const packets = Array.from({ length: 1000 }, (_, index) =>
      packetOf(1, index & 255, randomBytes(16), [[1, text(mac)], here, caller(), callCheck]),
    )
    expect(await sendInSilence(packets, house.ports.auth, nas)).toEqual([])
  })

  it('R-10 RFC 2865 §4.1: without NAS-IP-Address, NAS-Identifier and NAS-IPv6-Address it is refused; any one of them will do', async () => {
    const wire = await Wire.open(house.ports.auth, nas.address)
    const names: Attribute[] = [here, [32, text('ap-1')], [95, Buffer.alloc(16, 1)]]
    for (let set = 0; set < 8; set++) {
      const some = names.filter((_name, index) => set & (1 << index))
      expect(await code(wire, () => [...some, caller(), callCheck]), String(set)).toBe(
        set === 0 ? reject : accept,
      )
    }
    wire.close()
  })

  it('R-08 RFC 2865 §5: a User-Name of any octets is refused like any other stranger, and breaks nothing', async () => {
    const wire = await Wire.open(house.ports.auth, nas.address)
    const names = fc.sample(fc.uint8Array({ maxLength: 253 }), { seed, numRuns: 1000 })
    const answers = await wire.askAll(
      names.map((name) => (identifier) => {
        const authenticator = randomBytes(16)
        const attributes: Attribute[] = [
          here,
          caller(),
          [1, name],
          [2, hide(text('x'), authenticator, nas.secret)],
        ]
        return accessRequest(nas.secret, identifier, attributes, { authenticator })
      }),
    )
    expect(new Set(answers.map((answer) => answer?.[0]))).toEqual(new Set([reject]))
    wire.close()
  }, 60_000)

  it('R-15 RFC 5080 §2.2.2: a thousand requests sent one to four times are worked on once, and each repeat gets the same octets', async () => {
    const wires = await Promise.all(Array.from({ length: 4 }, () => Wire.open(house.ports.auth, nas.address)))
    const random = fc.sample(fc.integer({ min: 1, max: 4 }), { seed, numRuns: 1000 })
    const before = { ...house.radius.stats() }
    for (let at = 0; at < 1000; at += 200) {
      for (const [index, copies] of random.slice(at, at + 200).entries()) {
        const wire = wires[index % 4] as Wire
        const request = accessRequest(nas.secret, (at + index) >> 2, [here, caller(), callCheck])
        for (let copy = 0; copy < copies; copy++) wire.send(request)
      }
      await barrier(house.ports.auth, nas)
      await new Promise((done) => setTimeout(done, 100))
    }
    const after = house.radius.stats()
    const sent = random.reduce((sum, copies) => sum + copies, 0)
    expect((after['auth.accepted'] ?? 0) - (before['auth.accepted'] ?? 0)).toBe(1000)
    expect((after['auth.duplicate'] ?? 0) - (before['auth.duplicate'] ?? 0)).toBe(sent - 1000)
    for (const wire of wires) {
      const byKey = new Map<string, Set<string>>()
      for (const answer of wire.answers) {
        const key = answer.toString('hex', 1, 2)
        byKey.set(key, (byKey.get(key) ?? new Set()).add(answer.toString('hex')))
      }
      // 250 requests a socket: an Identifier each, and one answer each however often it was sent.
      expect(byKey.size).toBe(250)
      for (const [key, different] of byKey) expect(different.size, key).toBe(1)
    }
    for (const wire of wires) wire.close()
  }, 60_000)

  it('R-15: what is remembered is the request of one source, port, Identifier and authenticator, for 30 seconds', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            source: fc.nat(2),
            port: fc.nat(2),
            identifier: fc.nat(3),
            authenticator: fc.nat(2),
            gapMs: fc.integer({ min: 0, max: 40_000 }),
          }),
          { maxLength: 60 },
        ),
        (requests) => {
          let nowMs = 0
          const sources = new Sources(() => nowMs)
          sources.close()
          const model = new Map<string, { authenticator: number; atMs: number }>()
          for (const request of requests) {
            nowMs += request.gapMs
            if (request.gapMs > 30_000) sources.sweep()
            const source = sources.know(`127.0.0.${request.source}`, request.port)
            const authenticator = Buffer.alloc(16, request.authenticator)
            const key = `${request.source} ${request.port} ${request.identifier}`
            const known = model.get(key)
            const isRepeat =
              known !== undefined &&
              known.authenticator === request.authenticator &&
              nowMs - known.atMs <= memoryMs
            expect(sources.recall(source, request.identifier, authenticator) > 0).toBe(isRepeat)
            if (isRepeat) continue
            sources.remember(source, request.identifier, authenticator)
            model.set(key, { authenticator: request.authenticator, atMs: nowMs })
          }
        },
      ),
      { seed, numRuns: 3000 },
    )
  })

  it('R-15: 300,000 requests from as many sources do not fill the memory', () => {
    let nowMs = 0
    const sources = new Sources(() => nowMs)
    for (let index = 0; index < 300_000; index++) {
      nowMs += 0.01
      const source = sources.know(`10.0.${(index >> 14) & 255}.7`, index & 0x3fff)
      sources.remember(source, index & 255, Buffer.alloc(16, index & 255))
    }
    expect(sources.size).toBeLessThanOrEqual(100_000)
    sources.close()
  })

  it('R-16 RFC 5080 §2.10: a repeat with a new Identifier is never refused after it was accepted', async () => {
    const wire = await Wire.open(house.ports.auth, nas.address)
    const guests: { userName: string; spelling: string }[] = []
    for (let index = 0; index < 100; index++) {
      const spelling = `02-00-00-00-02-${index.toString(16).padStart(2, '0')}`
      const grant = await letIn(shop, { phone: `1380014${String(1000 + index)}`, mac: spelling })
      guests.push({ userName: grant.credentialUserName as string, spelling })
    }
    const asked = fc.sample(fc.nat(99), { seed, numRuns: 2000 })
    const answers = await wire.askAll(
      asked.map((which) => (identifier) => {
        const { userName, spelling } = guests[which] as { userName: string; spelling: string }
        const authenticator = randomBytes(16)
        const hidden = hide(text(credentialSecret(userName)), authenticator, nas.secret)
        const attributes: Attribute[] = [here, [31, text(spelling)], [1, text(userName)], [2, hidden]]
        return accessRequest(nas.secret, identifier, attributes, { authenticator })
      }),
    )
    expect(answers.filter((answer) => answer?.[0] !== accept)).toHaveLength(0)
    wire.close()
  }, 60_000)

  it('R-18 RFC 5080 §2.1.1: by MAC address only a live right lets in; no answer says more of the guest than the right', async () => {
    const wire = await Wire.open(house.ports.auth, nas.address)
    const ask = async (spelling: string) => {
      const request = accessRequest(nas.secret, randomBytes(1)[0] as number, [
        here,
        [31, text(spelling)],
        [1, text(spelling)],
        callCheck,
      ])
      return wire.ask(request)
    }
    const answer = (await ask(mac)) as Buffer
    expect(answer[0]).toBe(accept)
    expect(answer.toString('latin1')).not.toContain('13800138001')
    expect(attributesOf(answer).map(([type]) => type)).not.toContain(18)
    const strangers = Array.from(
      { length: 1000 },
      (_, index) => `06-00-00-00-${hex(index >> 8)}-${hex(index & 255)}`,
    )
    const answers = await wire.askAll(
      strangers.map(
        (spelling) => (identifier) =>
          accessRequest(nas.secret, identifier, [here, [31, text(spelling)], [1, text(spelling)], callCheck]),
      ),
    )
    expect(new Set(answers.map((found) => found?.[0]))).toEqual(new Set([reject]))
    await house.db
      .sql`update grants set revoked_at = now() where mac = ${mac.replaceAll('-', '').toLowerCase()}`
    expect((await ask(mac))?.[0]).toBe(reject)
    wire.close()
  }, 60_000)

  it('R-18: where password = user name is not allowed, Call-Check still is', async () => {
    const careful = { address: '127.0.0.32', secret: 'a careful shop', macAuth: false }
    const other = await openShop(house.db, { nas: careful })
    await letIn(other, { phone: '13800138077', mac: '02-00-00-00-07-07' })
    await new Promise((done) => setTimeout(done, 150))
    const wire = await Wire.open(house.ports.auth, careful.address)
    const ask = async (more: Attribute[]) => {
      const authenticator = randomBytes(16)
      const name = '020000000707'
      const hidden = hide(text(name), authenticator, careful.secret)
      const attributes: Attribute[] = [here, [31, text(name)], [1, text(name)], [2, hidden], ...more]
      return (
        await wire.ask(
          accessRequest(careful.secret, randomBytes(1)[0] as number, attributes, { authenticator }),
        )
      )?.[0]
    }
    expect(await ask([])).toBe(reject)
    expect(await ask([callCheck])).toBe(accept)
    wire.close()
  })

  it('R-33 RFC 5997: Status-Server is answered once a repeat, on both ports, and not without end', async () => {
    for (const port of ['auth', 'acct'] as const) {
      const wire = await Wire.open(house.ports[port], nas.address)
      const status = accessRequest(nas.secret, 1, [], { code: 12 })
      expect((await wire.ask(status))?.[0]).toBe(port === 'auth' ? 2 : 5)
      for (let index = 0; index < 1000; index++)
        wire.send(accessRequest(nas.secret, index & 255, [], { code: 12 }))
      await barrier(house.ports[port], nas)
      expect(wire.answers.length).toBeLessThanOrEqual(30)
      wire.close()
      const unsigned = Array.from({ length: 1000 }, (_, index) =>
        packetOf(12, index & 255, randomBytes(16), []),
      )
      expect(await sendInSilence(unsigned, house.ports[port], nas)).toEqual([])
    }
  })
})

const hex = (value: number) => value.toString(16).padStart(2, '0')
const chapOf = (identifier: number, password: string, challenge: Buffer) =>
  Buffer.concat([
    Buffer.from([identifier]),
    createHash('md5')
      .update(Buffer.from([identifier]))
      .update(password)
      .update(challenge)
      .digest(),
  ])
