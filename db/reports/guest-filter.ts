import { type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { arrayLiteral } from '../values/array.ts'
import { blindIndex } from '../values/keys.ts'
import { searchedPhone } from '../values/phone.ts'
import { type GuestView, type Lifecycle, lifecycleOf, viewCondition } from './guest-standing.ts'
import { at, daysBefore } from './moments.ts'
import { beenWithin, narrowed, type Scope, within } from './scope.ts'

export type GuestFilter = {
  /** What the asker may see. */
  scope: Scope
  /** Part of a name, a whole number, or its last four digits. */
  q?: string | undefined
  /** Country a local number is read with. */
  country: string
  view?: GuestView | undefined
  lifecycle?: Lifecycle[] | undefined
  siteId?: string | undefined
  consent?: 'granted' | 'denied' | 'withdrawn' | 'none' | undefined
  online?: boolean | undefined
  seenWithinDays?: number | undefined
  lastSeenBefore?: string | undefined
  visitsMin?: number | undefined
  visitsMax?: number | undefined
}

/** Over `guests g`: whom the asker may see at all, and what the filter leaves of them; undefined where it leaves all. */
export function guestConditions(ctx: Ctx, filter: GuestFilter): { base: SQL; filters: SQL | undefined } {
  const { now, merchantId } = ctx
  const scope = narrowed(filter.scope, filter.siteId)
  const online = sql`g.id in (select s.guest_id from sessions s where s.merchant_id = ${merchantId}
    and s.stopped_at is null and s.guest_id is not null and ${within(sql`s.site_id`, scope)})`
  const filters: SQL[] = []
  if (filter.q?.trim()) filters.push(searched(ctx, filter.q, filter.country))
  if (filter.siteId !== undefined) filters.push(beenWithin(ctx, sql`g.id`, scope))
  if (filter.view && filter.view !== 'all') filters.push(viewCondition(filter.view, now, online))
  if (filter.lifecycle)
    filters.push(sql`${lifecycleOf(now)} = any(${arrayLiteral(filter.lifecycle)}::text[])`)
  if (filter.consent) filters.push(sql`g.offers = ${filter.consent}`)
  if (filter.online !== undefined) filters.push(filter.online ? online : sql`not ${online}`)
  if (filter.seenWithinDays !== undefined)
    filters.push(sql`g.last_seen_at > ${daysBefore(now, filter.seenWithinDays)}`)
  if (filter.lastSeenBefore) filters.push(sql`g.last_seen_at < ${at(filter.lastSeenBefore)}`)
  if (filter.visitsMin !== undefined) filters.push(sql`g.visit_count >= ${filter.visitsMin}`)
  if (filter.visitsMax !== undefined) filters.push(sql`g.visit_count <= ${filter.visitsMax}`)
  const base = [
    sql`g.merchant_id = ${merchantId}`,
    sql`g.erased_at is null`,
    beenWithin(ctx, sql`g.id`, filter.scope),
  ]
  return {
    base: sql.join(base, sql` and `),
    filters: filters.length > 0 ? sql.join(filters, sql` and `) : undefined,
  }
}

/**
 * A number is found by its blind index alone: nothing of it stands in the clear. What is no number is looked for in
 * names, whatever its width and case. Four digits may be both.
 */
function searched(ctx: Ctx, q: string, country: string): SQL {
  const byNumber = (column: SQL, index: Buffer) => sql`g.id in (select i.guest_id from identities i
    where i.merchant_id = ${ctx.merchantId} and i.kind = 'phone' and ${column} = ${index})`
  const phone = searchedPhone(q, country)
  if (phone) return byNumber(sql`i.value_index`, blindIndex(ctx.merchantId, 'phone', phone.e164))
  const typed = q.normalize('NFKC').replaceAll('\0', '').trim()
  const named = sql`g.name_folded like '%' || fold_name(${typed.replace(/[\\%_]/g, '\\$&')}) || '%'`
  if (!/^\d{4}$/.test(typed)) return named
  return sql`(${byNumber(sql`i.last_four_index`, blindIndex(ctx.merchantId, 'last-four', typed))} or ${named})`
}
