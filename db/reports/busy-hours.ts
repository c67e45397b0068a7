import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import { localDate } from './birthdays.ts'
import { at, dayMs } from './moments.ts'
import { type Scope, within } from './scope.ts'

export type BusyHours = {
  /** First day counted, YYYY-MM-DD. */
  from: string
  weeks: number
  hours: number[]
  /** [weekday, Monday first][hour]: visits begun, mean over the weeks, one decimal. */
  cells: number[][]
  now: { weekday: number; hour: number } | null
}

const weeksMax = 4
/** Columns that are there even where nobody came. */
const usualHours = [10, 21]

/**
 * Visits begun by weekday and hour over the last whole weeks before today, at most four, so that every weekday counts
 * the same. A business younger than that is averaged over the whole weeks it has.
 */
export async function busyHours(tx: Tx, ctx: Ctx, scope: Scope, timeZone: string): Promise<BusyHours> {
  const today = localDate(ctx.now, timeZone)
  const midnight = (day: string) => sql`(${day}::date::timestamp at time zone ${timeZone}::text)`
  const back = (weeks: number) => new Date(Date.parse(today) - weeks * 7 * dayMs).toISOString().slice(0, 10)
  const [first] = await tx.execute<{ day: string | null }>(sql`
    select to_char(min(v.started_at) at time zone ${timeZone}::text, 'YYYY-MM-DD') as day
    from visits v where v.merchant_id = ${ctx.merchantId} and ${within(sql`v.site_id`, scope)}`)
  const age = first?.day ? Math.floor((Date.parse(today) - Date.parse(first.day)) / (7 * dayMs)) : 0
  const weeks = Math.min(weeksMax, Math.max(1, age))
  const rows = await tx.execute<{ weekday: number; hour: number; visits: number }>(sql`
    select extract(isodow from l.at)::int - 1 as weekday, extract(hour from l.at)::int as hour, count(*)::int as visits
    from (select v.started_at at time zone ${timeZone}::text as at from visits v
      where v.merchant_id = ${ctx.merchantId} and ${within(sql`v.site_id`, scope)}
        and v.started_at >= ${midnight(back(weeks))} and v.started_at < ${midnight(today)}) l
    group by 1, 2`)
  const used = [...usualHours, ...rows.map((row) => row.hour)]
  const earliest = Math.min(...used)
  const hours = Array.from({ length: Math.max(...used) - earliest + 1 }, (_, index) => earliest + index)
  const cells = Array.from({ length: 7 }, () => hours.map(() => 0))
  for (const { weekday, hour, visits } of rows) {
    const row = cells[weekday]
    if (row) row[hour - earliest] = Math.round((visits / weeks) * 10) / 10
  }
  const [clock] = await tx.execute<{ weekday: number; hour: number }>(sql`
    select extract(isodow from n)::int - 1 as weekday, extract(hour from n)::int as hour
    from (select ${at(ctx.now)} at time zone ${timeZone}::text as n) c`)
  return {
    from: back(weeks),
    weeks,
    hours,
    cells,
    now: clock && hours.includes(clock.hour) ? { weekday: clock.weekday, hour: clock.hour } : null,
  }
}
