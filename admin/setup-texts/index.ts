import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import type { GatewayFamily, Nas } from '../../db/network/nas.ts'
import type { Site } from '../../db/network/sites.ts'
import type { SetupText } from '../api/schemas/sites.ts'
import type { AdminConfig } from '../config.ts'
import { gatewayWordsOf } from '../words/gateways.ts'
import type { Locale } from '../words/index.ts'
import { openndsText } from './opennds.ts'
import type { SetupTextOf } from './setup-text.ts'
import { uamText } from './uam.ts'

const texts: Record<GatewayFamily, SetupTextOf> = { uam: uamText, opennds: openndsText }

/** Stands for a secret that is not told: as long whatever the secret is. */
const mask = '****-****-****-****'

/**
 * What to type into this gateway, filled in.
 * @param secrets undefined: masked.
 * @param asked the address the asker's browser used, for where no public one is set.
 */
export async function setupTextOf(input: {
  nas: Nas
  site: Site
  secrets: { secret: string; portalSecret?: string | undefined } | undefined
  config: AdminConfig
  asked: string
  locale: Locale
}): Promise<SetupText> {
  const { nas, site, secrets, config } = input
  const portalUrl = new URL(`/s/${site.slug}`, config.publicUrl ?? reachable(input.asked, config.port))
  return {
    nasId: nas.id,
    gateway: nas.gateway,
    ...texts[nas.gateway]({
      portalUrl,
      server: portalUrl.hostname,
      serverAddress: await addressOf(portalUrl.hostname),
      authPort: config.radius.authPort,
      acctPort: config.radius.acctPort,
      nasIdentifier: nas.nasIdentifier ?? nas.name,
      secret: secrets?.secret ?? mask,
      portalSecret: nas.hasPortalSecret ? (secrets?.portalSecret ?? mask) : null,
      coaPort: nas.coaPort,
      macAuth: nas.macAuth,
      acctInterimIntervalSeconds: nas.acctInterimIntervalSeconds,
      words: gatewayWordsOf(input.locale).values,
    }),
  }
}

/** What a gateway's firewall is told: rules know addresses, not names. */
const addressOf = (name: string): Promise<string | undefined> =>
  lookup(name, { family: 4 }).then(
    ({ address }) => address,
    () => undefined,
  )

/** An access point can not reach our loopback: then the first address of this machine stands in. */
function reachable(asked: string, port: number): string {
  const url = new URL(asked)
  if (!/^(?:localhost|127\.|\[::1\])/.test(url.hostname)) return url.origin
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => address.family === 'IPv4' && !address.internal)
  return own ? `http://${own.address}:${port}` : url.origin
}
