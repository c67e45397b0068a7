import { isIP } from 'node:net'

/** Canonical address, or undefined. An IPv4 address in IPv6 clothes is the IPv4 address (`::ffff:198.51.100.1`). */
export function parseIp(text: string | undefined | null): string | undefined {
  if (!text || text.length > 45) return undefined
  const bare = text.toLowerCase().startsWith('::ffff:') && isIP(text.slice(7)) === 4 ? text.slice(7) : text
  return isIP(bare) === 0 ? undefined : bare.toLowerCase()
}

/**
 * Where a request came from. X-Forwarded-For counts only when a trusted proxy wrote it, and only its last hop that is
 * no trusted proxy itself: all before it is what the sender claims.
 */
export function clientIp(
  peerAddress: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: readonly string[],
): string | undefined {
  const peer = parseIp(peerAddress)
  if (!peer || !trustedProxies.includes(peer)) return peer
  const hops = (forwardedFor ?? '').split(',').map((hop) => parseIp(hop.trim()))
  while (hops.length > 0) {
    const hop = hops.pop()
    if (!hop) return peer
    if (!trustedProxies.includes(hop)) return hop
  }
  return peer
}
