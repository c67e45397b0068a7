import { randomDigits } from './id.ts'
import { credentialDigest } from './keys.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** A one-time RADIUS user name: says nothing of the guest. 80 random bits. */
export const newCredentialUserName = () => `g-${randomDigits(16)}`

const octets = Buffer.alloc(16)

/**
 * The one-time password of a user name: derived with a key outside the database, so a stolen database holds none,
 * and CHAP, which needs the clear text (RFC 2865 §2.2), still works. 80 bits in 16 characters `a-z2-7`, within the
 * limits of every gateway (Portal protocol: 16 octets).
 */
export const credentialSecret = (userName: string): string => credentialOctets(userName).toString('latin1')

/** The same as octets, in a buffer that is valid until the next call. */
export function credentialOctets(userName: string): Buffer {
  const digest = credentialDigest(userName)
  for (let index = 0; index < 16; index++) octets[index] = alphabet.charCodeAt((digest[index] as number) & 31)
  return octets
}
