import { createHash } from 'node:crypto'
import { randomDigits } from '../values/id.ts'

/** What a link or key proves itself by: 130 random bits, so that guessing needs no counting. */
export const newSecretCode = () => randomDigits(26)

/** SHA-256 in hex. Enough for random codes; never for what a person made up. */
export const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
