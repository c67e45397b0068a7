import { and, eq } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Actor, Ctx } from '../context.ts'
import { invalid, notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
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
