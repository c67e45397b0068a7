import { and, desc, eq, gt, isNull, lt, type SQLWrapper, sql } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { paidPlan, planLimits } from '../crm/balances.ts'
import { consentsNow, currentTexts, recordConsent } from '../crm/consents.ts'
import { claimDevice } from '../crm/devices.ts'
import { type Guest, recogniseByPhone } from '../crm/guests.ts'
import { DomainError } from '../errors.ts'
import type { Tx } from '../index.ts'
import { findPlan, type Plan } from '../network/plans.ts'
import { findSite, type Site } from '../network/sites.ts'
import { grants, sessions } from '../schema/grants.ts'
import { devices, guests } from '../schema/guests.ts'
import { newCredentialUserName } from '../values/credential.ts'
import { newId } from '../values/id.ts'
import type { Mac } from '../values/mac.ts'
import type { Phone } from '../values/phone.ts'

export type Grant = typeof grants.$inferSelect
export type GrantState = 'waiting' | 'active' | 'spent' | 'expired' | 'revoked'

/** Seconds a browser has to carry its one-time credential to the NAS. */
export const credentialLifeSeconds = 300

/** The state of a grant, in the one place that knows. `usedOctets`: what its sessions have moved, both ways. */
export function grantState(grant: Grant, usedOctets: bigint, now: Date): GrantState {
  if (grant.revokedAt) return 'revoked'
  if (grant.endsAt <= now) return 'expired'
  if (grant.quotaOctets !== null && usedOctets >= grant.quotaOctets) return 'spent'
  return grant.startsAt > now ? 'waiting' : 'active'
}

export type Opening = {
  siteId: string
  nasId: string
  mac: Mac
  /** How the guest proved who they are. */
  method: 'sms'
  phone: Phone
  locale: string
  ip?: string
  marketingAccepted: boolean
  /** uam: the browser carries a credential; opennds: the portal opens the way. */
  admits: 'credential' | 'portal'
}

/**
 * Lets a guest in: guest, identity, device, consents, grant, the right to be remembered and audit, all in the
 * caller's transaction. Throws `guest.blocked`, `grant.too-many-devices`.
 */
export async function openGrant(
  tx: Tx,
  ctx: Ctx,
  opening: Opening,
): Promise<{ grant: Grant; guest: Guest; isNew: boolean }> {
  const site = await findSite(tx, ctx, opening.siteId)
  const { guest, isNew } = await recogniseByPhone(tx, ctx, opening)
  if (guest.blockedAt) throw new DomainError('guest.blocked', 403)
  const paid = await paidPlan(tx, ctx, guest.id)
  const plan = paid ?? (await findPlan(tx, ctx, site.planId))
  const device = await claimDevice(tx, ctx, guest.id, opening.mac)
  await refuseTooManyDevices(tx, ctx, guest.id, opening.mac, plan.devicesMax)
  const isCrowded = await markCrowd(tx, ctx, guest.id)
  await recordSignInConsents(tx, ctx, guest.id, opening)
  const base = {
    merchantId: ctx.merchantId,
    guestId: guest.id,
    deviceId: device.id,
    siteId: site.id,
    mac: opening.mac,
    startsAt: ctx.now,
    createdAt: ctx.now,
  }
  const [grant] = await tx
    .insert(grants)
    .values({
      ...base,
      id: newId('grt'),
      nasId: opening.nasId,
      admits: opening.admits,
      method: opening.method,
      cameAt: cameAt(ctx, opening.nasId, opening.mac),
      endsAt: later(ctx.now, plan.sessionTimeoutSeconds ?? 86_400),
      ...(opening.admits === 'credential' ? freshCredential(ctx.now) : {}),
      ...limitsAt(site, plan),
      isCrowded: isCrowded(plan),
    })
    .returning()
  if (!grant) throw new Error('no grant written')
  if (site.rememberedDays > 0) {
    const remembered = paid ?? (await findPlan(tx, ctx, site.rememberedPlanId ?? site.planId))
    await tx
      .update(grants)
      .set({ revokedAt: ctx.now })
      .where(
        and(
          eq(grants.merchantId, ctx.merchantId),
          eq(grants.siteId, site.id),
          eq(grants.mac, opening.mac),
          eq(grants.admits, 'mac'),
          isNull(grants.revokedAt),
        ),
      )
    await tx.insert(grants).values({
      ...base,
      id: newId('grt'),
      admits: 'mac',
      method: 'remembered',
      endsAt: later(ctx.now, site.rememberedDays * 86_400),
      ...limitsAt(site, remembered),
      isCrowded: isCrowded(remembered),
    })
  }
  await record(tx, ctx, {
    action: 'grant.opened',
    subject: grant.id,
    detail: { guestId: guest.id, siteId: site.id, method: opening.method, isNew },
  })
  return { grant, guest, isNew }
}

