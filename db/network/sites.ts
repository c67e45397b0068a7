import { and, eq, gt, isNull } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { DomainError, invalid, notFound } from '../errors.ts'
import { type Db, type Tx, transaction } from '../index.ts'
import { grants } from '../schema/grants.ts'
import { merchants } from '../schema/merchants.ts'
import { type SignInMethod, type SiteLook, sites } from '../schema/sites.ts'
import { newId } from '../values/id.ts'
import type { Merchant } from './merchants.ts'
import { areOpeningHours } from './plans.ts'

export type Site = typeof sites.$inferSelect
export type { SignInMethod, SiteLook }
export type SiteSettings = Partial<
  Pick<
    Site,
    | 'name'
    | 'subtitle'
    | 'timeZone'
    | 'locale'
    | 'country'
    | 'ssid'
    | 'look'
    | 'methods'
    | 'planId'
    | 'rememberedPlanId'
    | 'rememberedDays'
    | 'visitGapSeconds'
    | 'openingHours'
  >
>

/** Whose splash page this address is. Looks across merchants: the slug is all a guest's browser brings. */
export async function findSiteBySlug(
  db: Db,
  slug: string,
): Promise<{ site: Site; merchant: Merchant } | undefined> {
  if (!/^[a-z0-9-]{1,64}$/.test(slug)) return undefined
  const [row] = await db.system
    .select({ site: sites, merchant: merchants })
    .from(sites)
    .innerJoin(merchants, eq(merchants.id, sites.merchantId))
    .where(eq(sites.slug, slug))
  return row
}

export function listSites(tx: Tx, ctx: Ctx): Promise<Site[]> {
  return tx
    .select()
    .from(sites)
    .where(eq(sites.merchantId, ctx.merchantId))
    .orderBy(sites.createdAt, sites.id)
}

export async function findSite(tx: Tx, ctx: Ctx, siteId: string): Promise<Site> {
  const [site] = await tx
    .select()
    .from(sites)
    .where(and(eq(sites.merchantId, ctx.merchantId), eq(sites.id, siteId)))
  if (!site) throw notFound('site')
  return site
}

/** Inserts a site inside a bigger transaction. Throws `site.slug-taken` where the address is somebody's already. */
export async function insertSite(
  tx: Tx,
  ctx: Ctx,
  input: { name: string; slug?: string; planId: string } & SiteSettings,
): Promise<Site> {
  checkSite(input)
  const slug = input.slug ?? slugOf(input.name)
  if (!/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(slug)) throw invalid('site', 'slug')
  const [site] = await tx
    .insert(sites)
    .values({ merchantId: ctx.merchantId, id: newId('sit'), createdAt: ctx.now, ...input, slug })
    .onConflictDoNothing({ target: sites.slug })
    .returning()
  if (!site) throw new DomainError('site.slug-taken')
  return site
}

export function addSite(
  ctx: Ctx,
  input: { name: string; slug?: string; planId: string } & SiteSettings,
): Promise<Site> {
  return transaction(ctx, async (tx) => {
    const site = await insertSite(tx, ctx, input)
    await record(tx, ctx, { action: 'site.added', subject: site.id, detail: { slug: site.slug } })
    return site
  })
}

export function changeSite(ctx: Ctx, siteId: string, input: SiteSettings): Promise<Site> {
  checkSite(input)
  return transaction(ctx, async (tx) => {
    if (Object.keys(input).length === 0) return findSite(tx, ctx, siteId)
    const [site] = await tx
      .update(sites)
      .set(input)
      .where(and(eq(sites.merchantId, ctx.merchantId), eq(sites.id, siteId)))
      .returning()
    if (!site) throw notFound('site')
    if (input.openingHours) await meterGrants(tx, ctx, siteId)
    await record(tx, ctx, { action: 'site.changed', subject: siteId, detail: { fields: Object.keys(input) } })
    return site
  })
}

/** Opening hours hold for who is in already: from now on each of their rights is looked at. */
async function meterGrants(tx: Tx, ctx: Ctx, siteId: string): Promise<void> {
  await tx
    .update(grants)
    .set({ isMetered: true })
    .where(
      and(
        eq(grants.merchantId, ctx.merchantId),
        eq(grants.siteId, siteId),
        eq(grants.isMetered, false),
        isNull(grants.revokedAt),
        gt(grants.endsAt, ctx.now),
      ),
    )
}

/** Letters and digits of the name; a random one where it has none in Latin script. */
export function slugOf(name: string): string {
  const latin = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return latin || `site-${newId('x').slice(-6)}`
}

function checkSite(input: SiteSettings & { name?: string }) {
  if (input.name !== undefined && (!input.name.trim() || input.name.length > 80))
    throw invalid('site', 'name')
  if (input.timeZone !== undefined && !isTimeZone(input.timeZone)) throw invalid('site', 'time-zone')
  if (input.rememberedDays !== undefined && (input.rememberedDays < 0 || input.rememberedDays > 730))
    throw invalid('site', 'remembered-days')
  if (input.visitGapSeconds !== undefined && (input.visitGapSeconds < 60 || input.visitGapSeconds > 172_800))
    throw invalid('site', 'visit-gap')
  if (!areOpeningHours(input.openingHours)) throw invalid('site', 'hours')
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
