import { type AttributeName, dictionary } from './dictionary/index.ts'

const scratch = Buffer.alloc(4096)

/**
 * Builds one packet at a time in a scratch buffer; `take` copies it out. What does not fit into 4,096 octets, or
 * an attribute value over 253, is a mistake of ours and throws.
 */
export class Writer {
  #at = 20

  /** Begins a packet. Message-Authenticator goes first, zeroed, to be signed at the end (CVE-2024-3596). */
  begin(code: number, identifier: number, options: { messageAuthenticator: boolean }): this {
    scratch[0] = code
    scratch[1] = identifier
    scratch.fill(0, 4, 20)
    this.#at = 20
    if (options.messageAuthenticator) {
      scratch[20] = 80
      scratch[21] = 18
      scratch.fill(0, 22, 38)
      this.#at = 38
    }
    return this
  }

  raw(type: number, value: Uint8Array): this {
    if (value.length > 253 || this.#at + 2 + value.length > 4096)
      throw new RangeError(`attribute ${type} does not fit`)
    scratch[this.#at] = type
    scratch[this.#at + 1] = value.length + 2
    scratch.set(value, this.#at + 2)
    this.#at += value.length + 2
    return this
  }

  octets(name: AttributeName, value: Uint8Array): this {
    return this.raw(dictionary[name][0], value)
  }

  text(name: AttributeName, value: string): this {
    return this.raw(dictionary[name][0], Buffer.from(value))
  }

  integer(name: AttributeName, value: number): this {
    const at = this.#at
    scratch[at] = dictionary[name][0]
    scratch[at + 1] = 6
    scratch.writeUInt32BE(value >>> 0, at + 2)
    this.#at = at + 6
    return this
  }

  address(name: AttributeName, value: string): this {
    return this.raw(dictionary[name][0], Buffer.from(value.split('.').map(Number)))
  }

  /** A vendor's attribute, RFC 2865 §5.26. */
  vendor(vendor: number, type: number, value: Uint8Array): this {
    const at = this.#at
    scratch[at] = 26
    scratch[at + 1] = value.length + 8
    scratch.writeUInt32BE(vendor, at + 2)
    scratch[at + 6] = type
    scratch[at + 7] = value.length + 2
    scratch.set(value, at + 8)
    this.#at = at + 8 + value.length
    return this
  }

  vendorInteger(vendor: number, type: number, value: number): this {
    const octets = Buffer.allocUnsafe(4)
    octets.writeUInt32BE(value >>> 0)
    return this.vendor(vendor, type, octets)
  }

  /** The packet so far, with its Length, as a buffer of its own. */
  take(): Buffer {
    scratch.writeUInt16BE(this.#at, 2)
    return Buffer.from(scratch.subarray(0, this.#at))
  }
}
