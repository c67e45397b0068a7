import { sql } from 'drizzle-orm'
import type { Ctx } from './context.ts'
import type { Tx } from './index.ts'

export type AuditEntry = {
  /** noun.verb: grant.revoked, guest.revealed. */
  action: string
  /** Id of what it was done to. */
  subject: string
  /** Never personal data: the row can not be erased. */
  detail?: Record<string, unknown>
}

/** Writes one link of the merchant's chain inside the caller's transaction: no link, no fact. */
export async function record(tx: Tx, ctx: Ctx, entry: AuditEntry) {
  await tx.execute(sql`select audit_append(${ctx.merchantId}, ${ctx.now.toISOString()}::timestamptz,
    ${JSON.stringify(ctx.actor)}::jsonb, ${entry.action}, ${entry.subject},
    ${JSON.stringify(entry.detail ?? {})}::jsonb)`)
}

/**
 * Walks the chain. `brokenAt` is the first row whose own hash, link or number does not fit, or whose absence at
 * the end the head row gives away; undefined where all fits.
 */
export async function verifyAudit(tx: Tx, ctx: Ctx): Promise<{ rows: number; brokenAt?: number }> {
  const [row] = await tx.execute<{ rows: number; broken: string | null; tail: string | null }>(sql`
    with chain as (
      select seq, hash, prev_hash,
        lag(hash, 1, repeat('0', 64)) over (order by seq) as expected_prev,
        row_number() over (order by seq) as expected_seq,
        audit_hash(prev_hash, merchant_id, seq, at, actor, action, subject, detail) as expected_hash
      from audit where merchant_id = ${ctx.merchantId})
    select count(*)::int as rows,
      min(seq) filter (where hash <> expected_hash or prev_hash <> expected_prev or seq <> expected_seq) as broken,
      (select h.seq from audit_heads h where h.merchant_id = ${ctx.merchantId} and not exists
        (select from audit a where a.merchant_id = h.merchant_id and a.seq = h.seq and a.hash = h.hash)) as tail
    from chain`)
  const broken = row?.broken ?? row?.tail
  return { rows: row?.rows ?? 0, ...(broken == null ? {} : { brokenAt: Number(broken) }) }
}
