import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Admission } from '../../db/access/admit.ts'
import { hmacSha256 } from '../../db/values/keys.ts'
import { parseMac } from '../../db/values/mac.ts'
import { Admitted, graceSeconds } from '../../radius/admitted.ts'
import { printable } from '../../radius/packet.ts'
import { memoryMs, Remembered } from '../../radius/remembered.ts'

const now = new Date('2026-11-25T12:00:00Z')
const asking = (device: number) => ({
  merchantId: 'mer_1',
  nasId: 'nas_1',
  siteId: 'sit_1',
  mac: `${device}`,
})
const admission = (grantId: string): Admission => ({
  grantId,
  endsAtMs: now.getTime() + 86_400_000,
  sessionTimeoutSeconds: 86_400,
  idleTimeoutSeconds: null,
  bandwidthUpBps: null,
  bandwidthDownBps: null,
  octetsLeft: null,
})

describe('The devices remembered for when the ledger is away', () => {
  it('are bounded, and the last half of them is always there', () => {
    const admitted = new Admitted(100)
    for (let device = 0; device < 1000; device++) {
      admitted.keep(asking(device), admission(`grt_${device}`))
      expect(admitted.size).toBeLessThanOrEqual(100)
      for (let back = Math.max(0, device - 49); back <= device; back++)
        expect(admitted.find(asking(back), now, now)?.grantId).toBe(`grt_${back}`)
    }
    expect(admitted.find(asking(0), now, now)).toBeUndefined()
  })

  it('are known by what was heard last, however long ago they were first let in', () => {
    const admitted = new Admitted(100)
    admitted.keep(asking(0), admission('grt_old'))
    for (let device = 1; device < 60; device++) admitted.keep(asking(device), admission(`grt_${device}`))
    admitted.keep(asking(0), admission('grt_new'))
    expect(admitted.find(asking(0), now, now)?.grantId).toBe('grt_new')
    expect(admitted.size).toBe(60)
  })

  it('are not let in after a no, in whichever half they stood', () => {
    const admitted = new Admitted(100)
    for (let device = 0; device < 60; device++) admitted.keep(asking(device), admission(`grt_${device}`))
    for (const device of [3, 55]) {
      admitted.drop(asking(device))
      expect(admitted.find(asking(device), now, now)).toBeUndefined()
    }
    expect(admitted.find(asking(4), now, now)).toBeDefined()
  })

  it('know a credential by its gateway, its device and its name together, the last 32,768 of them', () => {
    const admitted = new Admitted()
    const limited = (n: number): Admission => ({
      ...admission(`grt_${n}`),
      sessionTimeoutSeconds: 600 + (n % 100),
      idleTimeoutSeconds: n % 3 ? n : null,
      bandwidthUpBps: n % 5 ? n * 1000 : null,
      bandwidthDownBps: n % 7 ? n * 2000 : null,
      octetsLeft: n % 2 ? BigInt(n) << 40n : null,
    })
    const count = 40_000
    for (let n = 1; n <= count; n++) admitted.keep(asking(n), limited(n), { userName: `g-${n}` })
    for (let n = 1; n <= count; n += 13) {
      const found = admitted.find(asking(n), now, now, `g-${n}`)
      expect(found).toEqual(n > count - 32_768 ? limited(n) : undefined)
    }
    expect(admitted.find(asking(count - 1), now, now, `g-${count}`)).toBeUndefined()
    expect(admitted.find({ ...asking(count), nasId: 'nas_2' }, now, now, `g-${count}`)).toBeUndefined()
    expect(admitted.find(asking(count), now, now)).toBeUndefined()
    admitted.drop(asking(count), `g-${count}`)
    expect(admitted.find(asking(count), now, now, `g-${count}`)).toBeUndefined()
    expect(admitted.find(asking(count - 1), now, now, `g-${count - 1}`)).toEqual(limited(count - 1))
    admitted.keep(asking(1), limited(1), { userName: 'g-名' })
    expect(admitted.find(asking(1), now, now, 'g-名')).toBeUndefined()
  })

  it('are let in for half an hour at most', () => {
    const admitted = new Admitted()
    admitted.keep(asking(1), admission('grt_1'))
    expect(admitted.find(asking(1), now, now)?.sessionTimeoutSeconds).toBe(graceSeconds)
    const later = new Date(now.getTime() + graceSeconds * 1000)
    expect(admitted.find(asking(1), later, now)).toBeUndefined()
  })
})

describe('The digest behind a one-time password', () => {
  it('is HMAC-SHA-256 of any text, as node:crypto makes it', () => {
    const key = randomBytes(32)
    const digest = hmacSha256(key)
    const texts = ['', 'g-0123456789abcdef', 'ü'.repeat(600), '\ud800', '店'.repeat(2000)]
    for (let octets = 0; octets < 1200; octets += 7) texts.push('x'.repeat(octets))
    for (const octets of [1023, 1024, 1025, 5000, 3]) texts.push('y'.repeat(octets))
    for (const text of texts)
      expect(digest(text).toString('hex')).toBe(createHmac('sha256', key).update(text).digest('hex'))
  })
})

