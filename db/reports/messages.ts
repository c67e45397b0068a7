import { type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import type { MessageState } from '../schema/messages.ts'
import { blindIndex, open } from '../values/keys.ts'
import { searchedPhone } from '../values/phone.ts'
import { cut, readCursor, writeCursor } from './cursor.ts'
import { at, iso, isoExact } from './moments.ts'
import { timeZoneOf } from './places.ts'
import { narrowed, type Scope, within, withinOrNowhere } from './scope.ts'

/** A message in the clear; the serializer decides what of it is shown. Times in ISO 8601. */
export type MessageRow = {
  id: string
  at: string
  to: string
  text: string
  kind: string
  channel: string
  siteId: string | null
  guestId: string | null
  provider: string | null
  state: MessageState
  problem: string | null
  segments: number
  sentAt: string | null
  deliveredAt: string | null
}
export type MessageFilter = {
  scope: Scope
  siteId?: string | undefined
  state?: MessageState | undefined
  kind?: string | undefined
  /** A whole number or its last four digits. */
  to?: string | undefined
  /** Country a local number is read with. */
  country: string
}
export type MessagesToday = {
  total: number
  delivered: number
  onTheirWay: number
  failed: number
  medianToPhoneMs: number | null
}

/** Messages, newest first, page by page. */
export async function listMessages(
  tx: Tx,
  ctx: Ctx,
  input: MessageFilter & { limit: number; cursor?: string | undefined },
): Promise<{ items: MessageRow[]; total: number; nextCursor: string | null }> {
  const m = ctx.merchantId
  const where = conditions(ctx, input)
  const [beforeAt, beforeId] = input.cursor ? readCursor('messages', input.cursor, ['moment', 'text']) : []
  const before = beforeAt
    ? sql`(m.created_at, m.id) < (${at(String(beforeAt))}, ${beforeId}::text)`
    : sql`true`
  const rows = await tx.execute<
    Omit<MessageRow, 'to' | 'text'> & { key: string; toSealed: string; textSealed: string }
  >(sql`
    with page as (select m.* from messages m where ${where} and ${before}
      order by m.created_at desc, m.id desc limit ${input.limit + 1})
    select m.id, ${isoExact(sql`m.created_at`)} as key, ${iso(sql`m.created_at`)} as at, m.to_sealed as "toSealed",
      m.text_sealed as "textSealed", m.kind, m.channel, m.site_id as "siteId",
      coalesce(m.guest_id, (select i.guest_id from identities i
        where i.merchant_id = ${m} and i.kind = 'phone' and i.value_index = m.to_index)) as "guestId",
      m.provider, m.state, m.problem, m.segments, ${iso(sql`m.sent_at`)} as "sentAt", ${iso(sql`m.delivered_at`)} as "deliveredAt"
    from page m order by m.created_at desc, m.id desc`)
  const page = cut([...rows], input.limit, (row) => writeCursor('messages', [row.key, row.id]))
  const [counted] = await tx.execute<{ total: number }>(
    sql`select count(*)::int as total from messages m where ${where}`,
  )
  return {
    items: page.items.map(({ key: _key, toSealed, textSealed, ...row }) => ({
      ...row,
      to: open(toSealed),
      text: open(textSealed),
    })),
    total: counted?.total ?? 0,
    nextCursor: page.nextCursor,
  }
}

/** What became of the messages since midnight where the shop is. */
export async function messagesToday(
  tx: Tx,
  ctx: Ctx,
  input: { scope: Scope; siteId?: string | undefined },
): Promise<MessagesToday> {
  const timeZone = await timeZoneOf(tx, ctx, input.scope, input.siteId)
  const midnight = sql`date_trunc('day', ${at(ctx.now)} at time zone ${timeZone}::text) at time zone ${timeZone}::text`
  const [row] = await tx.execute<MessagesToday>(sql`
    select count(*)::int as total, count(*) filter (where m.state = 'delivered')::int as delivered,
      count(*) filter (where m.state in ('queued', 'sending', 'sent'))::int as "onTheirWay",
      count(*) filter (where m.state = 'failed')::int as failed,
      round(percentile_cont(0.5) within group (order by extract(epoch from m.delivered_at - m.created_at) * 1000))::float8 as "medianToPhoneMs"
    from messages m where m.merchant_id = ${ctx.merchantId} and m.created_at >= ${midnight}
      and ${atSites(input.scope, input.siteId)}`)
  return row ?? { total: 0, delivered: 0, onTheirWay: 0, failed: 0, medianToPhoneMs: null }
}

function conditions(ctx: Ctx, { scope, siteId, state, kind, to, country }: MessageFilter): SQL {
  const all = [sql`m.merchant_id = ${ctx.merchantId}`, atSites(scope, siteId)]
  if (state) all.push(sql`m.state = ${state}`)
  if (kind) all.push(sql`m.kind = ${kind}`)
  if (to?.trim()) all.push(sentTo(ctx, to, country))
  return sql.join(all, sql` and `)
}

/** What belongs to no site is everybody's who may read messages. */
const atSites = (scope: Scope, siteId: string | undefined): SQL =>
  siteId === undefined
    ? withinOrNowhere(sql`m.site_id`, scope)
    : within(sql`m.site_id`, narrowed(scope, siteId))

/** By blind index: what is neither a number nor four digits is nobody. */
function sentTo(ctx: Ctx, to: string, country: string): SQL {
  const phone = searchedPhone(to, country)
  if (phone) return sql`m.to_index = ${blindIndex(ctx.merchantId, 'phone', phone.e164)}`
  const digits = to.normalize('NFKC').trim()
  return /^\d{4}$/.test(digits)
    ? sql`m.last_four_index = ${blindIndex(ctx.merchantId, 'last-four', digits)}`
    : sql`false`
}
