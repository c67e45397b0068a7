import { createHash } from 'node:crypto'
import type { Random } from '../support/random.ts'
import {
  type Attribute,
  accessRequest,
  accountingRequest,
  hide,
  packetOf,
  signMessage,
  text,
  u32,
} from './oracle.ts'

export type Seed = { port: 'auth' | 'acct'; bytes: Buffer }

const fixed = Buffer.alloc(16, 0x5a)
const mac = '02-00-00-00-00-77'
const vendor = (id: number, ...octets: number[]): Attribute => [
  26,
  Buffer.concat([u32(id), Buffer.from(octets)]),
]

/** Requests as access points send them, and those that have hurt other servers (reliability, table 1.3). */
export function seedsOf(secret: string, address = '127.0.0.1'): Seed[] {
  const here: Attribute = [4, Buffer.from(address.split('.').map(Number))]
  const access = (...attributes: Attribute[]): Seed => ({
    port: 'auth',
    bytes: accessRequest(secret, 1, [here, ...attributes], { authenticator: fixed }),
  })
  const account = (...attributes: Attribute[]): Seed => ({
    port: 'acct',
    bytes: accountingRequest(secret, 1, [here, ...attributes]),
  })
  const usual: Attribute[] = [
    [1, text('guest')],
    [2, hide(text('guest'), fixed, secret)],
    [31, text(mac)],
    [30, text('AA-BB-CC-DD-EE-FF:Teahouse')],
    [32, text('gateway')],
    [61, u32(19)],
    [8, Buffer.from([10, 0, 0, 2])],
    [33, Buffer.from('proxy state')],
  ]
  const report = (status: number, ...more: Attribute[]) =>
    account(
      [40, u32(status)],
      [44, text('session')],
      [31, text(mac)],
      [25, text('grt_01m88p2tad7n3vrqr56940jw')],
      [46, u32(61)],
      [42, u32(4_000_000_000)],
      [52, u32(3)],
      [43, u32(17)],
      [53, u32(0)],
      [55, u32(1_795_581_270)],
      [41, u32(2)],
      ...more,
    )
  const cut = (seed: Seed, size: number): Seed => {
    seed.bytes[21] = size
    return seed
  }
  const many = (type: number, count: number): Attribute[] =>
    Array.from({ length: count }, () => [type, Buffer.from([1])])
  const strange = [`'; drop table guests; --`, 'nul\0nul', 'x'.repeat(253), '\u202eevil\u200b', '"quoted"']
  return [
    access(...usual),
    access([1, text(mac)], [2, hide(text(mac), fixed, secret)], [6, u32(10)], [31, text(mac)]),
    access([1, text('grt')], [3, Buffer.alloc(17, 7)], [60, Buffer.alloc(16, 9)], [31, text(mac)]),
    { port: 'auth', bytes: accessRequest(secret, 1, [here], { code: 12, authenticator: fixed }) },
    report(1),
    report(3),
    report(2, [49, u32(1)]),
    report(2, vendor(14559, 8, 6, 0, 0, 0, 2)),
    account([40, u32(7)], [44, text('on')]),
    account([40, u32(8)], [44, text('off')]),
    // 1, 2: attribute length 0 and 1.
    cut(access(...usual), 0),
    cut(access(...usual), 1),
    // 3, 4, 6: vendor lengths that lie; Ascend-Send-Secret.
    report(1, vendor(14122, 7, 0), vendor(14122, 7, 1, 2, 3), vendor(14122, 7, 250, 1), [
      26,
      Buffer.from([0]),
    ]),
    report(1, vendor(529, 214, 18, ...Buffer.alloc(16, 3))),
    // 5: short tagged strings.
    report(1, [69, Buffer.alloc(0)], [64, Buffer.from([1])], [81, Buffer.from([1, 2])]),
    // 7: Acct-Status-Type without value, no Acct-Session-Id.
    account([40, Buffer.alloc(0)]),
    // 8, 12: a thousand EAP-Messages; more than 200 attributes.
    access(...many(79, 1000)),
    account([40, u32(1)], ...many(200, 201)),
    // 9: a Length that lies.
    { port: 'auth', bytes: packetOf(1, 1, fixed, []).fill(0xff, 2, 4) },
    // 10: a long User-Password.
    access([1, text('guest')], [2, Buffer.alloc(240, 5)], [31, text(mac)]),
    // 11: 0xFFFFFFFF in every integer.
    account(
      [44, text('most')],
      ...[40, 41, 42, 43, 46, 47, 48, 49, 52, 53, 55].map((type): Attribute => [type, u32(-1)]),
    ),
    // 13: an empty Access-Request; 14: CoA and Disconnect out of the blue.
    access(),
    { port: 'acct', bytes: accountingRequest(secret, 1, [here, [44, text('session')]], 40) },
    { port: 'acct', bytes: accountingRequest(secret, 1, [here, [44, text('session')]], 43) },
    // 15: names of every kind. 16: a clock 25 years ahead.
    ...strange.map((name) => report(1, [1, text(name).subarray(0, 253)])),
    report(1, [55, u32(2_600_000_000)]),
  ]
}

