import { type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import { open } from '../values/keys.ts'
import { phoneSealedOf } from './guest-row.ts'
import { at, daysBefore, iso } from './moments.ts'
import { beenWithin, type Scope, withinOrNowhere } from './scope.ts'

/** Hours in which a complaint is to be answered. From S31, S36. */
export const complaintHours = 24
/** After this many days an unanswered complaint is history, not news. */
const complaintDays = 30

/** Of `interactions n`: a complaint is open until the guest was called, or a later entry names it (`correctsId`). */
export const isOpenComplaint = (
  ctx: Ctx,
): SQL => sql`n.kind = 'complaint' and n.at > ${daysBefore(ctx.now, complaintDays)}
  and not exists (select from interactions a where a.merchant_id = n.merchant_id and a.guest_id = n.guest_id
    and (a.corrects_id = n.id or (a.kind = 'call' and a.at > n.at)))`

export type DueComplaint = {
  guestId: string
  name: string | null
  phone: string | null
  at: string
  text: string
  dueAt: string
}

/** Open complaints: first those that still have time, the most urgent first; then what is over, the latest first. */
export async function openComplaints(tx: Tx, ctx: Ctx, scope: Scope): Promise<DueComplaint[]> {
  const dayAgo = at(new Date(ctx.now.getTime() - complaintHours * 3_600_000))
  const rows = await tx.execute<Omit<DueComplaint, 'phone' | 'dueAt'> & { phoneSealed: string | null }>(sql`
    select n.guest_id as "guestId", g.name, ${phoneSealedOf(ctx)} as "phoneSealed", ${iso(sql`n.at`)} as at, n.text
    from interactions n join guests g on g.merchant_id = n.merchant_id and g.id = n.guest_id
    where n.merchant_id = ${ctx.merchantId} and ${isOpenComplaint(ctx)} and g.erased_at is null
      and ${withinOrNowhere(sql`n.site_id`, scope)} and ${beenWithin(ctx, sql`g.id`, scope)}
    order by case when n.at > ${dayAgo} then n.at end, n.at desc, n.id limit 50`)
  return rows.map(({ phoneSealed, ...row }) => ({
    ...row,
    phone: phoneSealed === null ? null : open(phoneSealed),
    dueAt: new Date(Date.parse(row.at) + complaintHours * 3_600_000).toISOString(),
  }))
}
