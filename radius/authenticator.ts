import { timingSafeEqual } from 'node:crypto'
import { HmacMd5, md5 } from './md5.ts'
import type { Packet } from './packet.ts'

const work = Buffer.alloc(4096 + 256)
const digest = Buffer.alloc(16)
const aside = new Uint8Array(16)

/** A shared secret with what can be computed of it once. RFC 2865 §3, RFC 2866 §3, RFC 3579 §3.2, RFC 5176 §3.4. */
export class Secret {
  readonly octets: Buffer
  readonly #hmac: HmacMd5

  constructor(text: string) {
    this.octets = Buffer.from(text)
    this.#hmac = new HmacMd5(this.octets)
  }

  /** Whether it is this one. */
  is(text: string): boolean {
    const other = Buffer.from(text)
    return other.length === this.octets.length && timingSafeEqual(other, this.octets)
  }

  /** MD5 of the first `length` octets of `work` and the secret. */
  #sum(length: number): Buffer {
    put(this.octets, work, length)
    md5(work, length + this.octets.length, digest)
    return digest
  }

  /** Is the Request Authenticator of this Accounting-, Disconnect- or CoA-Request the MD5 over zeros? (RFC 2866 §3) */
  verifiesRequest(packet: Packet): boolean {
    copy(packet, zeros)
    return isSame(this.#sum(packet.length), packet.bytes, 4)
  }

  /** Is the Response Authenticator right for a request that carried `requestAuthenticator`? (RFC 2865 §3) */
  verifiesResponse(packet: Packet, requestAuthenticator: Uint8Array): boolean {
    copy(packet, requestAuthenticator)
    return isSame(this.#sum(packet.length), packet.bytes, 4)
  }

  /**
   * Is the one Message-Authenticator right? False for none, two, or one of another size (RFC 3579 §3.2).
   * @param authenticator what stands in the Authenticator field while signing: the packet's own for an
   *   Access-Request, the request's for a response, zeros for Accounting, Disconnect and CoA requests.
   */
  verifiesMessage(packet: Packet, authenticator: Uint8Array): boolean {
    const at = packet.onlyOffset('Message-Authenticator', 16)
    if (at === 0) return false
    copy(packet, authenticator)
    zero(work, at)
    this.#hmac.sign(work, packet.length, digest)
    return isSame(digest, packet.bytes, at)
  }

  /** Signs a response in place: Message-Authenticator if it begins with one, then the Response Authenticator. */
  signResponse(bytes: Buffer, requestAuthenticator: Uint8Array): Buffer {
    put(requestAuthenticator, bytes, 4)
    this.#signMessage(bytes)
    return this.#signWhole(bytes)
  }

  /** Signs an Accounting-, Disconnect- or CoA-Request in place (RFC 2866 §3, RFC 5176 §2.3, §3.4). */
  signRequest(bytes: Buffer): Buffer {
    zero(bytes, 4)
    this.#signMessage(bytes)
    return this.#signWhole(bytes)
  }

  /** Signs an Access-Request or Status-Server in place, whose authenticator is 16 random octets. */
  signAccessRequest(bytes: Buffer, authenticator: Uint8Array): Buffer {
    put(authenticator, bytes, 4)
    this.#signMessage(bytes)
    return bytes
  }

  #signMessage(bytes: Buffer) {
    if (bytes.length < 38 || bytes[20] !== 80 || bytes[21] !== 18) return
    zero(bytes, 22)
    this.#hmac.sign(bytes, bytes.length, digest)
    put(digest, bytes, 22)
  }

  #signWhole(bytes: Buffer): Buffer {
    put(bytes, work, 0)
    put(this.#sum(bytes.length), bytes, 4)
    return bytes
  }

  /**
   * One block of the stream that hides User-Password: MD5(secret + previous), RFC 2865 §5.2, where `previous` are the 16
   * octets at `at`. Valid until the next call.
   */
  passwordBlock(previous: Uint8Array, at: number): Buffer {
    for (let index = 0; index < 16; index++) aside[index] = previous[at + index] as number
    put(this.octets, work, 0)
    put(aside, work, this.octets.length)
    md5(work, this.octets.length + 16, digest)
    return digest
  }
}

const zeros = new Uint8Array(16)

/** The packet into `work`, with another Authenticator. */
function copy(packet: Packet, authenticator: Uint8Array) {
  const { bytes, length } = packet
  for (let index = 0; index < length; index++) work[index] = bytes[index] as number
  put(authenticator, work, 4)
}

// Loops throughout: for the some 200 octets of a packet the built-in ways cost more than they do.
function put(from: Uint8Array, to: Uint8Array, at: number) {
  for (let index = 0; index < from.length; index++) to[at + index] = from[index] as number
}

function zero(octets: Uint8Array, at: number) {
  for (let index = at; index < at + 16; index++) octets[index] = 0
}

function isSame(sum: Uint8Array, octets: Uint8Array, at: number): boolean {
  for (let index = 0; index < 16; index++) aside[index] = octets[at + index] as number
  return timingSafeEqual(sum, aside)
}
