import type { SetupText } from '../api/schemas/sites.ts'
import type { GatewayWords } from '../words/en/gateways.ts'

/** What a family's text is filled in with. */
export type Filling = {
  /** The splash page of the site: scheme, host and path as the gateway will send them. */
  portalUrl: URL
  /** The name or address under which gateways reach this server. */
  server: string
  /** Its IPv4 address, as this machine resolves the name; undefined where it can not. */
  serverAddress: string | undefined
  authPort: number
  acctPort: number
  nasIdentifier: string
  secret: string
  portalSecret: string | null
  coaPort: number
  macAuth: boolean
  acctInterimIntervalSeconds: number
  words: GatewayWords['values']
}

/** The text of one family: the steps to paste, and the same one by one. */
export type SetupTextOf = (filling: Filling) => Pick<SetupText, 'steps' | 'values'>

/** In single quotes a shell takes everything as it is, but a single quote. */
export const quoted = (text: string) => `'${text.replace(/'/g, `'\\''`)}'`

/** The port of an address, also where it goes without saying. */
export const portOf = (url: URL) => url.port || (url.protocol === 'https:' ? '443' : '80')
