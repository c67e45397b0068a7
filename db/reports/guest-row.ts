import { type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { open } from '../values/keys.ts'
import { isRegular, type Lifecycle, lifecycleOf } from './guest-standing.ts'
import { iso } from './moments.ts'
import { type Scope, within } from './scope.ts'

export type ConsentState = 'granted' | 'denied' | 'withdrawn' | 'none'

/** A guest as lists and profile show them; the number in the clear, for the serializer to mask. Times in ISO 8601. */
export type GuestRow = {
  id: string
  name: string | null
  phone: string | null
  visitCount: number
  firstSeenAt: string
  lastSeenAt: string
  lifecycle: Lifecycle
  regular: boolean
  online: boolean
  terms: ConsentState
  marketing: ConsentState
  /** Where the guest has been, last first. */
  siteIds: string[]
}
export type SealedGuest = Omit<GuestRow, 'phone'> & { phoneSealed: string | null }

/** Columns of a `GuestRow` over `guests g`: a handful of index look-ups for each row of one page. */
export function guestColumns(ctx: Ctx, scope: Scope): SQL {
  const m = ctx.merchantId
  return sql`g.id, g.name, ${phoneSealedOf(ctx)} as "phoneSealed", g.visit_count as "visitCount",
    ${iso(sql`g.first_seen_at`)} as "firstSeenAt", ${iso(sql`g.last_seen_at`)} as "lastSeenAt",
    ${lifecycleOf(ctx.now)} as lifecycle, ${isRegular(ctx.now)} as regular,
    exists (select from sessions s where s.merchant_id = ${m} and s.guest_id = g.id and s.stopped_at is null
      and ${within(sql`s.site_id`, scope)}) as online,
    coalesce((select c.action from consents c where c.merchant_id = ${m} and c.guest_id = g.id and c.purpose = 'terms'
      order by c.at desc, c.id desc limit 1), 'none') as terms, g.offers as marketing,
    array(select gs.site_id from guest_sites gs where gs.merchant_id = ${m} and gs.guest_id = g.id
      and ${within(sql`gs.site_id`, scope)} order by gs.last_seen_at desc, gs.site_id) as "siteIds"`
}

/** The number a guest is called at: the primary one, then the newest; never one that was marked wrong. */
export const phoneSealedOf = (ctx: Ctx): SQL => sql`(select i.value_sealed from identities i
  where i.merchant_id = ${ctx.merchantId} and i.guest_id = g.id and i.kind = 'phone' and i.wrong_at is null
  order by i.is_primary desc, i.created_at desc limit 1)`

/** The same with its number in the clear. */
export const unsealed = ({ phoneSealed, ...row }: SealedGuest): GuestRow => ({
  ...row,
  phone: phoneSealed === null ? null : open(phoneSealed),
})
