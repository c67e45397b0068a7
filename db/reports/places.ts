import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import type { Tx } from '../index.ts'
import { beenWithin, type Scope, within } from './scope.ts'

/**
 * The clock a question is asked by: the site's, else that of the oldest site the asker may see.
 * Throws `site.not-found` for a site that is not theirs to see.
 */
export async function timeZoneOf(
  tx: Tx,
  ctx: Ctx,
  scope: Scope,
  siteId: string | undefined,
): Promise<string> {
  const [row] = await tx.execute<{ timeZone: string }>(sql`
    select time_zone as "timeZone" from sites
    where merchant_id = ${ctx.merchantId} and ${within(sql`id`, scope)} and ${siteId === undefined ? sql`true` : sql`id = ${siteId}`}
    order by created_at, id limit 1`)
  if (!row && siteId !== undefined) throw notFound('site')
  return row?.timeZone ?? 'UTC'
}

/** Refuses a guest who is not there, or not at the sites the asker may see: the answer is the same. */
export async function mustSeeGuest(tx: Tx, ctx: Ctx, scope: Scope, guestId: string): Promise<void> {
  const rows =
    await tx.execute(sql`select from guests g where g.merchant_id = ${ctx.merchantId} and g.id = ${guestId}
    and g.erased_at is null and ${beenWithin(ctx, sql`g.id`, scope)}`)
  if (rows.length === 0) throw notFound('guest')
}