/** A fresh one-time credential for a grant whose first one ran out before the browser reached the NAS. */
export async function renewCredential(tx: Tx, ctx: Ctx, grantId: string): Promise<Grant | undefined> {
  const [grant] = await tx
    .update(grants)
    .set({
      ...freshCredential(ctx.now),
      boundAt: null,
      boundMac: null,
      boundNasId: null,
      cameAt: cameAt(ctx, grants.nasId, grants.mac),
    })
    .where(
      and(
        eq(grants.merchantId, ctx.merchantId),
        eq(grants.id, grantId),
        eq(grants.admits, 'credential'),
        isNull(grants.revokedAt),
        gt(grants.endsAt, ctx.now),
      ),
    )
    .returning()
  return grant
}

/**
 * The welcome-back tap: a remembered device gets a grant of its own from its right to be remembered.
 * @returns undefined where the right is gone, the guest blocked, or the device another guest's.
 */
export async function openFromRemembered(
  tx: Tx,
  ctx: Ctx,
  input: { siteId: string; nasId: string; mac: Mac; admits: 'credential' | 'portal' },
): Promise<Grant | undefined> {
  const right = await rememberedGrant(tx, ctx, input.siteId, input.mac)
  if (!right) return undefined
  const plan = await findPlan(tx, ctx, right.planId)
  const site = await findSite(tx, ctx, input.siteId)
  const [grant] = await tx
    .insert(grants)
    .values({
      ...limitsAt(site, plan),
      isCrowded: right.isCrowded,
      merchantId: ctx.merchantId,
      id: newId('grt'),
      guestId: right.guestId,
      deviceId: right.deviceId,
      siteId: input.siteId,
      nasId: input.nasId,
      mac: input.mac,
      admits: input.admits,
      method: 'remembered',
      startsAt: ctx.now,
      cameAt: cameAt(ctx, input.nasId, input.mac),
      endsAt: earlier(later(ctx.now, plan.sessionTimeoutSeconds ?? 86_400), right.endsAt),
      createdAt: ctx.now,
      ...(input.admits === 'credential' ? freshCredential(ctx.now) : {}),
    })
    .returning()
  await tx
    .update(guests)
    .set({ lastSeenAt: ctx.now })
    .where(and(eq(guests.merchantId, ctx.merchantId), eq(guests.id, right.guestId)))
  await record(tx, ctx, {
    action: 'grant.opened',
    subject: grant?.id ?? '',
    detail: { guestId: right.guestId, method: 'remembered' },
  })
  return grant
}

/** The live right of a device to go online by itself at a site. */
export async function rememberedGrant(
  tx: Tx,
  ctx: Ctx,
  siteId: string,
  mac: Mac,
): Promise<Grant | undefined> {
  const [row] = await tx
    .select({ grant: grants })
    .from(grants)
    .innerJoin(guests, and(eq(guests.merchantId, grants.merchantId), eq(guests.id, grants.guestId)))
    .where(
      and(
        eq(grants.merchantId, ctx.merchantId),
        eq(grants.siteId, siteId),
        eq(grants.mac, mac),
        eq(grants.admits, 'mac'),
        isNull(grants.revokedAt),
        isNull(guests.blockedAt),
        gt(grants.endsAt, ctx.now),
      ),
    )
    .orderBy(desc(grants.endsAt))
    .limit(1)
  return row?.grant
}

