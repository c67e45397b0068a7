import { maskPhone } from '../../../db/values/phone.ts'
import type { Asker } from '../handler.ts'

/** `138****8000`, or the whole number for a key that may see numbers. Every exit of the API comes through here. */
export const shownPhone = (e164: string, asker: Pick<Asker, 'mayReveal'>): string =>
  asker.mayReveal ? e164 : maskPhone(e164)
