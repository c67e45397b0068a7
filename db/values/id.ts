import { randomFillSync } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const bytes = new Uint8Array(1024)
let used = bytes.length

/**
 * A new id that sorts by time of making: prefix, 10 digits of milliseconds, 14 random digits (70 bits), base 32.
 * @param prefix three letters of the noun: mer sit nas pln gst idn dev arr cod grt ses vis cns msg int stf key.
 */
export function newId(prefix: string, at: number = Date.now()): string {
  let time = ''
  for (let rest = at, digit = 0; digit < 10; digit++) {
    time = alphabet[rest % 32] + time
    rest = Math.floor(rest / 32)
  }
  return `${prefix}_${time}${randomDigits(14)}`
}

/** Unguessable base-32 digits, 5 bits each. */
export function randomDigits(count: number): string {
  let digits = ''
  for (let index = 0; index < count; index++) {
    if (used === bytes.length) {
      randomFillSync(bytes)
      used = 0
    }
    digits += alphabet[(bytes[used++] as number) & 31]
  }
  return digits
}
