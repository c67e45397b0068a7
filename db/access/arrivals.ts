import { and, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { type Tx, transaction } from '../index.ts'
import { type ArrivalStep, arrivals } from '../schema/arrivals.ts'
import { grants, sessions } from '../schema/grants.ts'
import { newId, randomDigits } from '../values/id.ts'
import { open, seal } from '../values/keys.ts'
import type { Mac } from '../values/mac.ts'
import { leftOf } from './metering.ts'

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
        firstSeenAt: ctx.now,
        cameAt: ctx.now,
      })
      .onConflictDoUpdate({
        target: [arrivals.merchantId, arrivals.nasId, arrivals.mac],
        set: {
          ...fresh,
          // After a quiet half hour, or once let through and captured anew, it is another coming.
          cameAt: sql`case when ${arrivals.seenAt} < ${ctx.now.toISOString()}::timestamptz - interval '30 minutes'
              or ${arrivals.step} = 'online' or exists (select from ${grants} where ${grants.merchantId} = ${arrivals.merchantId}
                and ${grants.id} = ${arrivals.grantId} and ${grants.boundAt} is not null)
            then ${ctx.now.toISOString()}::timestamptz else ${arrivals.cameAt} end`,
        },
      })
      .returning()
    return opened(row as typeof arrivals.$inferSelect)
  })
}

/** One arrival at one site by its id, or undefined. */
export async function findArrival(
  tx: Tx,
  ctx: Ctx,
  siteId: string,
  id: string,
): Promise<Arrival | undefined> {
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
export async function changeArrival(
  tx: Tx,
  ctx: Ctx,
  id: string,
  { phone, ...change }: ArrivalChange,
): Promise<void> {
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
 * For the captive-portal API: is a device let through at a site, until when, and with how much; found by its address,
 * by its arrival, or by where the request comes from. `known` is false where nobody with that mark was sent to us in the
 * last day.
 */
export function onlineUntil(
  ctx: Ctx,
  input: {
    siteId: string
    mac?: Mac | undefined
    arrivalId?: string | undefined
    peerIp?: string | undefined
  },
): Promise<{ known: boolean; endsAt?: Date; octetsLeft?: bigint }> {
  const { arrivalId, mac, peerIp } = input
  const who = arrivalId
    ? eq(arrivals.id, arrivalId)
    : mac
      ? eq(arrivals.mac, mac)
      : peerIp
        ? or(eq(arrivals.ip, peerIp), eq(arrivals.peerIp, peerIp))
        : undefined
  if (!who) return Promise.resolve({ known: false })
  return transaction(ctx, async (tx) => {
    const live = and(isNull(grants.revokedAt), gt(grants.endsAt, ctx.now))
    const rows = await tx
      .select({ step: arrivals.step, grant: grants })
      .from(arrivals)
      .leftJoin(
        grants,
        and(eq(grants.merchantId, arrivals.merchantId), eq(grants.id, arrivals.grantId), live),
      )
      .where(
        and(
          eq(arrivals.merchantId, ctx.merchantId),
          eq(arrivals.siteId, input.siteId),
          who,
          gt(arrivals.seenAt, new Date(ctx.now.getTime() - 86_400_000)),
        ),
      )
    const through = rows.find(({ step, grant }) => grant && (step === 'online' || grant.boundAt))?.grant
    if (through) return { known: true, ...(await remaining(tx, ctx, through)) }
    const [session] = mac
      ? await tx
          .select({ grant: grants, startedAt: sessions.startedAt })
          .from(sessions)
          .innerJoin(
            grants,
            and(eq(grants.merchantId, sessions.merchantId), eq(grants.id, sessions.grantId), live),
          )
          .where(
            and(
              eq(sessions.merchantId, ctx.merchantId),
              eq(sessions.siteId, input.siteId),
              eq(sessions.callingStationId, mac),
              isNull(sessions.stoppedAt),
            ),
          )
          .limit(1)
      : []
    if (!session) return { known: rows.length > 0 }
    return { known: true, ...(await remaining(tx, ctx, session.grant, session.startedAt)) }
  })
}

/** Where something is used up or closed there is no end to tell: the device is captive again. */
async function remaining(
  tx: Tx,
  ctx: Ctx,
  grant: typeof grants.$inferSelect,
  startedAt?: Date,
): Promise<{ endsAt?: Date; octetsLeft?: bigint }> {
  const left = await leftOf(tx, ctx, grant.id)
  if (left.why) return {}
  const ends = [
    grant.endsAt.getTime(),
    ...(left.seconds === null ? [] : [ctx.now.getTime() + left.seconds * 1000]),
    // A remembered right lasts for months; its session does not.
    ...(startedAt && grant.sessionTimeoutSeconds !== null
      ? [startedAt.getTime() + grant.sessionTimeoutSeconds * 1000]
      : []),
  ]
  const endsAt = new Date(Math.min(...ends))
  return endsAt <= ctx.now ? {} : { endsAt, ...(left.octets === null ? {} : { octetsLeft: left.octets }) }
}

function opened(row: typeof arrivals.$inferSelect): Arrival {
  const { phoneSealed, ...rest } = row
  return { ...rest, phone: phoneSealed ? open(phoneSealed) : undefined }
}
