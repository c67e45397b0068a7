import { hash, verify } from '@node-rs/argon2'

/** Argon2id with 19 MiB, 2 passes, 1 lane: OWASP's Password Storage Cheat Sheet. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Letters and signs, not octets; NIST SP 800-63B §3.1.1.2 asks for no other rule but length. */
export const passwordLength = { min: 12, max: 200 }

export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), cost)

/** Whether this is the password behind the hash; false for anything that is no hash. */
export const verifyPassword = (hashed: string, password: string): Promise<boolean> =>
  verify(hashed, password.normalize('NFKC')).catch(() => false)