const telling = [0, 1, 2, 3, 6, 18, 19, 20, 26, 40, 79, 80, 127, 128, 253, 254, 255]

/** Octets with one to four things wrong with them: some blind, some that know attributes and lengths. */
export function mutate(random: Random, seed: Uint8Array, other: Uint8Array, max = 4200): Buffer {
  let bytes: Buffer = Buffer.from(seed)
  for (let times = 1 + random.below(4); times > 0; times--) bytes = change(random, bytes, other)
  if (random.chance(0.5) && bytes.length >= 4) bytes.writeUInt16BE(Math.min(bytes.length, 0xffff), 2)
  return bytes.subarray(0, max)
}

function change(random: Random, bytes: Buffer, other: Uint8Array): Buffer {
  if (bytes.length === 0) return random.bytes(random.below(40))
  const at = random.below(bytes.length)
  const length = random.below(Math.min(40, bytes.length - at) + 1)
  switch (random.below(10)) {
    case 0:
      bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))
      return bytes
    case 1:
      bytes[at] = random.pick(telling)
      return bytes
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
    case 3:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(random.below(40)), bytes.subarray(at)])
    case 4:
      return Buffer.concat([bytes, bytes.subarray(at, at + length)])
    case 5: {
      const from = random.below(other.length + 1)
      return Buffer.concat([bytes.subarray(0, at), other.subarray(from)])
    }
    case 6:
      return bytes.subarray(0, at)
    case 7: {
      // The type or the length of an attribute.
      const place = attributeAt(random, bytes)
      if (place + 1 < bytes.length) bytes[place + random.below(2)] = random.below(256)
      return bytes
    }
    case 8: {
      const place = attributeAt(random, bytes)
      const value = random.bytes(random.pick([0, 1, 4, 16, 17, 253]))
      const attribute = Buffer.concat([Buffer.from([random.below(256), value.length + 2]), value])
      return Buffer.concat([bytes.subarray(0, place), attribute, bytes.subarray(place)])
    }
    default:
      random.bytes(length).copy(bytes, at)
      return bytes
  }
}

function attributeAt(random: Random, bytes: Uint8Array): number {
  const places = [Math.min(20, bytes.length)]
  for (let at = 20; at + 1 < bytes.length && (bytes[at + 1] as number) >= 2; ) {
    places.push(at)
    at += bytes[at + 1] as number
  }
  return random.pick(places)
}

/** Signs what is hostile with the right secret, where it has the shape for it: it gets beyond the door. */
export function sign(seed: Seed, secret: string): Buffer {
  const { bytes } = seed
  if (bytes.length < 20 || bytes.readUInt16BE(2) > bytes.length || bytes.readUInt16BE(2) < 20) return bytes
  const packet = bytes.subarray(0, bytes.readUInt16BE(2))
  const place = messageAt(packet)
  if (seed.port === 'acct') {
    packet.fill(0, 4, 20)
    if (place) signMessage(packet, secret)
    packet.set(createHash('md5').update(packet).update(secret).digest(), 4)
  } else if (place) signMessage(packet, secret)
  return bytes
}

/** Is there a whole Message-Authenticator, and nothing before it that spoils the way to it? */
function messageAt(packet: Uint8Array): boolean {
  for (let at = 20; at + 2 <= packet.length; at += packet[at + 1] as number) {
    if ((packet[at + 1] as number) < 2) return false
    if (packet[at] === 80) return packet[at + 1] === 18 && at + 18 <= packet.length
  }
  return false
}
