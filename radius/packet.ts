import { type AttributeName, dictionary } from './dictionary/index.ts'

/** Why bytes are no packet. A closed set of words: they are counters. */
export type Malformed = 'too-short' | 'bad-length' | 'bad-attribute' | 'too-many-attributes'

/** More attributes than any NAS sends; FreeRADIUS draws the same line (max_attributes). */
const maxAttributes = 200

/**
 * A packet as it lies in the buffer it came in: nothing is copied, values are views (RFC 2865 §3, §5).
 * Only what `decode` found sound is ever one, so no reader below checks bounds again.
 */
export class Packet {
  readonly code: number
  readonly identifier: number
  /** Octets that count; a datagram may be longer, and the rest is padding. */
  readonly length: number
  readonly bytes: Buffer
  /** The 16 octets of the Authenticator field, as a view. */
  readonly authenticator: Buffer

  constructor(bytes: Buffer, length: number) {
    this.bytes = bytes
    this.authenticator = bytes.subarray(4, 20)
    this.length = length
    this.code = bytes[0] as number
    this.identifier = bytes[1] as number
  }

  /**
   * Offset of the first attribute of a type; 0 where there is none. A dozen attributes are stepped over faster than a
   * table of them is made.
   */
  #first(type: number): number {
    const { bytes, length } = this
    for (let at = 20; at < length; at += bytes[at + 1] as number) if (bytes[at] === type) return at
    return 0
  }

  has(name: AttributeName): boolean {
    return this.#first(dictionary[name][0]) !== 0
  }

  /** Offset of the value of the first attribute with this name; 0 where there is none. */
  offset(name: AttributeName): number {
    const at = this.#first(dictionary[name][0])
    return at === 0 ? 0 : at + 2
  }

  /** The same, where it is there once and of this size; 0 else. */
  onlyOffset(name: AttributeName, size: number): number {
    const { bytes, length } = this
    const type = dictionary[name][0]
    const first = this.#first(type)
    if (first === 0 || bytes[first + 1] !== size + 2) return 0
    for (let at = first + size + 2; at < length; at += bytes[at + 1] as number)
      if (bytes[at] === type) return 0
    return first + 2
  }

  /** The value of the first attribute with this name, as a view. */
  raw(name: AttributeName): Buffer | undefined {
    const at = this.#first(dictionary[name][0])
    return at === 0 ? undefined : this.bytes.subarray(at + 2, at + (this.bytes[at + 1] as number))
  }

  /** Every value with this name, in the packet's order, as views. */
  all(name: AttributeName): Buffer[] {
    const type = dictionary[name][0]
    const found: Buffer[] = []
    const first = this.#first(type)
    if (first === 0) return found
    for (let at = first; at < this.length; at += this.bytes[at + 1] as number) {
      if (this.bytes[at] === type)
        found.push(this.bytes.subarray(at + 2, at + (this.bytes[at + 1] as number)))
    }
    return found
  }

  /** A 32-bit integer; undefined where there is none or it has another size. */
  integer(name: AttributeName): number | undefined {
    const at = this.#first(dictionary[name][0])
    return at === 0 || this.bytes[at + 1] !== 6 ? undefined : this.bytes.readUInt32BE(at + 2)
  }

  /** Text for people and tables: see `printable`. */
  text(name: AttributeName): string | undefined {
    const at = this.#first(dictionary[name][0])
    return at === 0 ? undefined : printable(this.bytes, at + 2, at + (this.bytes[at + 1] as number))
  }

  /** An IPv4 address in dotted form. */
  address(name: AttributeName): string | undefined {
    const at = this.#first(dictionary[name][0])
    const { bytes } = this
    if (at === 0 || bytes[at + 1] !== 6) return undefined
    return `${bytes[at + 2]}.${bytes[at + 3]}.${bytes[at + 4]}.${bytes[at + 5]}`
  }

  /** Whether any attribute is of one of these types. */
  hasAny(types: ReadonlySet<number>): boolean {
    const { bytes, length } = this
    for (let at = 20; at < length; at += bytes[at + 1] as number)
      if (types.has(bytes[at] as number)) return true
    return false
  }

  /** A vendor's attribute (RFC 2865 §5.26). What does not parse as vendor type and length is not there. */
  vendor(vendor: number, type: number): Buffer | undefined {
    for (const value of this.all('Vendor-Specific')) {
      if (value.length < 6 || value.readUInt32BE(0) !== vendor) continue
      for (let at = 4; at + 2 <= value.length; ) {
        const size = value[at + 1] as number
        if (size < 2 || at + size > value.length) break
        if (value[at] === type) return value.subarray(at + 2, at + size)
        at += size
      }
    }
    return undefined
  }

  /** Every attribute: type and value view. */
  *[Symbol.iterator](): Generator<{ type: number; value: Buffer }> {
    for (let at = 20; at < this.length; at += this.bytes[at + 1] as number) {
      yield {
        type: this.bytes[at] as number,
        value: this.bytes.subarray(at + 2, at + (this.bytes[at + 1] as number)),
      }
    }
  }
}

/**
 * Reads a datagram. Never throws, whatever the bytes; says why where it is no packet.
 * RFC 2865 §3: shorter than its Length is discarded, longer is padded; §5: an attribute of length 0 or 1, or one
 * that runs past the end, spoils the whole packet.
 */
export function decode(bytes: Buffer): Packet | Malformed {
  if (bytes.length < 20) return 'too-short'
  const length = ((bytes[2] as number) << 8) | (bytes[3] as number)
  if (length < 20 || length > 4096 || length > bytes.length) return 'bad-length'
  let count = 0
  for (let at = 20; at < length; ) {
    const size = bytes[at + 1] as number
    if (at + 2 > length || size < 2 || at + size > length) return 'bad-attribute'
    if (++count > maxAttributes) return 'too-many-attributes'
    at += size
  }
  return new Packet(bytes, length)
}

const strict = new TextDecoder('utf-8', { fatal: true })

/**
 * Octets as text that any table and page can hold: UTF-8 where it is, else one escape an octet. Control characters,
 * NUL among them (PostgreSQL text has none), and the invisible ones that turn writing around are escaped too. One octet
 * becomes four signs at most, so that 253 of them still fit into an index.
 */
export function printable(bytes: Uint8Array, from = 0, to = bytes.length): string {
  if (isPlain(bytes, from, to)) return latin1(bytes, from, to)
  const octets = bytes.subarray(from, to)
  let text: string
  try {
    text = strict.decode(octets)
  } catch {
    return Array.from(octets, (octet) =>
      octet >= 0x20 && octet < 0x7f
        ? String.fromCharCode(octet)
        : `\\x${octet.toString(16).padStart(2, '0')}`,
    ).join('')
  }
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (sign) => {
    const point = sign.codePointAt(0) as number
    return point < 0x80 ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`
  })
}

/** Printable ASCII throughout, as nearly everything a NAS sends is. */
function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const octet = bytes[at] as number
    if (octet < 0x20 || octet > 0x7e) return false
  }
  return true
}

const latin1 = (bytes: Uint8Array, from: number, to: number) =>
  Buffer.prototype.latin1Slice.call(bytes, from, to)
