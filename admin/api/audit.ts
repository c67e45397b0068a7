import { verifyAudit } from '../../db/audit.ts'
import { invalid } from '../../db/errors.ts'
import { transaction } from '../../db/index.ts'
import { type AuditRow, auditHead, readAudit } from '../../db/reports/audit-log.ts'
import type { Handlers } from './handler.ts'
import type { AuditItem } from './schemas/audit.ts'

export const auditHandlers = {
  'GET /audit': ({ ctx, query }) =>
    transaction(ctx, async (tx) => {
      const { cursor, limit, ...filter } = query
      const { rows, total } = await readAudit(tx, ctx, { ...filter, limit: limit + 1, before: seqOf(cursor) })
      const items = rows.slice(0, limit).map(itemOf)
      return { items, total, nextCursor: rows.length > limit ? String(items.at(-1)?.seq) : null }
    }),

  'GET /audit/verdict': ({ ctx }) =>
    transaction(ctx, async (tx) => {
      const { rows, brokenAt } = await verifyAudit(tx, ctx)
      const head = await auditHead(tx, ctx)
      return { ok: brokenAt === undefined, rows, brokenAt: brokenAt ?? null, head: head?.hash ?? null }
    }),
} satisfies Pick<Handlers, 'GET /audit' | 'GET /audit/verdict'>

function seqOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  if (!/^[1-9][0-9]{0,14}$/.test(cursor)) throw invalid('list', 'cursor')
  return Number(cursor)
}

function itemOf(row: AuditRow): AuditItem {
  const actor = row.actor as { kind: string; name?: string } & Record<string, unknown>
  const id = actor.staffId ?? actor.apiKeyId ?? actor.nasId ?? actor.guestId
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    actor: { kind: actor.kind, id: typeof id === 'string' ? id : null, name: actor.name ?? null },
    action: row.action,
    subject: row.subject,
    detail: row.detail,
    hash: row.hash,
  }
}
