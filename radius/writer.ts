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
    this.#at = options.messageAuthenticator ? 38 : 20
    for (let index = 2; index < this.#at; index++) scratch[index] = 0
    scratch[0] = code
    scratch[1] = identifier
    if (options.messageAuthenticator) {
      scratch[20] = 80
      scratch[21] = 18
    }
    return this
  }

  raw(type: number, value: Uint8Array): this {
    const at = this.#head(type, value.length)
    for (let index = 0; index < value.length; index++) scratch[at + index] = value[index] as number
    return this
  }

  octets(name: AttributeName, value: Uint8Array): this {
    return this.raw(dictionary[name][0], value)
  }

  text(name: AttributeName, value: string): this {
    const before = this.#at
    const at = this.#head(dictionary[name][0], value.length)
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      if (code > 127) {
        this.#at = before
        return this.raw(dictionary[name][0], Buffer.from(value))
      }
      scratch[at + index] = code
    }
    return this
  }

  integer(name: AttributeName, value: number): this {
    number(this.#head(dictionary[name][0], 4), value)
    return this
  }

  address(name: AttributeName, value: string): this {
    return this.raw(dictionary[name][0], Buffer.from(value.split('.').map(Number)))
  }

  /** A vendor's attribute, RFC 2865 §5.26. */
  vendor(vendor: number, type: number, value: Uint8Array): this {
    const at = this.#vendorHead(vendor, type, value.length)
    for (let index = 0; index < value.length; index++) scratch[at + index] = value[index] as number
    return this
  }

  vendorInteger(vendor: number, type: number, value: number): this {
    number(this.#vendorHead(vendor, type, 4), value)
    return this
  }

  #vendorHead(vendor: number, type: number, size: number): number {
    const at = this.#head(vendorSpecific, size + 6)
    number(at, vendor)
    scratch[at + 4] = type
    scratch[at + 5] = size + 2
    return at + 6
  }

  /** Begins an attribute; where its value goes. */
  #head(type: number, size: number): number {
    const at = this.#at
    if (size > 253 || at + 2 + size > 4096) throw new RangeError(`attribute ${type} does not fit`)
    scratch[at] = type
    scratch[at + 1] = size + 2
    this.#at = at + 2 + size
    return at + 2
  }

  /** The packet so far, with its Length, as a buffer of its own. */
  take(): Buffer {
    const length = this.#at
    scratch[2] = length >>> 8
    scratch[3] = length
    const bytes = Buffer.allocUnsafe(length)
    for (let index = 0; index < length; index++) bytes[index] = scratch[index] as number
    return bytes
  }
}

const vendorSpecific = 26

function number(at: number, value: number) {
  scratch[at] = value >>> 24
  scratch[at + 1] = value >>> 16
  scratch[at + 2] = value >>> 8
  scratch[at + 3] = value
}
