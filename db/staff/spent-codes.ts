import { lt, sql } from 'drizzle-orm'
import type { Db } from '../index.ts'
import { spentCodes } from '../schema/auth.ts'
import { hashOf } from './one-time.ts'

/** Longer than a code is good for: its own 30 s and one step of clock on either side. */
const lifeSeconds = 120

/** Spends a code of a second factor. False where this very code was spent a moment ago (RFC 6238 §5.2). */
export async function spendCode(db: Db, accountId: string, code: string, now: Date): Promise<boolean> {
  const old = new Date(now.getTime() - lifeSeconds * 1000)
  const spent = await db.system
    .insert(spentCodes)
    .values({ codeHash: hashOf(`${accountId}\n${code}`), at: now })
    .onConflictDoUpdate({
      target: spentCodes.codeHash,
      set: { at: now },
      setWhere: sql`${spentCodes.at} < ${old.toISOString()}::timestamptz`,
    })
    .returning({ codeHash: spentCodes.codeHash })
  await db.system.delete(spentCodes).where(lt(spentCodes.at, old))
  return spent.length === 1
}
