import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { type Identity, identitiesOf } from '../crm/identities.ts'
import { notFound } from '../errors.ts'
import type { Tx } from '../index.ts'
import { type GuestRow, guestColumns, type SealedGuest, unsealed } from './guest-row.ts'
import { at, iso } from './moments.ts'
import { beenWithin, type Scope, within } from './scope.ts'
import { type VisitHabits, visitHabits } from './visit-habits.ts'

export type DeviceRow = {
  id: string
  mac: string
  isRandomised: boolean
  label: string | null
  firstSeenAt: string
  lastSeenAt: string
  /** Goes online by itself until then. */
  rememberedUntil: string | null
  /** The open session. */
  sessionId: string | null
}
export type FieldRow = {
  field: string
  value: string | null
  source: string
  by: string | null
  at: string
  former: { value: string | null; source: string; at: string }[]
}
export type ConsentRow = {
  id: string
  purpose: 'terms' | 'marketing'
  action: 'granted' | 'denied' | 'withdrawn'
  at: string
  locale: string
  textId: string
  textVersion: number
  textHash: string
  surface: string
  siteId: string | null
}
export type GuestProfile = GuestRow &
  VisitHabits & {
    blockedAt: string | null
    locale: string | null
    firstSiteId: string | null
    identities: Identity[]
    devices: DeviceRow[]
    fields: FieldRow[]
    /** Newest first, all of them. */
    consentHistory: ConsentRow[]
    inShop: { siteId: string; since: string; nth: number } | null
    /** Numbers the asker revealed in the last 24 hours, of whichever guest. */
    revealedToday: number
  }

/** All that is held about one guest, for staff. Throws `guest.not-found` also outside the scope. */
export async function guestProfile(tx: Tx, ctx: Ctx, guestId: string, scope: Scope): Promise<GuestProfile> {
  const [row] = await tx.execute<
    SealedGuest & { blockedAt: string | null; locale: string | null; firstSiteId: string | null }
  >(sql`select ${guestColumns(ctx, scope)}, ${iso(sql`g.blocked_at`)} as "blockedAt", g.locale,
      case when ${within(sql`g.first_site_id`, scope)} then g.first_site_id end as "firstSiteId"
    from guests g where g.merchant_id = ${ctx.merchantId} and g.id = ${guestId} and g.erased_at is null
      and ${beenWithin(ctx, sql`g.id`, scope)}`)
  if (!row) throw notFound('guest')
  const { blockedAt, locale, firstSiteId, ...guest } = row
  return {
    ...unsealed(guest),
    blockedAt,
    locale,
    firstSiteId,
    identities: await identitiesOf(tx, ctx, guestId),
    devices: await devices(tx, ctx, guestId, scope),
    fields: await fields(tx, ctx, guestId),
    consentHistory: await consentHistory(tx, ctx, guestId, scope),
    inShop: await inShop(tx, ctx, guestId, scope),
    ...(await visitHabits(tx, ctx, guestId, scope)),
    revealedToday: await revealedToday(tx, ctx),
  }
}

/** How many numbers the actor of `ctx` had revealed in the last 24 hours. */
export async function revealedToday(tx: Tx, { merchantId, actor, now }: Ctx): Promise<number> {
  const who =
    actor.kind === 'staff'
      ? sql`actor ->> 'staffId' = ${actor.staffId}`
      : actor.kind === 'apiKey'
        ? sql`actor ->> 'apiKeyId' = ${actor.apiKeyId}`
        : sql`false`
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from audit where merchant_id = ${merchantId} and action = 'guest.revealed'
      and at > ${at(new Date(now.getTime() - 86_400_000))} and ${who}`)
  return row?.count ?? 0
}

/** Forgotten devices are gone from the list, but for one that is still online. */
async function devices(tx: Tx, ctx: Ctx, guestId: string, scope: Scope): Promise<DeviceRow[]> {
  const m = ctx.merchantId
  return [
    ...(await tx.execute<DeviceRow>(sql`
      select d.id, d.mac, d.is_randomised as "isRandomised", d.label, ${iso(sql`d.first_seen_at`)} as "firstSeenAt",
        ${iso(sql`d.last_seen_at`)} as "lastSeenAt", ${iso(sql`r.ends_at`)} as "rememberedUntil", s.id as "sessionId"
      from devices d
      left join lateral (select max(ends_at) as ends_at from grants where merchant_id = ${m} and guest_id = ${guestId}
        and device_id = d.id and admits = 'mac' and revoked_at is null and ends_at > ${at(ctx.now)}
        and ${within(sql`site_id`, scope)}) r on true
      left join lateral (select id from sessions where merchant_id = ${m} and guest_id = ${guestId} and device_id = d.id
        and stopped_at is null and ${within(sql`site_id`, scope)} order by started_at desc limit 1) s on true
      where d.merchant_id = ${m} and d.guest_id = ${guestId} and (d.forgotten_at is null or s.id is not null)
      order by d.last_seen_at desc, d.id`)),
  ]
}

/** The newest row of a field is its value; what it was before stays below it. */
async function fields(tx: Tx, ctx: Ctx, guestId: string): Promise<FieldRow[]> {
  const rows = await tx.execute<Omit<FieldRow, 'former'>>(sql`
    select field, value, source, actor ->> 'name' as by, ${iso(sql`at`)} as at from guest_fields
    where merchant_id = ${ctx.merchantId} and guest_id = ${guestId} order by field, guest_fields.at desc, id desc`)
  const found = new Map<string, FieldRow>()
  for (const row of rows) {
    const known = found.get(row.field)
    if (known) known.former.push({ value: row.value, source: row.source, at: row.at })
    else found.set(row.field, { ...row, former: [] })
  }
  return [...found.values()]
}

async function consentHistory(tx: Tx, ctx: Ctx, guestId: string, scope: Scope): Promise<ConsentRow[]> {
  return [
    ...(await tx.execute<ConsentRow>(sql`
      select c.id, c.purpose, c.action, ${iso(sql`c.at`)} as at, c.locale, c.text_id as "textId",
        c.text_version as "textVersion", c.text_hash as "textHash", c.surface,
        case when ${within(sql`c.site_id`, scope)} then c.site_id end as "siteId"
      from consents c where c.merchant_id = ${ctx.merchantId} and c.guest_id = ${guestId}
      order by c.at desc, c.id desc`)),
  ]
}

async function inShop(tx: Tx, ctx: Ctx, guestId: string, scope: Scope) {
  const [row] = await tx.execute<{ siteId: string; since: string; nth: number }>(sql`
    select s.site_id as "siteId", ${iso(sql`coalesce(v.started_at, s.started_at)`)} as since,
      coalesce(v.nth, g.visit_count) as nth
    from sessions s join guests g on g.merchant_id = s.merchant_id and g.id = s.guest_id
    left join visits v on v.merchant_id = s.merchant_id and v.id = s.visit_id
    where s.merchant_id = ${ctx.merchantId} and s.guest_id = ${guestId} and s.stopped_at is null
      and ${within(sql`s.site_id`, scope)}
    order by s.started_at desc limit 1`)
  return row ?? null
}
