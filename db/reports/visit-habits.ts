import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import { at, iso } from './moments.ts'
import { timeZoneOf } from './places.ts'
import type { Scope } from './scope.ts'

export type VisitHabits = {
  /** From the first visit on, 24 months at the most, none left out. */
  visitsByMonth: { month: string; visits: number }[]
  medianVisitSeconds: number | null
  rhythm: { everyDays: number; expectedNextAt: string } | null
}

/**
 * How often a guest comes and how long they stay, over all sites: counts and medians, no place. The rhythm is the
 * median of the gaps between visits; under three visits there is none.
 */
export async function visitHabits(tx: Tx, ctx: Ctx, guestId: string, scope: Scope): Promise<VisitHabits> {
  const timeZone = await timeZoneOf(tx, ctx, scope, undefined)
  const today = sql`${at(ctx.now)} at time zone ${timeZone}::text`
  const months = await tx.execute<{ month: string; visits: number }>(sql`
    with counted as (
      select date_trunc('month', v.started_at at time zone ${timeZone}::text) as month, count(*)::int as visits
      from visits v where v.merchant_id = ${ctx.merchantId} and v.guest_id = ${guestId} group by 1)
    select to_char(m, 'YYYY-MM') as month, coalesce(c.visits, 0) as visits
    from generate_series(greatest((select min(month) from counted), date_trunc('month', ${today}) - interval '23 months'),
      date_trunc('month', ${today}), interval '1 month') as m
    left join counted c on c.month = m where exists (select from counted) order by m`)
  const [row] = await tx.execute<{
    seconds: number | null
    days: number | null
    visits: number
    nextAt: string | null
  }>(sql`
    with stays as (
      select started_at, ended_at, lag(started_at) over (order by started_at, id) as before,
        exists (select from sessions s where s.merchant_id = v.merchant_id and s.guest_id = v.guest_id and s.visit_id = v.id
          and s.stopped_at is null) as is_open
      from visits v where v.merchant_id = ${ctx.merchantId} and v.guest_id = ${guestId}),
    medians as (
      select percentile_cont(0.5) within group (order by extract(epoch from ended_at - started_at)) filter (where not is_open) as seconds,
        percentile_cont(0.5) within group (order by extract(epoch from started_at - before)) / 86400 as days,
        count(*)::int as visits, max(started_at) as last
      from stays)
    select seconds, days, visits, ${iso(sql`(last + make_interval(secs => days * 86400))`)} as "nextAt" from medians`)
  return {
    visitsByMonth: [...months],
    medianVisitSeconds: row?.seconds == null ? null : Math.round(row.seconds),
    rhythm:
      row && row.visits >= 3 && row.days !== null && row.nextAt !== null
        ? { everyDays: Math.round(row.days * 10) / 10, expectedNextAt: row.nextAt }
        : null,
  }
}
