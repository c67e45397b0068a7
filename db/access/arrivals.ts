import { and, desc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { type Tx, transaction } from '../index.ts'
import { arrivals, type ArrivalStep } from '../schema/arrivals.ts'
import { grants } from '../schema/grants.ts'
import { newId, randomDigits } from '../values/id.ts'
import { open, seal } from '../values/keys.ts'
import type { Mac } from '../values/mac.ts'

export type { ArrivalStep }
export type Arrival = Omit<typeof arrivals.$inferSelect, 'phoneSealed'> & {
  /** The number as accepted from the form (E.164), not yet proved while step is 'code'. */
  phone: string | undefined
}

export type Redirected = {
  siteId: string
  nasId: string
  mac: Mac
  ip?: string | undefined
  peerIp?: string | undefined
  ssid?: string | undefined
  wantedUrl?: string | undefined
  trust: 'signed' | 'claimed'
  handle: Record<string, string>
  locale: string
}

/** The arrival of a device at a gateway: the one on file with fresh news, or a new one on the splash step. */
export function arrive(ctx: Ctx, input: Redirected): Promise<Arrival> {
  const fresh = {
    siteId: input.siteId,
    ip: input.ip ?? null,
    peerIp: input.peerIp ?? null,
    ssid: input.ssid ?? null,
    trust: input.trust,
    handle: input.handle,
    seenAt: ctx.now,
    ...(input.wantedUrl ? { wantedUrl: input.wantedUrl } : {}),
  }
  return transaction(ctx, async (tx) => {
    const [row] = await tx
      .insert(arrivals)
      .values({
        ...fresh,
        merchantId: ctx.merchantId,
        id: `${newId('arr')}${randomDigits(12)}`,
        nasId: input.nasId,
        mac: input.mac,
        locale: input.locale,
        firstSeenAt: ctx.now,
      })
      .onConflictDoUpdate({ target: [arrivals.merchantId, arrivals.nasId, arrivals.mac], set: fresh })
      .returning()
    return opened(row as typeof arrivals.$inferSelect)
  })
}

/** One arrival at one site by its id, or undefined. */
export async function findArrival(tx: Tx, ctx: Ctx, siteId: string, id: string): Promise<Arrival | undefined> {
  const [row] = await tx
    .select()
    .from(arrivals)
    .where(and(eq(arrivals.merchantId, ctx.merchantId), eq(arrivals.siteId, siteId), eq(arrivals.id, id)))
  return row && opened(row)
}

export type ArrivalChange = {
  step?: ArrivalStep
  locale?: string
  phone?: string | null
  termsAccepted?: boolean
  marketingAccepted?: boolean
  codeId?: string | null
  grantId?: string | null
  releaseTries?: number
}

/** Writes what the guest did, inside the caller's transaction. */
export async function changeArrival(tx: Tx, ctx: Ctx, id: string, { phone, ...change }: ArrivalChange): Promise<void> {
  await tx
    .update(arrivals)
    .set({
      ...change,
      ...(phone === undefined ? {} : { phoneSealed: phone === null ? null : seal(phone) }),
      seenAt: ctx.now,
    })
    .where(and(eq(arrivals.merchantId, ctx.merchantId), eq(arrivals.id, id)))
}

/** Counts one hand-over to the gateway; two windows at once count twice. */
export async function countRelease(ctx: Ctx, id: string): Promise<number> {
  return transaction(ctx, async (tx) => {
    const [row] = await tx
      .update(arrivals)
      .set({ releaseTries: sql`${arrivals.releaseTries} + 1` })
      .where(and(eq(arrivals.merchantId, ctx.merchantId), eq(arrivals.id, id)))
      .returning({ tries: arrivals.releaseTries })
    return row?.tries ?? 0
  })
}

/**
 * For the captive-portal API: until when a device may be online at a site, by its address, or by where the request
 * comes from. `known` is false where nobody with that mark was ever sent to us in the last day.
 */
export function onlineUntil(
  ctx: Ctx,
  input: { siteId: string; mac?: Mac | undefined; arrivalId?: string | undefined; peerIp?: string | undefined },
): Promise<{ known: boolean; endsAt?: Date; quotaOctets?: bigint | null }> {
  const who = input.arrivalId
    ? eq(arrivals.id, input.arrivalId)
    : input.mac
      ? eq(arrivals.mac, input.mac)
      : input.peerIp
        ? or(eq(arrivals.ip, input.peerIp), eq(arrivals.peerIp, input.peerIp))
        : undefined
  if (!who) return Promise.resolve({ known: false })
  return transaction(ctx, async (tx) => {
    const dayAgo = new Date(ctx.now.getTime() - 86_400_000)
    const rows = await tx
      .select({ endsAt: grants.endsAt, quotaOctets: grants.quotaOctets })
      .from(arrivals)
      .leftJoin(
        grants,
        and(
          eq(grants.merchantId, arrivals.merchantId),
          eq(grants.id, arrivals.grantId),
          isNull(grants.revokedAt),
          gt(grants.endsAt, ctx.now),
        ),
      )
      .where(and(eq(arrivals.merchantId, ctx.merchantId), eq(arrivals.siteId, input.siteId), who, gt(arrivals.seenAt, dayAgo)))
      .orderBy(desc(grants.endsAt))
    const live = rows.find((row) => row.endsAt !== null)
    return { known: rows.length > 0, ...(live?.endsAt ? { endsAt: live.endsAt, quotaOctets: live.quotaOctets } : {}) }
  })
}

function opened(row: typeof arrivals.$inferSelect): Arrival {
  const { phoneSealed, ...rest } = row
  return { ...rest, phone: phoneSealed ? open(phoneSealed) : undefined }
}
