import { and, eq, isNull, lt, or } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import { type Db, type Tx, transaction } from '../index.ts'
import { apiKeys } from '../schema/staff.ts'
import { newId, randomDigits } from '../values/id.ts'
import { hashOf } from './one-time.ts'

export type ApiKey = Omit<typeof apiKeys.$inferSelect, 'keyHash'>

/** A new key. It is told here and never again: only its SHA-256 is kept. */
export function issueApiKey(
  ctx: Ctx,
  input: { name: string; mayReveal: boolean },
): Promise<ApiKey & { key: string }> {
  return transaction(ctx, async (tx) => {
    // 52 base-32 digits: 260 random bits. The prefix lets a leak be found by scanners.
    const key = `dm_${randomDigits(52)}`
    const [row] = await tx
      .insert(apiKeys)
      .values({
        merchantId: ctx.merchantId,
        id: newId('key'),
        name: input.name,
        keyHash: hashOf(key),
        hint: key.slice(0, 8),
        mayReveal: input.mayReveal,
        createdAt: ctx.now,
      })
      .returning()
    const { keyHash: _h, ...issued } = row as typeof apiKeys.$inferSelect
    const detail = { name: input.name, mayReveal: input.mayReveal }
    await record(tx, ctx, { action: 'api-key.issued', subject: issued.id, detail })
    return { ...issued, key }
  })
}

/** Keys in force, newest first. */
export async function listApiKeys(tx: Tx, ctx: Ctx): Promise<ApiKey[]> {
  const rows = await tx
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.merchantId, ctx.merchantId), isNull(apiKeys.revokedAt)))
    .orderBy(apiKeys.createdAt, apiKeys.id)
  return rows.reverse().map(({ keyHash: _h, ...row }) => row)
}

export function revokeApiKey(ctx: Ctx, id: string): Promise<void> {
  return transaction(ctx, async (tx) => {
    const [row] = await tx
      .update(apiKeys)
      .set({ revokedAt: ctx.now })
      .where(and(eq(apiKeys.merchantId, ctx.merchantId), eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
      .returning({ id: apiKeys.id })
    if (!row) throw notFound('api-key')
    await record(tx, ctx, { action: 'api-key.revoked', subject: id })
  })
}

/** Whose key this is; undefined for one that is unknown or revoked. Looks across merchants. */
export async function findApiKey(db: Db, key: string, now: Date): Promise<ApiKey | undefined> {
  if (!/^dm_[0-9a-z]{52}$/i.test(key)) return undefined
  const [row] = await db.system
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.keyHash, hashOf(key)), isNull(apiKeys.revokedAt)))
  if (!row) return undefined
  const { keyHash: _h, ...found } = row
  // Kept to the minute: a busy program must not write a row at every request.
  const minuteAgo = new Date(now.getTime() - 60_000)
  if (!row.lastUsedAt || row.lastUsedAt < minuteAgo)
    await db.system
      .update(apiKeys)
      .set({ lastUsedAt: now })
      .where(
        and(
          eq(apiKeys.merchantId, row.merchantId),
          eq(apiKeys.id, row.id),
          or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, minuteAgo)),
        ),
      )
  return found
}