export async function findGrant(tx: Tx, ctx: Ctx, grantId: string): Promise<Grant | undefined> {
  const [grant] = await tx
    .select()
    .from(grants)
    .where(and(eq(grants.merchantId, ctx.merchantId), eq(grants.id, grantId)))
  return grant
}

async function recordSignInConsents(tx: Tx, ctx: Ctx, guestId: string, opening: Opening) {
  const texts = await currentTexts(tx, ctx, opening.locale)
  const now = (await consentsNow(tx, ctx, [guestId])).get(guestId)
  const proof = {
    guestId,
    surface: 'splash' as const,
    siteId: opening.siteId,
    mac: opening.mac,
    ...(opening.ip ? { ip: opening.ip } : {}),
  }
  await recordConsent(tx, ctx, { ...proof, purpose: 'terms', action: 'granted', text: texts.terms })
  // A box left empty is a no the first time; it never takes back an earlier yes (withdrawing has its own place).
  if (opening.marketingAccepted) {
    await recordConsent(tx, ctx, { ...proof, purpose: 'marketing', action: 'granted', text: texts.marketing })
  } else if (!now?.marketing) {
    await recordConsent(tx, ctx, { ...proof, purpose: 'marketing', action: 'denied', text: texts.marketing })
  }
}

/** Counts the other devices of a guest that are online now. */
async function refuseTooManyDevices(
  tx: Tx,
  ctx: Ctx,
  guestId: string,
  mac: string,
  devicesMax: number | null,
) {
  if (devicesMax === null) return
  const [row] = await tx
    .select({ others: sql<number>`count(distinct ${sessions.callingStationId})::int` })
    .from(sessions)
    .where(
      and(
        eq(sessions.merchantId, ctx.merchantId),
        eq(sessions.guestId, guestId),
        isNull(sessions.stoppedAt),
        sql`${sessions.callingStationId} <> ${mac}`,
      ),
    )
  if ((row?.others ?? 0) >= devicesMax) throw new DomainError('grant.too-many-devices', 403)
}

/** When this device last came before the splash of this gateway; null where it was never sent there. */
const cameAt = (ctx: Ctx, nasId: SQLWrapper | string, mac: SQLWrapper | string) =>
  sql`(select a.came_at from arrivals a where a.merchant_id = ${ctx.merchantId} and a.nas_id = ${nasId} and a.mac = ${mac})`

const later = (from: Date, seconds: number) => new Date(from.getTime() + seconds * 1000)
const earlier = (one: Date, other: Date) => (one < other ? one : other)
const freshCredential = (now: Date) => ({
  credentialUserName: newCredentialUserName(),
  credentialExpiresAt: later(now, credentialLifeSeconds),
})

/** A plan at a site: its opening hours have to be looked at too. */
function limitsAt(site: Site, plan: Plan) {
  const limits = planLimits(plan)
  return { ...limits, isMetered: limits.isMetered || site.openingHours !== null }
}

/**
 * A guest with more devices than places: all live rights are marked, so that admission takes places for them. The
 * guest's row is locked by now, so of two devices that sign in at once the later one sees the other.
 * @returns whether that is so under a plan.
 */
async function markCrowd(tx: Tx, ctx: Ctx, guestId: string): Promise<(plan: Plan) => boolean> {
  const [row] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(devices)
    .where(and(eq(devices.merchantId, ctx.merchantId), eq(devices.guestId, guestId)))
  const count = row?.count ?? 0
  await tx
    .update(grants)
    .set({ isCrowded: true })
    .where(
      and(
        eq(grants.merchantId, ctx.merchantId),
        eq(grants.guestId, guestId),
        eq(grants.isCrowded, false),
        isNull(grants.revokedAt),
        gt(grants.endsAt, ctx.now),
        lt(grants.devicesMax, count),
      ),
    )
  return (plan) => plan.devicesMax !== null && count > plan.devicesMax
}
