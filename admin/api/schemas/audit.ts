import { z } from 'zod'
import { listOf, moment, pageQuery } from './shared.ts'

export const auditQuery = pageQuery.extend({
  action: z.string().max(60).optional(),
  subject: z.string().max(64).optional(),
  actor: z.string().max(64).optional(),
  since: moment.optional(),
  until: moment.optional(),
})
export const auditItem = z.object({
  seq: z.number().int(),
  at: moment,
  actor: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string(),
})
export type AuditItem = z.infer<typeof auditItem>
export const auditList = listOf(auditItem)
/** `brokenAt`: the first row that does not fit its chain. */
export const auditVerdict = z.object({
  ok: z.boolean(),
  rows: z.number().int(),
  brokenAt: z.number().int().nullable(),
  head: z.string().nullable(),
})
export type AuditVerdict = z.infer<typeof auditVerdict>
