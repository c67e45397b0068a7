import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { arrayLiteral } from '../values/array.ts'

/** Sites an asker may look at; null: all of the merchant. */
export type Scope = readonly string[] | null

/** `scope` narrowed to one site; nothing is left where that site is not in it. */
export const narrowed = (scope: Scope, siteId: string | undefined): Scope =>
  siteId === undefined ? scope : scope === null || scope.includes(siteId) ? [siteId] : []

/** Rows at these sites. */
export const within = (siteId: SQLWrapper, scope: Scope): SQL =>
  scope === null ? sql`true` : sql`${siteId} = any(${arrayLiteral(scope)}::text[])`

/** Rows at these sites, or at none in particular. */
export const withinOrNowhere = (siteId: SQLWrapper, scope: Scope): SQL =>
  scope === null ? sql`true` : sql`(${siteId} is null or ${within(siteId, scope)})`

/** Guests who have been at these sites or were let in there. */
export const beenWithin = (ctx: Ctx, guestId: SQLWrapper, scope: Scope): SQL =>
  scope === null
    ? sql`true`
    : sql`exists (select from guest_sites gs where gs.merchant_id = ${ctx.merchantId} and gs.guest_id = ${guestId}
        and ${within(sql`gs.site_id`, scope)})`
