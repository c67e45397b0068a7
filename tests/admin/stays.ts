import { openGrant } from '../../db/access/grants.ts'
import { type AccountingRecord, applyAccounting } from '../../db/access/sessions.ts'
import type { Ctx } from '../../db/context.ts'
import { renameGuest } from '../../db/crm/guests.ts'
import { transaction } from '../../db/index.ts'
import type { Site } from '../../db/network/sites.ts'
import { newId } from '../../db/values/id.ts'
import { macOf, phoneOf, type Shop } from '../support/people.ts'

export const dayMs = 86_400_000

/** A guest who proved a number then and there, and perhaps said a name. */
export async function cameBy(
  shop: Shop,
  guest: { phone: string; mac: string; name: string | null; at: Date; site?: Site; marketing?: boolean },
): Promise<string> {
  const ctx: Ctx = { ...shop.ctx, actor: { kind: 'guest' }, now: guest.at }
  const { guest: known } = await transaction(ctx, (tx) =>
    openGrant(tx, ctx, {
      siteId: guest.site?.id ?? shop.site.id,
      nasId: shop.nas.id,
      mac: macOf(guest.mac),
      method: 'sms',
      phone: phoneOf(guest.phone),
      locale: 'zh-CN',
      marketingAccepted: guest.marketing ?? false,
      admits: 'credential',
    }),
  )
  if (guest.name) await renameGuest(ctx, { guestId: known.id, name: guest.name, source: 'my-data' })
  return known.id
}

/** One session from start to stop, as a gateway reports it. */
export async function stay(shop: Shop, mac: string, at: Date, seconds: number, site: Site = shop.site) {
  await applyAccounting(shop.ctx.db, [stay.record(shop, mac, at, seconds, 'stop', site)])
}

stay.record = (
  shop: Shop,
  mac: string,
  at: Date,
  seconds: number,
  status: 'start' | 'stop',
  site: Site,
): AccountingRecord => ({
  merchantId: shop.ctx.merchantId,
  nasId: shop.nas.id,
  siteId: site.id,
  status,
  acctSessionId: newId('acs'),
  callingStationId: mac,
  calledStationId: null,
  acctMultiSessionId: null,
  userName: null,
  class: null,
  framedIpAddress: '10.1.0.2',
  at: new Date(at.getTime() + seconds * 1000),
  sessionTimeSeconds: seconds,
  inputOctets: 1000n,
  outputOctets: 2000n,
  inputPackets: 10n,
  outputPackets: 20n,
  hasGigawords: false,
  terminateCause: status === 'stop' ? 'User-Request' : null,
  marks: [],
  receivedAt: new Date(at.getTime() + seconds * 1000),
  packet: '',
})
