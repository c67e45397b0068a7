import { networkInterfaces } from 'node:os'
import type { Config } from '../../config.ts'

const isAny = (host: string) => host === '0.0.0.0' || host === '::'
const inUrl = (host: string) => (host.includes(':') ? `[${host}]` : host)

/** How this machine's own browser reaches us, without a slash at the end. */
export function ownUrl({ http }: Pick<Config, 'http'>): string {
  return http.publicUrl ?? `http://${isAny(http.host) ? 'localhost' : inUrl(http.host)}:${http.port}`
}

/** How phones in the shop reach us: where nobody has said it, by this machine's first address in a network. */
export function guestUrl({ http }: Pick<Config, 'http'>): string {
  if (http.publicUrl || !isAny(http.host)) return ownUrl({ http })
  const found = Object.values(networkInterfaces())
    .flat()
    .find((one) => one && !one.internal && one.family === 'IPv4')
  return found ? `http://${found.address}:${http.port}` : ownUrl({ http })
}
