import type { Command } from 'commander'
import type { Ctx } from '../../db/context.ts'
import { transaction } from '../../db/index.ts'
import { addNas, type GatewayFamily, listNas } from '../../db/network/nas.ts'
import { parseIp } from '../../db/values/ip.ts'
import { parseTlsIdentity } from '../../db/values/tls-identity.ts'
import { CommandFailed, wholeNumber } from './command.ts'

export type GatewayOptions = {
  gateway?: string
  nasName?: string
  nasAddress?: string
  nasSecret?: string
  nasIdentifier?: string
  tlsIdentity?: string
  portalSecret?: string
  coaPort?: number
}

const families: readonly GatewayFamily[] = ['uam', 'opennds']

/** The options of a gateway, the same for `setup` and `nas add`. */
export const addGatewayOptions = (command: Command): Command =>
  command
    .option('--gateway <family>', `what it speaks: ${families.join(' or ')}`)
    .option('--nas-address <ip>', 'where its packets come from')
    .option('--nas-secret <secret>', 'RADIUS shared secret; for opennds its faskey')
    .option('--nas-identifier <id>', 'NAS-Identifier, where several share one address or it changes')
    .option('--tls-identity <id>', 'its certificate over RadSec: SHA-256 fingerprint, or a name in it')
    .option('--nas-name <name>', 'what people call it')
    .option('--portal-secret <secret>', 'uamsecret of CoovaChilli')
    .option('--coa-port <n>', 'UDP port for Disconnect', wholeNumber(1, 65535))

/**
 * The gateway of these options at this site: the one that is there by address and NAS-Identifier, or a new one.
 * @returns its id; undefined where none of the options was given.
 */
export async function ensureGateway(
  ctx: Ctx,
  siteId: string,
  options: GatewayOptions,
  secretMin: number,
): Promise<string | undefined> {
  const { gateway, nasAddress, nasSecret, nasIdentifier, nasName, portalSecret, coaPort } = options
  const tlsIdentity = options.tlsIdentity ? parseTlsIdentity(options.tlsIdentity) : null
  if (tlsIdentity === undefined)
    throw new CommandFailed('--tls-identity takes a SHA-256 fingerprint, or a name in the certificate.')
  if (!gateway && !nasAddress && !nasSecret && !nasIdentifier && !tlsIdentity) return undefined
  const family = families.find((one) => one === gateway)
  if (!family) throw new CommandFailed(`--gateway takes ${families.join(' or ')}.`)
  if (!nasSecret) throw new CommandFailed('A gateway needs --nas-secret.')
  const address = nasAddress ? parseIp(nasAddress) : null
  const there = (await transaction(ctx, (tx) => listNas(tx, ctx, siteId))).find(
    (nas) =>
      nas.address === address &&
      nas.nasIdentifier === (nasIdentifier ?? null) &&
      nas.tlsIdentity === tlsIdentity,
  )
  if (there) return there.id
  const added = await addNas(
    ctx,
    siteId,
    {
      gateway: family,
      address: nasAddress ?? null,
      nasIdentifier: nasIdentifier ?? null,
      tlsIdentity,
      secret: nasSecret,
      ...(nasName ? { name: nasName } : {}),
      ...(portalSecret ? { portalSecret } : {}),
      ...(coaPort ? { coaPort } : {}),
    },
    secretMin,
  )
  return added.id
}
