/** A MAC address in its canonical form: 12 lower hex digits. */
export type Mac = string & { readonly mac: unique symbol }

/**
 * Reads any usual spelling: `AA-BB-…`, `aa:bb:…`, `aabb.ccdd.eeff`, `aabb-ccdd-eeff`, `aabbccddeeff`.
 * The null and broadcast addresses are no device.
 */
export function parseMac(text: string | undefined | null): Mac | undefined {
  if (!text) return undefined
  const group = groups[text.length]
  if (group === undefined) return undefined
  const sign = group < 12 ? text.charCodeAt(group) : 0
  if (group < 12 && sign !== colon && sign !== hyphen && !(group === 4 && sign === dot)) return undefined
  let digits = ''
  for (let index = 0; index < text.length; index += 2) {
    if (index > 0 && index % (group + 1) === group && text.charCodeAt(index++) !== sign) return undefined
    const one = text.charCodeAt(index)
    const other = text.charCodeAt(index + 1)
    const pair = (one | other) < 128 ? pairs[(one << 7) | other] : undefined
    if (pair === undefined) return undefined
    digits += pair
  }
  return digits === '000000000000' || digits === 'ffffffffffff' ? undefined : (digits as Mac)
}

/** By the length of a spelling, how many digits stand together in it. */
const groups: Partial<Record<number, number>> = { 12: 12, 14: 4, 17: 2 }
const [colon, hyphen, dot] = [':', '-', '.'].map((sign) => sign.charCodeAt(0)) as [number, number, number]
/** By the codes of two hex digits, 7 bits each, the two in lower case. */
const pairs: (string | undefined)[] = new Array(1 << 14).fill(undefined)
for (const one of '0123456789abcdefABCDEF')
  for (const other of '0123456789abcdefABCDEF')
    pairs[(one.charCodeAt(0) << 7) | other.charCodeAt(0)] = (one + other).toLowerCase()

/** `AA-BB-CC-DD-EE-FF`, the spelling of RFC 3580 §3.21; or colons in lower case. */
export function formatMac(mac: string, style: 'AA-BB' | 'aa:bb' = 'AA-BB'): string {
  const pairs = mac.match(/../g) ?? []
  return style === 'AA-BB' ? pairs.join('-').toUpperCase() : pairs.join(':')
}

/** A private address: the locally administered bit is set (IEEE 802, second-least bit of the first octet). */
export const isRandomisedMac = (mac: string) => (Number.parseInt(mac.slice(0, 2), 16) & 2) !== 0

/** Enough to tell two devices apart, too little to find one: `a6:4f:••:••:••:2e`. */
export function maskMac(mac: string): string {
  const pairs = mac.match(/../g) ?? []
  return pairs.map((pair, index) => (index < 2 || index === 5 ? pair : '••')).join(':')
}
