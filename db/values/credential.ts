import { randomDigits } from './id.ts'
import { credentialDigest } from './keys.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** A one-time RADIUS user name: says nothing of the guest. 80 random bits. */
export const newCredentialUserName = () => `g-${randomDigits(16)}`

/**
 * The one-time password of a user name: derived with a key outside the database, so a stolen database holds none,
 * and CHAP, which needs the clear text (RFC 2865 §2.2), still works. 80 bits in 16 characters `a-z2-7`, within the
 * limits of every gateway (Portal protocol: 16 octets).
 */
export function credentialSecret(userName: string): string {
  const bytes = credentialDigest(userName)
  let secret = ''
  for (let index = 0; index < 16; index++) secret += alphabet[(bytes[index] as number) & 31]
  return secret
}
