import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import { open } from '../values/keys.ts'
import { phoneSealedOf } from './guest-row.ts'
import { lostAfterDays } from './guest-standing.ts'
import { dayMs, daysBefore } from './moments.ts'
import { beenWithin, type Scope } from './scope.ts'

export const birthdayWithinDays = 10

/** YYYY-MM-DD by the clock of a place. */
export const localDate = (moment: Date, timeZone: string) =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    moment,
  )

export type ComingDays = Map<string, { on: string; inDays: number }>

/** The coming days by month and day, `11-26`; who was born on 29 February has 28 February in years without one. */
export function comingDays(now: Date, timeZone: string): ComingDays {
  const today = Date.parse(localDate(now, timeZone))
  const days: ComingDays = new Map()
  for (let inDays = 0; inDays <= birthdayWithinDays; inDays++) {
    const on = new Date(today + inDays * dayMs).toISOString().slice(0, 10)
    const monthAndDay = on.slice(5)
    days.set(monthAndDay, { on, inDays })
    const isLeap = new Date(`${on.slice(0, 4)}-02-29`).getUTCMonth() === 1
    if (monthAndDay === '02-28' && !isLeap) days.set('02-29', { on, inDays })
  }
  return days
}

export type Birthday = {
  guestId: string
  name: string | null
  phone: string | null
  on: string
  inDays: number
}

/** Birthdays within ten days of guests who still come, soonest first. */
export async function birthdays(tx: Tx, ctx: Ctx, scope: Scope, timeZone: string): Promise<Birthday[]> {
  const coming = comingDays(ctx.now, timeZone)
  const rows = await tx.execute<{
    guestId: string
    name: string | null
    phoneSealed: string | null
    monthAndDay: string
  }>(sql`
    select g.id as "guestId", g.name, ${phoneSealedOf(ctx)} as "phoneSealed", b.month_and_day as "monthAndDay"
    from (select distinct on (f.guest_id) f.guest_id, right(f.value, 5) as month_and_day from guest_fields f
        where f.merchant_id = ${ctx.merchantId} and f.field = 'birthday' order by f.guest_id, f.at desc, f.id desc) b
    join guests g on g.merchant_id = ${ctx.merchantId} and g.id = b.guest_id
    where b.month_and_day in ${[...coming.keys()]} and g.blocked_at is null and g.erased_at is null
      and g.last_seen_at > ${daysBefore(ctx.now, lostAfterDays)} and ${beenWithin(ctx, sql`g.id`, scope)}`)
  return rows
    .flatMap(({ phoneSealed, monthAndDay, ...row }) => {
      const day = coming.get(monthAndDay)
      return day ? [{ ...row, ...day, phone: phoneSealed === null ? null : open(phoneSealed) }] : []
    })
    .sort((one, other) => one.inDays - other.inDays || one.guestId.localeCompare(other.guestId))
    .slice(0, 50)
}