describe('Text of an access point', () => {
  it('reads the same by the short way for ASCII as by the long one', () => {
    for (let octet = 0; octet < 128; octet++) {
      const plain = printable(Uint8Array.of(0x61, octet, 0x62))
      // With a sign beyond ASCII behind it, the same octets go the long way.
      const long = printable(Buffer.concat([Buffer.from([0x61, octet, 0x62]), Buffer.from('店')]))
      expect(`${plain}店`).toBe(long)
    }
    const inTheMiddle = Buffer.from('--AA-BB--').subarray(2, 7)
    expect(printable(inTheMiddle)).toBe('AA-BB')
  })
})

describe('The requests remembered for repeats', () => {
  const authenticatorOf = (number: number) => {
    const octets = Buffer.alloc(16)
    for (let at = 0; at < 16; at += 4) octets.writeInt32BE(Math.imul(number, 2_654_435_761 + at) | 0, at)
    return octets
  }
  const answerOf = (number: number) => Buffer.alloc(20 + ((number * 37) % 400), number & 255)

  it('are all there with their answers for half a minute, however many come', () => {
    const remembered = new Remembered()
    const count = 40_000
    const atMs = (number: number) => number * (memoryMs / count) * 0.99
    for (let number = 1; number <= count; number++) {
      expect(remembered.add(authenticatorOf(number), atMs(number))).toBe(number)
      // Some are answered later than those that came after them, some not at all.
      if (number % 3 === 0) remembered.answer(number, answerOf(number), atMs(number))
      if (number > 50 && number % 3 === 1) remembered.answer(number - 50, answerOf(number - 50), atMs(number))
    }
    for (let number = 1; number <= count; number++) {
      expect(remembered.is(number, authenticatorOf(number), atMs(count))).toBe(true)
      expect(remembered.is(number, authenticatorOf(number + 1), atMs(count))).toBe(false)
      const isAnswered = number % 3 === 0 || ((number + 50) % 3 === 1 && number + 50 <= count)
      expect(remembered.answerTo(number)?.toString('hex')).toBe(
        isAnswered ? answerOf(number).toString('hex') : undefined,
      )
    }
  })

  it('are the newest ones beyond the end, and none is answered with the octets of another', () => {
    const remembered = new Remembered()
    const count = 700_000
    for (let number = 1; number <= count; number++) {
      remembered.add(authenticatorOf(number), number / 1000)
      remembered.answer(number, answerOf(number), number / 1000)
    }
    const nowMs = count / 1000
    let there = 0
    let answered = 0
    for (let number = 1; number <= count; number++) {
      if (!remembered.is(number, authenticatorOf(number), nowMs)) continue
      there++
      const answer = remembered.answerTo(number)
      if (!answer) continue
      answered++
      if (!answer.equals(answerOf(number))) throw new Error(`${number} has the answer of another`)
    }
    expect(there).toBe(1 << 18)
    expect(remembered.is(count, authenticatorOf(count), nowMs)).toBe(true)
    expect(answered).toBeGreaterThan(100_000)
    expect(remembered.answerTo(count)).toEqual(answerOf(count))
  })

  it('are forgotten after half a minute, and a slow trickle needs no more room', () => {
    const remembered = new Remembered()
    for (let number = 1; number <= 3000; number++) remembered.add(authenticatorOf(number), number * 100)
    expect(remembered.is(3000, authenticatorOf(3000), 300_000)).toBe(true)
    expect(remembered.is(2700, authenticatorOf(2700), 300_000)).toBe(true)
    expect(remembered.is(2699, authenticatorOf(2699), 300_000)).toBe(false)
  })
})

describe('A MAC address', () => {
  /** The spellings there are, as a regular expression says them. */
  const spelling =
    /^(?:[0-9a-f]{12}|[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}([.:-])[0-9a-f]{4}\2[0-9a-f]{4})$/i
  const bySpelling = (text: string) => {
    const digits = spelling.test(text) ? text.replace(/[.:-]/g, '').toLowerCase() : undefined
    return digits === '000000000000' || digits === 'ffffffffffff' ? undefined : digits
  }

  it('is read in every usual spelling, and nothing else is', () => {
    // Digits, the signs between them, letters that are none, and those whose low bits are those of a digit.
    const sign = fc.constantFrom(
      ...'0123456789abcdefABCDEFfF00',
      ...':-.:-.',
      'g',
      ' ',
      '\0',
      '\u0130',
      '\u01b0',
      '\u3061',
    )
    const group = (size: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: size, maxLength: size })
    const joined = (size: number, count: number) =>
      fc
        .tuple(
          fc.array(group(size), { minLength: count, maxLength: count }),
          fc.constantFrom(':', '-', '.', ''),
        )
        .map(([groups, between]) => groups.join(between))
    const right = fc.oneof(joined(2, 6), joined(4, 3))
    const nearly = fc
      .tuple(right, fc.nat(16), sign)
      .map(([text, at, other]) => text.slice(0, at) + other + text.slice(at + 1))
    const noise = fc.string({ unit: sign, minLength: 0, maxLength: 18 })
    fc.assert(
      fc.property(fc.oneof(right, nearly, noise), (text) => {
        expect(parseMac(text)).toBe(bySpelling(text))
      }),
      { seed: 20261125, numRuns: 20_000 },
    )
    for (const nobody of ['00-00-00-00-00-00', 'FF:FF:FF:FF:FF:FF', '', undefined, null])
      expect(parseMac(nobody)).toBeUndefined()
  })
})
