import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import { open } from '../values/keys.ts'
import { comingDays } from './birthdays.ts'
import { isOpenComplaint } from './complaints.ts'
import { phoneSealedOf } from './guest-row.ts'
import { isRegular } from './guest-standing.ts'
import { type Hint, hintOf } from './hints.ts'
import { daysBefore, iso } from './moments.ts'
import { type Scope, within, withinOrNowhere } from './scope.ts'

export type InShop = {
  guestId: string
  name: string | null
  phone: string | null
  /** Which visit to this merchant this is. */
  nth: number
  since: string
  regular: boolean
  siteId: string
  hint: Hint | null
}
type Said = { at: string; text: string }
type Row = Omit<InShop, 'phone' | 'hint'> & {
  phoneSealed: string | null
  agreedToOffers: boolean
  birthday: string | null
  complaint: Said | null
  note: Said | null
  previousEndedAt: string | null
}

/** Rows one glance can take; the number of guests online is counted apart. */
const shown = 300
/** A note older than this has lost its use at the door. */
const noteDays = 365

/**
 * Who is in the shop now, the last to come first: guests with an open session, one row each however many devices they
 * have on. A session whose gateway fell silent is closed by the ledger itself and is not here any more.
 */
export async function shopFloor(tx: Tx, ctx: Ctx, scope: Scope, timeZone: string): Promise<InShop[]> {
  const m = ctx.merchantId
  const said = (condition: ReturnType<typeof sql>) => sql`(
    select jsonb_build_object('at', ${iso(sql`n.at`)}, 'text', n.text) from interactions n
    where n.merchant_id = ${m} and n.guest_id = g.id and ${withinOrNowhere(sql`n.site_id`, scope)} and ${condition}
    order by n.at desc, n.id desc limit 1)`
  const rows = await tx.execute<Row>(sql`
    with here as (
      select distinct on (s.guest_id) s.guest_id, s.site_id, coalesce(v.started_at, s.started_at) as since, v.nth
      from sessions s left join visits v on v.merchant_id = s.merchant_id and v.id = s.visit_id
      where s.merchant_id = ${m} and s.stopped_at is null and s.guest_id is not null and ${within(sql`s.site_id`, scope)}
      order by s.guest_id, s.started_at desc),
    latest as (select * from here order by since desc, guest_id limit ${shown})
    select g.id as "guestId", g.name, ${phoneSealedOf(ctx)} as "phoneSealed", coalesce(h.nth, g.visit_count) as nth,
      ${iso(sql`h.since`)} as since, ${isRegular(ctx.now)} as regular, h.site_id as "siteId",
      g.offers = 'granted' as "agreedToOffers",
      (select f.value from guest_fields f where f.merchant_id = ${m} and f.guest_id = g.id and f.field = 'birthday'
        order by f.at desc, f.id desc limit 1) as birthday,
      ${said(isOpenComplaint(ctx))} as complaint,
      ${said(sql`n.kind = 'note' and n.at > ${daysBefore(ctx.now, noteDays)}`)} as note,
      (select ${iso(sql`p.ended_at`)} from visits p where p.merchant_id = ${m} and p.guest_id = g.id and p.started_at < h.since
        order by p.started_at desc limit 1) as "previousEndedAt"
    from latest h join guests g on g.merchant_id = ${m} and g.id = h.guest_id
    order by h.since desc, g.id`)
  const coming = comingDays(ctx.now, timeZone)
  return rows.map((row) => {
    const { phoneSealed, agreedToOffers, birthday, complaint, note, previousEndedAt, ...guest } = row
    return {
      ...guest,
      phone: phoneSealed === null ? null : open(phoneSealed),
      hint: hintOf({
        ...guest,
        agreedToOffers,
        birthdayInDays: birthday === null ? undefined : coming.get(birthday.slice(-5))?.inDays,
        openComplaint: complaint,
        note,
        previousEndedAt,
      }),
    }
  })
}
