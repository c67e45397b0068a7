import { and, eq } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { invalid, notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { findSite } from '../network/sites.ts'
import { interactions } from '../schema/guests.ts'
import { newId } from '../values/id.ts'
import { findGuest } from './guests.ts'

export type Interaction = typeof interactions.$inferSelect

/** Writes a note, call or complaint on a guest. What is written stays; a correction names what it corrects. */
export function addInteraction(
  ctx: Ctx,
  input: {
    guestId: string
    kind: 'note' | 'call' | 'complaint'
    text: string
    siteId?: string | undefined
    correctsId?: string | undefined
  },
): Promise<Interaction> {
  const text = input.text.normalize('NFC').trim()
  if (!text || text.length > 4000 || text.includes('\0')) throw invalid('interaction', 'text')
  return transaction(ctx, async (tx) => {
    if (!(await findGuest(tx, ctx, input.guestId))) throw notFound('guest')
    if (input.siteId) await findSite(tx, ctx, input.siteId)
    if (input.correctsId && !(await isOf(tx, ctx, input.guestId, input.correctsId)))
      throw notFound('interaction')
    const by = ctx.actor.kind === 'staff' ? { staffId: ctx.actor.staffId, staffName: ctx.actor.name } : {}
    const [row] = await tx
      .insert(interactions)
      .values({
        merchantId: ctx.merchantId,
        id: newId('int'),
        guestId: input.guestId,
        kind: input.kind,
        text,
        siteId: input.siteId ?? null,
        correctsId: input.correctsId ?? null,
        ...by,
        at: ctx.now,
      })
      .returning()
    await record(tx, ctx, {
      action: `interaction.${input.kind}`,
      subject: input.guestId,
      detail: { interactionId: row?.id },
    })
    return row as Interaction
  })
}

async function isOf(tx: Tx, ctx: Ctx, guestId: string, id: string): Promise<boolean> {
  const rows = await tx
    .select({ id: interactions.id })
    .from(interactions)
    .where(
      and(
        eq(interactions.merchantId, ctx.merchantId),
        eq(interactions.guestId, guestId),
        eq(interactions.id, id),
      ),
    )
  return rows.length === 1
}
