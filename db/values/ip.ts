import { isIP } from 'node:net'

/** Canonical address, or undefined. An IPv4 address in IPv6 clothes is the IPv4 address (`::ffff:198.51.100.1`). */
export function parseIp(text: string | undefined | null): string | undefined {
  if (!text || text.length > 45) return undefined
  const bare = text.toLowerCase().startsWith('::ffff:') && isIP(text.slice(7)) === 4 ? text.slice(7) : text
  return isIP(bare) === 0 ? undefined : bare.toLowerCase()
}
