import { BlockList, isIPv4 } from 'node:net'
import type { Nas } from '../db/network/nas.ts'
import { credentialSecret } from '../db/values/credential.ts'
import { type Gateway, GatewayError, type NasSecrets, type Release } from './gateways/gateway.ts'

/** Addresses a gateway has towards its guests (RFC 1918, RFC 6598). Not loopback, not link-local: 169.254.169.254. */
const guestSide = new BlockList()
guestSide.addSubnet('10.0.0.0', 8)
guestSide.addSubnet('172.16.0.0', 12)
guestSide.addSubnet('192.168.0.0', 16)
guestSide.addSubnet('100.64.0.0', 10)
// CoovaChilli's alias address for its own pages.
guestSide.addAddress('1.0.0.1')

/**
 * May the browser be sent there with a credential? Only to an address literal that is the gateway's registered one,
 * an address only a local network has, or one the gateway signed for.
 */
export function isOwnHost(to: URL, nas: { address: string | null; trust: 'signed' | 'claimed' }): boolean {
  const host = to.hostname
  if ((to.protocol !== 'http:' && to.protocol !== 'https:') || to.username || to.password) return false
  if (nas.address !== null && host === nas.address) return true
  if (!isIPv4(host)) return false
  return guestSide.check(host) || (nas.trust === 'signed' && !isReserved(host))
}

const isReserved = (host: string) => /^(?:0|127|169\.254|22[4-9]|2[3-5][0-9])\./.test(host)

/** Asks the adapter for the way and refuses any that leads outside. Throws GatewayError. */
export async function openWay(
  gateway: Gateway,
  opening: {
    handle: Record<string, string>
    trust: 'signed' | 'claimed'
    tries: number
    credentialUserName: string | null
    nas: Pick<Nas, 'address'>
    secrets: NasSecrets
    returnUrl: string
  },
): Promise<Release> {
  const { credentialUserName: userName, ...rest } = opening
  const release = await gateway.release({
    ...rest,
    ...(userName ? { credential: { userName, secret: credentialSecret(userName) } } : {}),
  })
  const to = release.how === 'redirect' ? release.to : release.how === 'form' ? release.action : undefined
  if (to && !isOwnHost(to, { address: opening.nas.address, trust: opening.trust }))
    throw new GatewayError('host-not-allowed', { permanent: true })
  return release
}
