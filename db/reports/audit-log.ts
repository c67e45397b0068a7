import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import { audit } from '../schema/audit.ts'

export type AuditRow = typeof audit.$inferSelect
export type AuditFilter = {
  /** 'grant.opened', or the noun alone: 'grant'. */
  action?: string | undefined
  subject?: string | undefined
  /** Id of a member of staff, a key, a gateway or a guest; or a kind: 'staff'. */
  actor?: string | undefined
  since?: string | undefined
  until?: string | undefined
}

/** The log, newest first, with the true total of what the filter leaves. `before`: the last number already seen. */
export async function readAudit(
  tx: Tx,
  ctx: Ctx,
  input: AuditFilter & { before?: number | undefined; limit: number },
): Promise<{ rows: AuditRow[]; total: number }> {
  const where = sql.join(
    [
      sql`${audit.merchantId} = ${ctx.merchantId}`,
      ...(input.action
        ? [sql`(${audit.action} = ${input.action} or starts_with(${audit.action}, ${`${input.action}.`}))`]
        : []),
      ...(input.subject ? [sql`${audit.subject} = ${input.subject}`] : []),
      ...(input.actor
        ? [
            sql`(${audit.actor} ->> 'kind' = ${input.actor} or ${input.actor} in
              (${audit.actor} ->> 'staffId', ${audit.actor} ->> 'apiKeyId', ${audit.actor} ->> 'nasId', ${audit.actor} ->> 'guestId'))`,
          ]
        : []),
      ...(input.since ? [sql`${audit.at} >= ${input.since}::timestamptz`] : []),
      ...(input.until ? [sql`${audit.at} < ${input.until}::timestamptz`] : []),
    ],
    sql` and `,
  )
  const [counted] = await tx.execute<{ total: number }>(
    sql`select count(*)::int as total from ${audit} where ${where}`,
  )
  const rows = await tx
    .select()
    .from(audit)
    .where(input.before === undefined ? where : sql`${where} and ${audit.seq} < ${input.before}`)
    .orderBy(sql`${audit.seq} desc`)
    .limit(input.limit)
  return { rows, total: counted?.total ?? 0 }
}

/** Number and hash of the newest link of the chain; undefined before the first. */
export async function auditHead(tx: Tx, ctx: Ctx): Promise<{ seq: number; hash: string } | undefined> {
  const [row] = await tx.execute<{ seq: string; hash: string }>(
    sql`select seq, hash from audit_heads where merchant_id = ${ctx.merchantId}`,
  )
  return row && { seq: Number(row.seq), hash: row.hash }
}
