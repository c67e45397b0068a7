import { Gateway } from '../../radius/virtual-ap/gateway.ts'
import { type Online, signIn } from '../../radius/virtual-ap/guest.ts'
import { VirtualNas } from '../../radius/virtual-nas.ts'
import type { Service } from '../support/service.ts'

export type Shop = { siteSlug: string; secret: string; apiKey: string; nasIdentifier?: string }
type OutboxItem = { to: string; text: string; at: string }

/** An access point of this shop, on loopback. */
export const nasAt = (service: Service, shop: Shop, address = '127.0.0.1') =>
  VirtualNas.open({
    server: '127.0.0.1',
    address,
    authPort: service.ports.auth,
    acctPort: service.ports.acct,
    secret: shop.secret,
    ...(shop.nasIdentifier ? { nasIdentifier: shop.nasIdentifier } : {}),
  })

/** A guest with this phone comes to a shop, signs in with the code the outbox shows, and stays online. */
export async function comeOnline(
  service: Service,
  shop: Shop,
  guest: { phone: string; mac: string; marketing?: boolean },
): Promise<{ online: Online; leave(seconds: number): Promise<void> }> {
  const nas = await nasAt(service, shop)
  const gateway = new Gateway(
    {
      splashUrl: `${service.url}/s/${shop.siteSlug}`,
      nasIdentifier: shop.nasIdentifier ?? null,
      portalSecret: undefined,
    },
    nas,
  )
  const online = await signIn(
    { name: 'guest', ip: '10.1.0.9', language: 'en', marketing: false, ...guest },
    { gateway, method: 'sms', say: () => {}, codeFor: (phone) => codeIn(service, shop, phone) },
  )
  await gateway.report(online.station, online.accepted, { status: 'Start', seconds: 0 })
  return {
    online,
    leave: async (seconds) => {
      await gateway.report(online.station, online.accepted, {
        status: 'Stop',
        seconds,
        cause: 'User-Request',
      })
      nas.close()
    },
  }
}

async function codeIn(service: Service, { apiKey }: Shop, phone: string): Promise<string | undefined> {
  const { items } = await service.api<{ items: OutboxItem[] }>(
    apiKey,
    `/outbox?to=${encodeURIComponent(phone)}`,
  )
  return /(?<![0-9])[0-9]{6}(?![0-9])/.exec(items[0]?.text ?? '')?.[0]
}
