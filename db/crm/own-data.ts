import { and, desc, eq, gt, sql } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { consents } from '../schema/consents.ts'
import { sessions, visits } from '../schema/grants.ts'
import { interactions } from '../schema/guests.ts'
import { newId } from '../values/id.ts'
import { type Consent, consentsNow, currentTexts, recordConsent } from './consents.ts'
import { type Device, devicesOf } from './devices.ts'
import { findGuest, type Guest } from './guests.ts'
import { type Identity, identitiesOf } from './identities.ts'

export type OwnData = {
  guest: Guest
  identities: Identity[]
  devices: Device[]
  terms: Consent | undefined
  marketing: Consent | undefined
  lastVisitAt: Date | undefined
}

/** What is held about a guest, for that guest. In the clear: the page decides what this window has proved. */
export function ownData(ctx: Ctx, guestId: string): Promise<OwnData> {
  return transaction(ctx, async (tx) => {
    const guest = await findGuest(tx, ctx, guestId)
    if (!guest) throw notFound('guest')
    const now = (await consentsNow(tx, ctx, [guestId])).get(guestId)
    const [visit] = await tx
      .select({ endedAt: visits.endedAt })
      .from(visits)
      .where(and(eq(visits.merchantId, ctx.merchantId), eq(visits.guestId, guestId)))
      .orderBy(desc(visits.endedAt))
      .limit(1)
    return {
      guest,
      identities: await identitiesOf(tx, ctx, guestId),
      devices: await devicesOf(tx, ctx, guestId),
      terms: now?.terms,
      marketing: now?.marketing,
      lastVisitAt: visit?.endedAt,
    }
  })
}

/** Everything a guest may take along (GDPR Art. 15 and 20, PIPL Art. 45), as plain values. Audited. */
export function ownDataExport(ctx: Ctx, guestId: string) {
  return transaction(ctx, async (tx) => {
    const guest = await findGuest(tx, ctx, guestId)
    if (!guest) throw notFound('guest')
    await record(tx, ctx, { action: 'guest.took-own-data', subject: guestId })
    return {
      guest: {
        name: guest.name,
        firstSeenAt: guest.firstSeenAt,
        lastSeenAt: guest.lastSeenAt,
        visitCount: guest.visitCount,
      },
      contacts: (await identitiesOf(tx, ctx, guestId)).map(({ kind, value, source, verifiedAt }) => ({
        kind,
        value,
        source,
        verifiedAt,
      })),
      devices: (await devicesOf(tx, ctx, guestId)).map(({ mac, label, firstSeenAt, lastSeenAt }) => ({
        mac,
        label,
        firstSeenAt,
        lastSeenAt,
      })),
      ...(await history(tx, ctx, guestId)),
    }
  })
}

async function history(tx: Tx, ctx: Ctx, guestId: string) {
  return {
    consents: await tx
      .select({
        purpose: consents.purpose,
        action: consents.action,
        textVersion: consents.textVersion,
        textHash: consents.textHash,
        surface: consents.surface,
        at: consents.at,
      })
      .from(consents)
      .where(and(eq(consents.merchantId, ctx.merchantId), eq(consents.guestId, guestId)))
      .orderBy(consents.at),
    visits: await tx
      .select({ startedAt: visits.startedAt, endedAt: visits.endedAt })
      .from(visits)
      .where(and(eq(visits.merchantId, ctx.merchantId), eq(visits.guestId, guestId)))
      .orderBy(visits.startedAt),
    sessions: await tx
      .select({
        startedAt: sessions.startedAt,
        stoppedAt: sessions.stoppedAt,
        device: sessions.callingStationId,
        address: sessions.framedIpAddress,
        inputOctets: sql<string>`${sessions.inputOctets}::text`,
        outputOctets: sql<string>`${sessions.outputOctets}::text`,
      })
      .from(sessions)
      .where(and(eq(sessions.merchantId, ctx.merchantId), eq(sessions.guestId, guestId)))
      .orderBy(sessions.startedAt),
    notes: await tx
      .select({ kind: interactions.kind, text: interactions.text, at: interactions.at })
      .from(interactions)
      .where(and(eq(interactions.merchantId, ctx.merchantId), eq(interactions.guestId, guestId)))
      .orderBy(interactions.at),
  }
}

/** A guest says yes to offers outside the splash. Only for a window that has proved the number. */
export function allowOffers(
  ctx: Ctx,
  input: { guestId: string; siteId: string; mac: string; locale: string; ip?: string },
): Promise<Consent> {
  return transaction(ctx, async (tx) => {
    const { marketing: text } = await currentTexts(tx, ctx, input.locale)
    const row = await recordConsent(tx, ctx, {
      ...input,
      purpose: 'marketing',
      action: 'granted',
      surface: 'my-data',
      text,
    })
    await record(tx, ctx, {
      action: 'consent.granted',
      subject: input.guestId,
      detail: { purpose: 'marketing' },
    })
    return row
  })
}

/**
 * Puts a guest's wish for a copy or for erasure on their timeline and into the audit, once a day at most.
 * @param text what staff read, in the merchant's language.
 */
export function wish(
  ctx: Ctx,
  input: { guestId: string; siteId: string; what: 'export' | 'erase'; text: string },
): Promise<void> {
  return transaction(ctx, async (tx) => {
    const [before] = await tx
      .select({ id: interactions.id })
      .from(interactions)
      .where(
        and(
          eq(interactions.merchantId, ctx.merchantId),
          eq(interactions.guestId, input.guestId),
          eq(interactions.text, input.text),
          gt(interactions.at, new Date(ctx.now.getTime() - 86_400_000)),
        ),
      )
      .limit(1)
    if (before) return
    await tx.insert(interactions).values({
      merchantId: ctx.merchantId,
      id: newId('int'),
      guestId: input.guestId,
      siteId: input.siteId,
      kind: 'note',
      text: input.text,
      at: ctx.now,
    })
    await record(tx, ctx, { action: `guest.asked-${input.what}`, subject: input.guestId })
  })
}
