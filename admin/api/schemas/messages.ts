import { z } from 'zod'
import { id, listOf, moment, pageQuery } from './shared.ts'

/** Only where MESSENGER=outbox: what would have been sent. */
export const outboxQuery = pageQuery.extend({ to: z.string().max(40).optional() })
export const outboxItem = z.object({
  id,
  to: z.string(),
  text: z.string(),
  at: moment,
  siteId: id.nullable(),
})
export type OutboxItem = z.infer<typeof outboxItem>
export const outbox = listOf(outboxItem)

export const messageState = z.enum(['queued', 'sending', 'sent', 'delivered', 'failed', 'unknown'])
export const messagesQuery = pageQuery.extend({
  state: messageState.optional(),
  kind: z.string().max(20).optional(),
  site: id.optional(),
  /** A whole number or its last four digits. */
  to: z.string().max(40).optional(),
})
export const message = z.object({
  id,
  at: moment,
  to: z.string(),
  /** A code is `******`, unless this messenger only shows it here. */
  text: z.string(),
  kind: z.string(),
  channel: z.string(),
  siteId: id.nullable(),
  guestId: id.nullable(),
  provider: z.string().nullable(),
  state: messageState,
  /** One of a closed set of words; `null` where nothing is wrong. */
  problem: z.string().nullable(),
  segments: z.number().int(),
  sentAt: moment.nullable(),
  deliveredAt: moment.nullable(),
})
export type Message = z.infer<typeof message>
export const messages = listOf(message).extend({
  /** Since midnight in the site's time zone. */
  today: z.object({
    total: z.number().int(),
    delivered: z.number().int(),
    onTheirWay: z.number().int(),
    failed: z.number().int(),
    medianToPhoneMs: z.number().nullable(),
  }),
})
export type Messages = z.infer<typeof messages>
