import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import { at } from './moments.ts'
import { type Scope, within } from './scope.ts'

type Compared<T> = { value: T; before: T }
export type TodayNumbers = {
  onlineNow: Compared<number>
  guests: Compared<number>
  new: Compared<number>
  returning: Compared<number>
  agreedToOffers: Compared<number>
  medianToOnlineMs: Compared<number | null>
}

type Row = {
  which: 'value' | 'before'
  online: number
  guests: number
  new: number
  agreed: number
  toOnlineMs: number | null
}

/**
 * The six numbers of today so far, beside the same weekday a week ago up to the same time of day, by the clock of
 * `timeZone` (days of 23 and 25 hours are days too).
 *
 * A guest counts who was here at any time since midnight; new is who came for the first time ever; time to online is
 * from the first redirect of a coming to the moment the gateway was told yes, both by our own clock. Devices that go
 * online by themselves were never before a splash and have no such time.
 */
export async function todayNumbers(tx: Tx, ctx: Ctx, scope: Scope, timeZone: string): Promise<TodayNumbers> {
  const m = ctx.merchantId
  const rows = await tx.execute<Row>(sql`
    with clock as (select ${at(ctx.now)} at time zone ${timeZone}::text as now),
    days as (
      select w.which, date_trunc('day', now - w.ago) at time zone ${timeZone}::text as begun,
        case w.which when 'value' then ${at(ctx.now)} else (now - w.ago) at time zone ${timeZone}::text end as until
      from clock, (values ('value', interval '0'), ('before', interval '7 days')) w(which, ago)),
    seen as (
      select d.which, d.until, v.guest_id, bool_or(v.nth = 1 and v.started_at >= d.begun) as is_new
      from days d join visits v on v.merchant_id = ${m} and ${within(sql`v.site_id`, scope)}
        and v.started_at <= d.until and v.started_at > d.begun - interval '2 days'
        and (v.ended_at >= d.begun or exists (select from sessions s
          where s.merchant_id = ${m} and s.guest_id = v.guest_id and s.visit_id = v.id and s.stopped_at is null))
      group by 1, 2, 3)
    select d.which,
      case d.which when 'value'
        then (select count(distinct s.guest_id)::int from sessions s where s.merchant_id = ${m} and s.stopped_at is null
          and ${within(sql`s.site_id`, scope)})
        else (select count(distinct s.guest_id)::int from sessions s where s.merchant_id = ${m} and ${within(sql`s.site_id`, scope)}
          and s.started_at <= d.until and s.started_at > d.until - interval '2 days' and s.stopped_at > d.until) end as online,
      (select count(*)::int from seen s where s.which = d.which) as guests,
      (select count(*)::int from seen s where s.which = d.which and s.is_new) as new,
      (select count(*)::int from seen s where s.which = d.which and s.is_new and (
        select c.action from consents c where c.merchant_id = ${m} and c.guest_id = s.guest_id and c.purpose = 'marketing'
          and c.at <= s.until order by c.at desc, c.id desc limit 1) = 'granted') as agreed,
      (select round(percentile_cont(0.5) within group (order by extract(epoch from t.online_at - t.came_at) * 1000))::float8
        from (select g.came_at, coalesce(g.bound_at, (select min(s.started_at) from sessions s where s.merchant_id = ${m}
              and s.grant_id = g.id and s.acct_session_id = 'portal-' || g.id)) as online_at
          from grants g where g.merchant_id = ${m} and g.admits <> 'mac' and ${within(sql`g.site_id`, scope)}
            and g.created_at >= d.begun and g.created_at <= d.until) t
        where t.online_at >= t.came_at) as "toOnlineMs"
    from days d`)
  const empty = { online: 0, guests: 0, new: 0, agreed: 0, toOnlineMs: null }
  const value = rows.find((row) => row.which === 'value') ?? empty
  const before = rows.find((row) => row.which === 'before') ?? empty
  const compared = (pick: (row: typeof empty | Row) => number) => ({
    value: pick(value),
    before: pick(before),
  })
  return {
    onlineNow: compared((row) => row.online),
    guests: compared((row) => row.guests),
    new: compared((row) => row.new),
    returning: compared((row) => row.guests - row.new),
    agreedToOffers: compared((row) => row.agreed),
    medianToOnlineMs: { value: value.toOnlineMs, before: before.toOnlineMs },
  }
}
