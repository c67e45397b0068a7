import { timingSafeEqual } from 'node:crypto'
import { HmacMd5, md5 } from './md5.ts'
import type { Packet } from './packet.ts'

const work = Buffer.alloc(4096 + 256)
const digest = Buffer.alloc(16)

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
    work.set(this.octets, length)
    md5(work, length + this.octets.length, digest)
    return digest
  }

  /** Is the Request Authenticator of this Accounting-, Disconnect- or CoA-Request the MD5 over zeros? (RFC 2866 §3) */
  verifiesRequest(packet: Packet): boolean {
    work.set(packet.bytes.subarray(0, packet.length))
    work.fill(0, 4, 20)
    return timingSafeEqual(this.#sum(packet.length), packet.authenticator)
  }

  /** Is the Response Authenticator right for a request that carried `requestAuthenticator`? (RFC 2865 §3) */
  verifiesResponse(packet: Packet, requestAuthenticator: Uint8Array): boolean {
    work.set(packet.bytes.subarray(0, packet.length))
    work.set(requestAuthenticator, 4)
    return timingSafeEqual(this.#sum(packet.length), packet.authenticator)
  }

  /**
   * Is the one Message-Authenticator right? False for none, two, or one of another size (RFC 3579 §3.2).
   * @param authenticator what stands in the Authenticator field while signing: the packet's own for an
   *   Access-Request, the request's for a response, zeros for Accounting, Disconnect and CoA requests.
   */
  verifiesMessage(packet: Packet, authenticator: Uint8Array): boolean {
    const all = packet.all('Message-Authenticator')
    const at = packet.offset('Message-Authenticator')
    if (all.length !== 1 || all[0]?.length !== 16) return false
    work.set(packet.bytes.subarray(0, packet.length))
    work.set(authenticator, 4)
    work.fill(0, at, at + 16)
    this.#hmac.sign(work, packet.length, digest)
    return timingSafeEqual(digest, all[0])
  }

  /** Signs a response in place: Message-Authenticator if it begins with one, then the Response Authenticator. */
  signResponse(bytes: Buffer, requestAuthenticator: Uint8Array): Buffer {
    bytes.set(requestAuthenticator, 4)
    this.#signMessage(bytes)
    work.set(bytes)
    bytes.set(this.#sum(bytes.length), 4)
    return bytes
  }

  /** Signs an Accounting-, Disconnect- or CoA-Request in place (RFC 2866 §3, RFC 5176 §2.3, §3.4). */
  signRequest(bytes: Buffer): Buffer {
    bytes.fill(0, 4, 20)
    this.#signMessage(bytes)
    work.set(bytes)
    bytes.set(this.#sum(bytes.length), 4)
    return bytes
  }

  /** Signs an Access-Request or Status-Server in place, whose authenticator is 16 random octets. */
  signAccessRequest(bytes: Buffer, authenticator: Uint8Array): Buffer {
    bytes.set(authenticator, 4)
    this.#signMessage(bytes)
    return bytes
  }

  #signMessage(bytes: Buffer) {
    if (bytes.length < 38 || bytes[20] !== 80 || bytes[21] !== 18) return
    bytes.fill(0, 22, 38)
    this.#hmac.sign(bytes, bytes.length, digest)
    bytes.set(digest, 22)
  }

  /** One block of the stream that hides User-Password: MD5(secret + previous), RFC 2865 §5.2. Valid until the next call. */
  passwordBlock(previous: Uint8Array): Buffer {
    work.set(this.octets, 0)
    work.set(previous, this.octets.length)
    md5(work, this.octets.length + 16, digest)
    return digest
  }
}
