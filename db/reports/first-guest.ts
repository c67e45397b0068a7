import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'

export type FirstGuest = {
  redirectedAt: Date | undefined
  firstGuest: { guestId: string; at: Date } | undefined
}

/** How far the merchant's first guest has come: sent to the splash by a gateway, then let in. */
export async function firstGuestOf(tx: Tx, ctx: Ctx): Promise<FirstGuest> {
  const [row] = await tx.execute<{ redirected: string | null; guest: string | null; at: string | null }>(sql`
    select (select min(first_seen_at) from arrivals where merchant_id = ${ctx.merchantId}) as redirected,
      g.guest_id as guest, g.created_at as at
    from (select 1) one left join lateral (
      select guest_id, created_at from grants where merchant_id = ${ctx.merchantId} and admits <> 'mac'
      order by created_at, id limit 1) g on true`)
  return {
    redirectedAt: row?.redirected ? new Date(row.redirected) : undefined,
    firstGuest: row?.guest && row.at ? { guestId: row.guest, at: new Date(row.at) } : undefined,
  }
}
