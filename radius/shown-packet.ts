import type { ShownAttribute, ShownPacket } from '../db/network/last-packets.ts'
import { maskMac, parseMac } from '../db/values/mac.ts'
import { codes, dictionary, type Kind } from './dictionary/index.ts'
import { acctStatus, terminateCauses } from './dictionary/rfc2866.ts'
import { chilliSpot, mikrotik, wispr } from './dictionary/vendors.ts'
import { type Packet, printable } from './packet.ts'

/**
 * A packet as staff may see it, to find out what a gateway sends. Secrets are not there at all (RFC 2865 §5.2, §5.3,
 * RFC 2866 §4.1); who the guest is, is masked: name, device and address. Of what we have no name for, only the size is
 * said, for it may hold either.
 */
export function shownPacket(packet: Packet, purpose: 'auth' | 'acct'): ShownPacket {
  return {
    purpose,
    code: codeNames.get(packet.code) ?? String(packet.code),
    identifier: packet.identifier,
    length: packet.length,
    attributes: [...packet].map(({ type, value }) => shown(type, value)),
  }
}

const codeNames = new Map<number, string>(Object.entries(codes).map(([name, code]) => [code, name]))
const known = new Map<number, readonly [name: string, kind: Kind]>(
  Object.entries(dictionary).map(([name, [type, kind]]) => [type, [name, kind]]),
)

/** Passwords, digests, and what only the one who made it can read. */
const secret = new Set([2, 3, 17, 18, 24, 33, 60, 69, 79, 80])
/** Whoever the guest is. */
const personal = new Set([1, 8, 31, 89, 97, 168])
/** The gateway's own marks: nothing in them is a guest. */
const ofGateway = new Set([4, 5, 6, 30, 32, 61, 87, 95])

function shown(type: number, value: Buffer): ShownAttribute {
  const [name, kind] = known.get(type) ?? [`Attribute ${type}`, undefined]
  if (type === 26) return vendorAttribute(value)
  if (secret.has(type) || kind === undefined || kind === 'string')
    // Class is ours and says nothing of a person: whoever looks for a fault needs it.
    return type === 25
      ? { name, value: printable(value), isMasked: false }
      : { name, value: octets(value.length), isMasked: true }
  if (type === 8 && value.length === 4)
    return { name, value: `${value.subarray(0, 3).join('.')}.••`, isMasked: true }
  if (personal.has(type)) return { name, value: maskedPerson(printable(value)), isMasked: true }
  const text = plain(name, kind, value)
  const masked = ofGateway.has(type) ? text : withoutDevices(text)
  return { name, value: masked, isMasked: masked !== text }
}

function plain(name: string, kind: Kind, value: Buffer): string {
  if ((kind === 'integer' || kind === 'time') && value.length === 4) {
    const number = value.readUInt32BE()
    if (kind === 'time') return new Date(number * 1000).toISOString()
    const word = words[name]?.(number)
    return word ? `${word} (${number})` : String(number)
  }
  if (kind === 'address' && value.length === 4) return value.join('.')
  if (kind === 'address6' && value.length === 16)
    return (value.toString('hex').match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, '')).join(':')
  return printable(value)
}

const statusNames = new Map<number, string>(Object.entries(acctStatus).map(([name, code]) => [code, name]))
const words: Record<string, ((number: number) => string | undefined) | undefined> = {
  'Acct-Status-Type': (number) => statusNames.get(number),
  'Acct-Terminate-Cause': (number) => terminateCauses[number],
  'Service-Type': (number) =>
    ({ 1: 'Login', 2: 'Framed', 6: 'Administrative', 8: 'Authenticate-Only', 10: 'Call-Check' })[number],
  'NAS-Port-Type': (number) => ({ 0: 'Async', 5: 'Virtual', 15: 'Ethernet', 19: 'Wireless-802.11' })[number],
  'Acct-Authentic': (number) => ({ 1: 'RADIUS', 2: 'Local', 3: 'Remote' })[number],
}

const vendors = new Map<number, { name: string; types: Map<number, string> }>(
  [
    { name: 'WISPr', ...wispr },
    { name: 'ChilliSpot', ...chilliSpot },
    { name: 'Mikrotik', ...mikrotik },
  ].map(({ name, vendor, ...types }) => [
    vendor,
    { name, types: new Map(Object.entries(types).map(([attribute, type]) => [type, attribute])) },
  ]),
)

/** RFC 2865 §5.26. A vendor may put anything there, persons too: the name is shown, of the value the size. */
function vendorAttribute(value: Buffer): ShownAttribute {
  if (value.length < 6) return { name: 'Vendor-Specific', value: octets(value.length), isMasked: true }
  const number = value.readUInt32BE(0)
  const type = value[4] as number
  const vendor = vendors.get(number)
  const name = vendor?.types.get(type) ?? `${vendor?.name ?? `Vendor ${number}`} ${type}`
  const inside = value.subarray(6)
  if (vendor?.types.has(type) && inside.length === 4)
    return { name, value: String(inside.readUInt32BE()), isMasked: false }
  return { name, value: octets(inside.length), isMasked: true }
}

const octets = (count: number) => `•• (${count})`

/** A MAC address keeps its maker and its end, a name its first two signs. */
function maskedPerson(text: string): string {
  const mac = parseMac(text)
  return mac ? maskMac(mac) : `${[...text].slice(0, 2).join('')}••`
}

/** Some gateways write the device into the name of the session. */
const withoutDevices = (text: string) =>
  text.replace(
    /(?<![0-9a-f])(?:[0-9a-f]{12}|[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}|[0-9a-f]{4}(?:[.:-][0-9a-f]{4}){2})(?![0-9a-f])/gi,
    (found) => {
      const mac = parseMac(found)
      return mac ? maskMac(mac) : found
    },
  )
