import { timingSafeEqual } from 'node:crypto'
import type { Secret } from './authenticator.ts'
import { md5 } from './md5.ts'
import type { Packet } from './packet.ts'

/**
 * User-Password in the clear (RFC 2865 §5.2): 16 to 128 octets in blocks of 16, padded with NULs.
 * @returns undefined where its size is against the rule.
 */
export function revealPassword(
  hidden: Uint8Array,
  authenticator: Uint8Array,
  secret: Secret,
): Buffer | undefined {
  if (hidden.length === 0 || hidden.length > 128 || hidden.length % 16 !== 0) return undefined
  const clear = Buffer.allocUnsafe(hidden.length)
  for (let block = 0; block < hidden.length; block += 16) {
    const key =
      block === 0 ? secret.passwordBlock(authenticator, 0) : secret.passwordBlock(hidden, block - 16)
    for (let index = 0; index < 16; index++)
      clear[block + index] = (hidden[block + index] as number) ^ (key[index] as number)
  }
  // Some portals pad with NULs of their own, and the gateway cuts at the first one: what follows is padding.
  let end = 0
  while (end < clear.length && clear[end] !== 0) end++
  return end === clear.length ? clear : clear.subarray(0, end)
}

/** Hides a password of at most 128 octets; an empty one is one block of padding. */
export function hidePassword(clear: Uint8Array, authenticator: Uint8Array, secret: Secret): Buffer {
  if (clear.length > 128) throw new RangeError('a RADIUS password has at most 128 octets (RFC 2865 §5.2)')
  const hidden = Buffer.alloc(Math.max(16, Math.ceil(clear.length / 16) * 16))
  hidden.set(clear)
  for (let block = 0; block < hidden.length; block += 16) {
    const key =
      block === 0 ? secret.passwordBlock(authenticator, 0) : secret.passwordBlock(hidden, block - 16)
    for (let index = 0; index < 16; index++)
      hidden[block + index] = (hidden[block + index] as number) ^ (key[index] as number)
  }
  return hidden
}

const joined = Buffer.alloc(1 + 253 + 253)
const digest = Buffer.alloc(16)

/** The response of CHAP: MD5(identifier + password + challenge), RFC 2865 §5.3, RFC 1994 §4.1. */
export function chapResponse(identifier: number, password: Uint8Array, challenge: Uint8Array): Buffer {
  joined[0] = identifier
  joined.set(password, 1)
  joined.set(challenge, 1 + password.length)
  md5(joined, 1 + password.length + challenge.length, digest)
  return Buffer.from(digest)
}

/** What the packet proves of a password, in constant time over raw octets. */
export type Proof = { matches(password: Uint8Array): boolean; isEmpty: boolean }

/**
 * The proof a packet carries: by PAP or CHAP, never both (RFC 2865 §4.1). undefined where it has none, both, or
 * one of a wrong size.
 */
export function proofOf(packet: Packet, secret: Secret): Proof | undefined {
  const hidden = packet.raw('User-Password')
  const chap = packet.raw('CHAP-Password')
  if (hidden && chap) return undefined
  if (hidden) {
    const clear = revealPassword(hidden, packet.authenticator, secret)
    return clear && { isEmpty: clear.length === 0, matches: (password) => same(clear, password) }
  }
  if (chap?.length !== 17) return undefined
  const challenge = packet.raw('CHAP-Challenge') ?? packet.authenticator
  return {
    isEmpty: false,
    matches: (password) =>
      password.length <= 253 && same(chapResponse(chap[0] as number, password, challenge), chap.subarray(1)),
  }
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
