/** A MAC address in its canonical form: 12 lower hex digits. */
export type Mac = string & { readonly mac: unique symbol }

/**
 * Reads any usual spelling: `AA-BB-…`, `aa:bb:…`, `aabb.ccdd.eeff`, `aabb-ccdd-eeff`, `aabbccddeeff`.
 * The null and broadcast addresses are no device.
 */
export function parseMac(text: string | undefined | null): Mac | undefined {
  if (!text || text.length > 32) return undefined
  if (
    !/^(?:[0-9a-f]{12}|[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}([.:-])[0-9a-f]{4}\2[0-9a-f]{4})$/i.test(
      text,
    )
  )
    return undefined
  const digits = text.replace(/[.:-]/g, '').toLowerCase()
  return digits === '000000000000' || digits === 'ffffffffffff' ? undefined : (digits as Mac)
}

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
