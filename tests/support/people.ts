import { type Grant, openGrant } from '../../db/access/grants.ts'
import type { Ctx } from '../../db/context.ts'
import { insertText } from '../../db/crm/consents.ts'
import { firstTexts } from '../../db/crm/first-texts.ts'
import { type Db, systemTransaction, transaction } from '../../db/index.ts'
import { insertNas, type Nas, type NasSettings } from '../../db/network/nas.ts'
import { insertPlan, type Plan, type PlanLimits } from '../../db/network/plans.ts'
import { insertSite, type Site, type SiteSettings } from '../../db/network/sites.ts'
import { merchants } from '../../db/schema/merchants.ts'
import { newId } from '../../db/values/id.ts'
import { type Mac, parseMac } from '../../db/values/mac.ts'
import { type Phone, parsePhone } from '../../db/values/phone.ts'

export type Shop = { ctx: Ctx; site: Site; nas: Nas; plan: Plan; secret: string }

let shops = 0

/** A shop with one gateway, as the set-up page makes it. */
export async function openShop(
  db: Db,
  options: {
    name?: string
    plan?: Partial<PlanLimits>
    site?: SiteSettings
    nas?: Partial<NasSettings>
  } = {},
): Promise<Shop> {
  const name = options.name ?? `Teahouse ${++shops}`
  const merchantId = newId('mer')
  await systemTransaction(db, (tx) => tx.insert(merchants).values({ id: merchantId, name, country: 'CN' }))
  const ctx: Ctx = { db, merchantId, actor: { kind: 'job', name: 'test' }, now: new Date() }
  const secret = `secret of ${name}`
  return transaction(ctx, async (tx) => {
    const plan = await insertPlan(tx, ctx, { name: 'Guest', ...options.plan })
    const site = await insertSite(tx, ctx, {
      name,
      slug: `${merchantId.slice(-10)}`,
      planId: plan.id,
      ...options.site,
    })
    const nas = await insertNas(
      tx,
      ctx,
      site.id,
      { gateway: 'uam', address: '127.0.0.1', secret, ...options.nas },
      8,
    )
    for (const text of firstTexts(name)) await insertText(tx, ctx, text)
    return { ctx, site, nas, plan, secret: options.nas?.secret ?? secret }
  })
}

export const phoneOf = (text: string) => parsePhone(text, 'CN') as Phone
export const macOf = (text: string) => parseMac(text) as Mac

/** A guest who has just proved their number; the grant with its one-time credential. */
export function letIn(
  shop: Shop,
  guest: { phone: string; mac: string; marketing?: boolean; now?: Date },
): Promise<Grant> {
  const ctx = { ...shop.ctx, actor: { kind: 'guest' } as const, now: guest.now ?? new Date() }
  return transaction(ctx, async (tx) => {
    const { grant } = await openGrant(tx, ctx, {
      siteId: shop.site.id,
      nasId: shop.nas.id,
      mac: macOf(guest.mac),
      method: 'sms',
      phone: phoneOf(guest.phone),
      locale: 'zh-CN',
      marketingAccepted: guest.marketing ?? false,
      admits: 'credential',
    })
    return grant
  })
}
