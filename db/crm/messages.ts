import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { type Tx, transaction } from '../index.ts'
import { enqueue } from '../jobs.ts'
import { type MessageState, messages } from '../schema/messages.ts'
import { newId } from '../values/id.ts'
import { blindIndex, open, seal } from '../values/keys.ts'
import { lastFour } from '../values/phone.ts'

export type Message = Omit<
  typeof messages.$inferSelect,
  'toSealed' | 'toIndex' | 'lastFourIndex' | 'textSealed'
> & {
  to: string
  text: string
}

/** Why a message did not arrive: a closed set of words, never a provider's own text. */
export type MessageProblem =
  | 'number-invalid'
  | 'number-unreachable'
  | 'opted-out'
  | 'region-blocked'
  | 'filtered'
  | 'sender-invalid'
  | 'account'
  | 'busy'
  | 'unreachable'
  | 'unclear'

/** Writes a message and the job that sends it, in the caller's transaction. */
export async function queueMessage(
  tx: Tx,
  ctx: Ctx,
  input: {
    to: string
    text: string
    kind: 'code' | 'notice'
    segments: number
    guestId?: string
    siteId?: string
    codeId?: string
  },
): Promise<string> {
  const id = newId('msg')
  await tx.insert(messages).values({
    merchantId: ctx.merchantId,
    id,
    channel: 'sms',
    kind: input.kind,
    toSealed: seal(input.to),
    toIndex: blindIndex(ctx.merchantId, 'phone', input.to),
    lastFourIndex: blindIndex(ctx.merchantId, 'last-four', lastFour(input.to)),
    textSealed: seal(input.text),
    segments: input.segments,
    guestId: input.guestId ?? null,
    siteId: input.siteId ?? null,
    codeId: input.codeId ?? null,
    createdAt: ctx.now,
  })
  await enqueue(tx, ctx, 'message.send', { merchantId: ctx.merchantId, messageId: id })
  return id
}

/**
 * Takes a queued message for sending, once: a second taker gets undefined. A message found 'sending' after a crash
 * may have left already, so it is called unknown rather than sent twice.
 */
export function takeMessage(ctx: Ctx, messageId: string): Promise<Message | undefined> {
  return transaction(ctx, async (tx) => {
    const at = and(eq(messages.merchantId, ctx.merchantId), eq(messages.id, messageId))
    const [row] = await tx
      .update(messages)
      .set({ state: 'sending' })
      .where(and(at, eq(messages.state, 'queued')))
      .returning()
    if (row) return opened(row)
    await tx
      .update(messages)
      .set({ state: 'unknown' })
      .where(and(at, eq(messages.state, 'sending')))
    return undefined
  })
}

/** What became of a message that was taken. `state: 'queued'` puts it back for another try. */
export function settleMessage(
  ctx: Ctx,
  messageId: string,
  outcome: { state: MessageState; provider?: string; providerMessageId?: string; problem?: MessageProblem },
): Promise<void> {
  return transaction(ctx, async (tx) => {
    await tx
      .update(messages)
      .set({
        state: outcome.state,
        problem: outcome.problem ?? null,
        ...(outcome.provider ? { provider: outcome.provider } : {}),
        ...(outcome.providerMessageId ? { providerMessageId: outcome.providerMessageId } : {}),
        ...(outcome.state === 'sent' ? { sentAt: ctx.now } : {}),
        ...(outcome.state === 'delivered' ? { deliveredAt: ctx.now } : {}),
      })
      .where(and(eq(messages.merchantId, ctx.merchantId), eq(messages.id, messageId)))
  })
}

/** Which message a provider's report speaks of. The state only moves forward: a late 'sent' never undoes 'delivered'. */
export async function applyReceipt(
  db: Ctx['db'],
  receipt: {
    provider: string
    providerMessageId: string
    state: 'sent' | 'delivered' | 'failed'
    problem?: MessageProblem
    at: Date
  },
): Promise<boolean> {
  const rows = await db.system
    .update(messages)
    .set({
      state: receipt.state,
      problem: receipt.problem ?? null,
      ...(receipt.state === 'delivered' ? { deliveredAt: receipt.at } : {}),
    })
    .where(
      and(
        eq(messages.provider, receipt.provider),
        eq(messages.providerMessageId, receipt.providerMessageId),
        inArray(
          messages.state,
          receipt.state === 'sent' ? ['sending', 'unknown'] : ['sending', 'sent', 'unknown'],
        ),
      ),
    )
    .returning({ id: messages.id })
  return rows.length > 0
}

/** Newest first; `to` is a whole number. Text in the clear: callers decide who may read it. */
export async function listMessages(
  tx: Tx,
  ctx: Ctx,
  input: { to?: string; before?: { at: Date; id: string }; limit: number; siteIds?: string[] | null },
): Promise<Message[]> {
  const rows = await tx
    .select()
    .from(messages)
    .where(
      and(
        eq(messages.merchantId, ctx.merchantId),
        input.to ? eq(messages.toIndex, blindIndex(ctx.merchantId, 'phone', input.to)) : undefined,
        input.siteIds ? inArray(messages.siteId, input.siteIds) : undefined,
        input.before
          ? sql`(${messages.createdAt}, ${messages.id}) < (${input.before.at.toISOString()}::timestamptz, ${input.before.id})`
          : undefined,
      ),
    )
    .orderBy(sql`${messages.createdAt} desc, ${messages.id} desc`)
    .limit(input.limit)
  return rows.map(opened)
}

function opened(row: typeof messages.$inferSelect): Message {
  const { toSealed, toIndex: _to, lastFourIndex: _four, textSealed, ...rest } = row
  return { ...rest, to: open(toSealed), text: open(textSealed) }
}
