import { and, desc, eq } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { DomainError, notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { identities } from '../schema/guests.ts'
import { newId } from '../values/id.ts'
import { blindIndex, open, seal } from '../values/keys.ts'
import { lastFour, type Phone } from '../values/phone.ts'

export type Identity = {
  id: string
  guestId: string
  kind: 'phone' | 'wechat' | 'email'
  /** In the clear; a serializer masks it before it leaves. */
  value: string
  country: string | null
  source: string
  isPrimary: boolean
  verifiedAt: Date | null
  wrongAt: Date | null
  wrongReason: string | null
  createdAt: Date
}

/** Whose number this is at this merchant; undefined where nobody's. */
export async function guestOfPhone(tx: Tx, ctx: Ctx, e164: string): Promise<string | undefined> {
  const [row] = await tx
    .select({ guestId: identities.guestId })
    .from(identities)
    .where(
      and(
        eq(identities.merchantId, ctx.merchantId),
        eq(identities.kind, 'phone'),
        eq(identities.valueIndex, blindIndex(ctx.merchantId, 'phone', e164)),
      ),
    )
  return row?.guestId
}

/**
 * Writes a proved number on a guest. Proving clears a 'wrong' mark.
 * @returns false where the number is another guest's already (two windows at once): look it up again.
 */
export async function addPhone(
  tx: Tx,
  ctx: Ctx,
  guestId: string,
  phone: Phone,
  source: string,
): Promise<boolean> {
  const rows = await tx
    .insert(identities)
    .values({
      merchantId: ctx.merchantId,
      id: newId('idn'),
      guestId,
      kind: 'phone',
      valueSealed: seal(phone.e164),
      valueIndex: blindIndex(ctx.merchantId, 'phone', phone.e164),
      lastFourIndex: blindIndex(ctx.merchantId, 'last-four', lastFour(phone.e164)),
      country: phone.country,
      source,
      verifiedAt: ctx.now,
    })
    .onConflictDoNothing()
    .returning({ id: identities.id })
  return rows.length === 1
}

/** A number was proved once more. */
export async function touchPhone(tx: Tx, ctx: Ctx, e164: string) {
  await tx
    .update(identities)
    .set({ verifiedAt: ctx.now, wrongAt: null, wrongReason: null })
    .where(
      and(
        eq(identities.merchantId, ctx.merchantId),
        eq(identities.kind, 'phone'),
        eq(identities.valueIndex, blindIndex(ctx.merchantId, 'phone', e164)),
      ),
    )
}

/** All contacts of a guest, the primary one first, then the newest. */
export async function identitiesOf(tx: Tx, ctx: Ctx, guestId: string): Promise<Identity[]> {
  const rows = await tx
    .select()
    .from(identities)
    .where(and(eq(identities.merchantId, ctx.merchantId), eq(identities.guestId, guestId)))
    .orderBy(desc(identities.isPrimary), desc(identities.createdAt))
  return rows.map((row) => ({ ...row, value: open(row.valueSealed) }))
}

/** Marks a contact wrong so that nobody uses it again, or takes the mark back. It stays either way. */
export function markIdentity(
  ctx: Ctx,
  input: { guestId: string; identityId: string; wrong: boolean; reason?: string | undefined },
): Promise<void> {
  return transaction(ctx, async (tx) => {
    const [row] = await tx
      .update(identities)
      .set(
        input.wrong
          ? { wrongAt: ctx.now, wrongReason: input.reason ?? null }
          : { wrongAt: null, wrongReason: null },
      )
      .where(
        and(
          eq(identities.merchantId, ctx.merchantId),
          eq(identities.id, input.identityId),
          eq(identities.guestId, input.guestId),
        ),
      )
      .returning({ id: identities.id })
    if (!row) throw notFound('identity')
    await record(tx, ctx, {
      action: input.wrong ? 'identity.marked-wrong' : 'identity.marked-right',
      subject: input.guestId,
      detail: { identityId: input.identityId, ...(input.reason ? { reason: input.reason } : {}) },
    })
  })
}

/**
 * One number of a guest in the clear, for a reason that is written into the audit log in the same transaction: no
 * row, no number. Without `identityId` the one the guest is called at. Throws `guest.not-found`, `guest.no-phone`.
 */
export function revealPhone(
  ctx: Ctx,
  input: { guestId: string; identityId?: string | undefined; reason: string },
): Promise<string> {
  return transaction(ctx, async (tx) => {
    const phones = (await identitiesOf(tx, ctx, input.guestId)).filter(({ kind }) => kind === 'phone')
    const phone = input.identityId
      ? phones.find(({ id }) => id === input.identityId)
      : phones.find(({ wrongAt }) => wrongAt === null)
    if (!phone) throw input.identityId ? notFound('identity') : new DomainError('guest.no-phone', 404)
    await record(tx, ctx, {
      action: 'guest.revealed',
      subject: input.guestId,
      detail: { identityId: phone.id, reason: input.reason },
    })
    return phone.value
  })
}
