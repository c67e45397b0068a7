import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Actor, Ctx } from '../context.ts'
import { invalid, notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { enqueue } from '../jobs.ts'
import { grants, sessions } from '../schema/grants.ts'
import { guestFields, guests } from '../schema/guests.ts'
import { newId } from '../values/id.ts'
import type { Phone } from '../values/phone.ts'
import { addPhone, guestOfPhone, touchPhone } from './identities.ts'

export type Guest = typeof guests.$inferSelect

/**
 * The guest who proved this number: the one on file, or a new one. The same number at another merchant is another
 * guest. Two windows at once end with one guest: the unique index decides.
 */
export async function recogniseByPhone(
  tx: Tx,
  ctx: Ctx,
  input: { phone: Phone; siteId: string; locale: string },
): Promise<{ guest: Guest; isNew: boolean }> {
  const known = await guestOfPhone(tx, ctx, input.phone.e164)
  if (known) {
    await touchPhone(tx, ctx, input.phone.e164)
    return { guest: await seen(tx, ctx, known, input.locale), isNew: false }
  }
  const id = newId('gst')
  const [guest] = await tx
    .insert(guests)
    .values({
      merchantId: ctx.merchantId,
      id,
      locale: input.locale,
      firstSeenAt: ctx.now,
      lastSeenAt: ctx.now,
      firstSiteId: input.siteId,
    })
    .returning()
  if (await addPhone(tx, ctx, id, input.phone, 'sign-in')) return { guest: guest as Guest, isNew: true }
  await tx.delete(guests).where(and(eq(guests.merchantId, ctx.merchantId), eq(guests.id, id)))
  const other = await guestOfPhone(tx, ctx, input.phone.e164)
  if (!other) throw new Error('a number is taken and nobody has it')
  return { guest: await seen(tx, ctx, other, input.locale), isNew: false }
}

async function seen(tx: Tx, ctx: Ctx, guestId: string, locale: string): Promise<Guest> {
  const [guest] = await tx
    .update(guests)
    .set({ lastSeenAt: ctx.now, locale })
    .where(and(eq(guests.merchantId, ctx.merchantId), eq(guests.id, guestId)))
    .returning()
  if (!guest) throw notFound('guest')
  return guest
}

/** One guest, or undefined. */
export async function findGuest(tx: Tx, ctx: Ctx, guestId: string): Promise<Guest | undefined> {
  const [guest] = await tx
    .select()
    .from(guests)
    .where(and(eq(guests.merchantId, ctx.merchantId), eq(guests.id, guestId)))
  return guest
}

/** Gives a guest a name. The newest wins; what it was before stays as history with source, actor and time. */
export function renameGuest(
  ctx: Ctx,
  input: { guestId: string; name: string | null; source: string },
): Promise<Guest> {
  const name = input.name?.normalize('NFC').trim() || null
  if (name && (name.length > 80 || /\p{Cc}/u.test(name))) throw invalid('guest', 'name')
  return transaction(ctx, async (tx) => {
    const [guest] = await tx
      .update(guests)
      .set({ name })
      .where(and(eq(guests.merchantId, ctx.merchantId), eq(guests.id, input.guestId)))
      .returning()
    if (!guest) throw notFound('guest')
    await noteField(tx, ctx, { guestId: guest.id, field: 'name', value: name, source: input.source })
    await record(tx, ctx, { action: 'guest.changed', subject: guest.id, detail: { fields: ['name'] } })
    return guest
  })
}

/**
 * Keeps a guest out, at every site: every grant is revoked now, for certain, and gateways are asked to end the open
 * sessions. Taking it back gives no grant back; the guest signs in anew.
 */
export function blockGuest(ctx: Ctx, input: { guestId: string; blocked: boolean }): Promise<void> {
  return transaction(ctx, async (tx) => {
    const one = and(eq(guests.merchantId, ctx.merchantId), eq(guests.id, input.guestId))
    const [changed] = await tx
      .update(guests)
      .set({ blockedAt: input.blocked ? ctx.now : null })
      .where(and(one, input.blocked ? isNull(guests.blockedAt) : isNotNull(guests.blockedAt)))
      .returning({ id: guests.id })
    if (!changed) {
      if (!(await findGuest(tx, ctx, input.guestId))) throw notFound('guest')
      return
    }
    await record(tx, ctx, {
      action: input.blocked ? 'guest.blocked' : 'guest.unblocked',
      subject: input.guestId,
    })
    if (input.blocked) await endRights(tx, ctx, input.guestId)
  })
}

async function endRights(tx: Tx, ctx: Ctx, guestId: string) {
  await tx
    .update(grants)
    .set({ revokedAt: ctx.now })
    .where(and(eq(grants.merchantId, ctx.merchantId), eq(grants.guestId, guestId), isNull(grants.revokedAt)))
  const online = await tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(eq(sessions.merchantId, ctx.merchantId), eq(sessions.guestId, guestId), isNull(sessions.stoppedAt)),
    )
  for (const session of online)
    await enqueue(tx, ctx, 'radius.disconnect', { merchantId: ctx.merchantId, sessionId: session.id })
}

/** Appends one value to the history of a field. */
export async function noteField(
  tx: Tx,
  ctx: Ctx,
  input: { guestId: string; field: string; value: string | null; source: string },
) {
  await tx.insert(guestFields).values({
    merchantId: ctx.merchantId,
    id: newId('fld'),
    ...input,
    actor: bareActor(ctx.actor),
    at: ctx.now,
  })
}

const bareActor = (actor: Actor) => ({ ...actor })
