import { type SQL, sql } from 'drizzle-orm'
import { at, daysBefore } from './moments.ts'

export type Lifecycle = 'potential' | 'active' | 'key' | 'dormant' | 'lost' | 'blocked'
export type GuestView = 'all' | 'regulars' | 'recent' | 'new' | 'slipping' | 'in-shop'

/** Days without a sign of life after which a guest is dormant, and lost. From S11: 90 days. */
export const dormantAfterDays = 90
export const lostAfterDays = 180
/** A regular with at least this many visits is a key customer. */
export const keyVisits = 12
/** Came at least so often and not for so many days: slipping away, until lost. */
export const slippingVisits = 3
export const slippingAfterDays = 30
export const recentDays = 14
export const newDays = 30

/**
 * Regular: came five times within 90 days, and the fifth-last of those visits is not longer ago. `regular_until` is
 * kept by the database (migration 0006), so this is true at any moment without anybody counting.
 */
export const isRegular = (now: Date): SQL => sql`coalesce(g.regular_until > ${at(now)}, false)`

/**
 * The one place that says how far a guest is, over the alias `g` of `guests`: blocked by staff; potential while no
 * visit was seen; lost and dormant by the last sign of life; key for regulars of many visits; else active.
 */
export const lifecycleOf = (now: Date): SQL<Lifecycle> => sql`case
  when g.blocked_at is not null then 'blocked'
  when g.visit_count = 0 then 'potential'
  when g.last_seen_at < ${daysBefore(now, lostAfterDays)} then 'lost'
  when g.last_seen_at < ${daysBefore(now, dormantAfterDays)} then 'dormant'
  when ${isRegular(now)} and g.visit_count >= ${keyVisits} then 'key'
  else 'active' end`

/** Which guests a standing view holds, over `g`; `inShop` is who has an open session. */
export function viewCondition(view: GuestView, now: Date, inShop: SQL): SQL {
  const isWelcome = sql`g.blocked_at is null`
  switch (view) {
    case 'all':
      return sql`true`
    case 'regulars':
      return sql`${isWelcome} and ${isRegular(now)}`
    case 'recent':
      return sql`${isWelcome} and g.visit_count > 0 and g.last_seen_at > ${daysBefore(now, recentDays)}`
    case 'new':
      return sql`${isWelcome} and g.first_seen_at > ${daysBefore(now, newDays)}`
    case 'slipping':
      return sql`${isWelcome} and g.visit_count >= ${slippingVisits}
        and g.last_seen_at < ${daysBefore(now, slippingAfterDays)} and g.last_seen_at >= ${daysBefore(now, lostAfterDays)}`
    case 'in-shop':
      return inShop
  }
}
