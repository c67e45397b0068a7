import type { Ctx } from './context.ts'
import { insertText } from './crm/consents.ts'
import { firstTexts } from './crm/first-texts.ts'
import { demoGuests, dice } from './demo-guests.ts'
import { type DemoSite, type DemoTexts, writeGuests } from './demo-rows.ts'
import { setTheScene } from './demo-today.ts'
import { DomainError } from './errors.ts'
import { type Db, systemTransaction, transaction } from './index.ts'
import { insertNas } from './network/nas.ts'
import { recordNasNews } from './network/nas-health.ts'
import { insertPlan } from './network/plans.ts'
import { findSiteBySlug, insertSite, type Site } from './network/sites.ts'
import { merchants } from './schema/merchants.ts'
import { credentialSecret } from './values/credential.ts'
import { newId } from './values/id.ts'

export type DemoOptions = { guests: number; days: number; seed: number; now: Date }
export type DemoResult = { merchantId: string; sites: Site[]; guests: number; visits: number }

const slugs = ['qinglan-nanjing', 'qinglan-xujiahui', 'qinglan-jingan']

/**
 * Writes a believable tea-house chain: three sites, guests who come as guests do (few often, most seldom, some
 * never again) over `days` days, with visits, sessions, consents, notes and birthdays. The same seed gives the
 * same people. Throws `demo.exists` where its sites are there already.
 */
export async function seedDemo(
  db: Db,
  options: DemoOptions,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<DemoResult> {
  if (await findSiteBySlug(db, slugs[0] as string)) throw new DomainError('demo.exists')
  const { ctx, sites, texts } = await makeMerchant(db, options.now)
  const roll = dice(options.seed)
  const crowd = demoGuests(roll, options, sites.length)
  setTheScene(roll, crowd, options.now)
  let visits = 0
  for (let start = 0; start < crowd.length; start += 500) {
    const part = crowd.slice(start, start + 500)
    visits += await writeGuests(db.sql, ctx, sites, texts, part)
    onProgress(Math.min(crowd.length, start + part.length), crowd.length)
  }
  const heard = { authAt: options.now, acctAt: options.now, problems: new Map(), cleared: new Set<never>() }
  const news = sites.map(({ nasId }) => ({ merchantId: ctx.merchantId, nasId, ...heard }))
  await recordNasNews(db, news, options.now)
  await db.sql`analyze`.catch(() => {}) // Only an owner of tables may; statistics come by themselves otherwise.
  return { merchantId: ctx.merchantId, sites, guests: crowd.length, visits }
}

async function makeMerchant(db: Db, now: Date): Promise<{ ctx: Ctx; sites: DemoSite[]; texts: DemoTexts }> {
  const merchantId = newId('mer')
  await systemTransaction(db, (tx) =>
    tx
      .insert(merchants)
      .values({ id: merchantId, name: 'Qinglan 青岚', country: 'CN', locale: 'zh-CN', createdAt: now }),
  )
  const ctx: Ctx = { db, merchantId, actor: { kind: 'job', name: 'demo' }, now }
  return transaction(ctx, async (tx) => {
    const plan = await insertPlan(tx, ctx, { name: 'Guest' })
    const regular = await insertPlan(tx, ctx, {
      name: 'Regular',
      sessionTimeoutSeconds: 43_200,
      bandwidthUpBps: 20_000_000,
      bandwidthDownBps: 50_000_000,
      devicesMax: 4,
    })
    const sites: DemoSite[] = []
    for (const [index, name] of ['Nanjing Rd', 'Xujiahui', 'Jing’an'].entries()) {
      const slug = slugs[index] as string
      const site = await insertSite(tx, ctx, {
        name,
        slug,
        subtitle: `Tea house, ${name}`,
        planId: plan.id,
        rememberedPlanId: regular.id,
        ssid: 'Qinglan',
      })
      const gateway = {
        gateway: 'uam' as const,
        name: 'AP-1 counter',
        nasIdentifier: slug,
        secret: credentialSecret(slug),
        // Nothing reports these sessions after this; those of guests who are here now stay open for half a day.
        acctInterimIntervalSeconds: 14_400,
      }
      const { id } = await insertNas(tx, ctx, site.id, gateway, 8)
      sites.push({ ...site, nasId: id })
    }
    const texts: Partial<DemoTexts> = {}
    for (const text of firstTexts('Qinglan 青岚')) {
      const row = await insertText(tx, ctx, text)
      if (text.locale === 'zh-CN') texts[text.purpose] = { id: row.id, hash: row.hash }
    }
    return { ctx, sites, texts: texts as DemoTexts }
  })
}
