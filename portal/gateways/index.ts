import type { Gateway, GatewayFamily } from './gateway.ts'
import { opennds } from './opennds.ts'
import { uam } from './uam.ts'

/** Every family the portal speaks. A new one is a file, a line here and a fixture for the contract suite. */
export const gateways: Record<GatewayFamily, Gateway> = { uam, opennds }

/** The family whose redirect this looks like; undefined for a person who typed the address. */
export const familyOf = (query: URLSearchParams): Gateway | undefined =>
  Object.values(gateways).find((gateway) => gateway.recognises(query))
