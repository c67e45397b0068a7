import type { Db } from '../index.ts'
import { arrayLiteral } from '../values/array.ts'

/** What a NAS asks: may this device be online here? */
export type Asking = {
  merchantId: string
  nasId: string
  siteId: string
  /** 12 lower hex digits. */
  mac: string
}

/** The yes: the grant and the limits to tell the NAS. */
export type Admission = {
  grantId: string
  endsAt: Date
  /** Seconds of this session: the plan's, or what is left of the grant. */
  sessionTimeoutSeconds: number
  idleTimeoutSeconds: number | null
  bandwidthUpBps: number | null
  bandwidthDownBps: number | null
  /** Octets left, both ways; null without a quota. */
  octetsLeft: bigint | null
}

/** A no that can be told to the guest: what is used up or closed, and until when. */
export type Refusal = {
  refused: RefusalReason
  /** The guest's language. */
  locale: string | null
  /** By the clock of the site, `2026-11-26 09:30`; null where it is not known. */
  resumesAt: string | null
}
export type RefusalReason =
  | 'closed'
  | 'volume'
  | 'day-time'
  | 'day-volume'
  | 'month-time'
  | 'month-volume'
  | 'balance'
  | 'devices'

/** Seconds in which a bound credential is answered again for the same NAS and device (RFC 5080 §2.10). */
const repeatSeconds = 60

/** One text a row, taken apart here: a row of eight columns costs the driver four times as much. */
type Row = { asked: number; said: string }

const notBlocked = (grant: string) =>
  `(select u.blocked_at is null from guests u where u.merchant_id = ${grant}.merchant_id and u.id = ${grant}.guest_id)`
const guestLocale = `coalesce((select u.locale from guests u where u.merchant_id = g.merchant_id and u.id = g.guest_id), '')`

/**
 * The grant `g` of a device that asks at `g.now`. What has to be reckoned is in a CASE, so that a grant without quotas
 * and hours pays nothing for it; nor does one whose guest has no more devices than places. The others take a place.
 */
const limits = (
  devices: boolean,
) => `concat_ws('|', g.id, floor(extract(epoch from g.ends_at) * 1000)::bigint,
  least(coalesce(g.session_timeout_seconds, 86400), ceil(extract(epoch from g.ends_at - g.now)))::int,
  coalesce(g.idle_timeout_seconds::text, ''), coalesce(g.bandwidth_up_bps::text, ''),
  coalesce(g.bandwidth_down_bps::text, ''),
  ${
    devices
      ? `case when g.is_crowded and not take_device_slot(g.merchant_id, g.guest_id, g.mac, g.devices_max, g.now)
    then 'devices|' || ${guestLocale} else '|' end`
      : "'|'"
  },
  case when g.is_metered or g.quota_octets is not null then (
    select concat_ws('|', m.why, coalesce(m.seconds_left::text, ''), coalesce(m.octets_left::text, ''),
        coalesce(to_char(m.resumes_at at time zone t.time_zone, 'YYYY-MM-DD HH24:MI'), ''), ${guestLocale})
      from meter_grant(g.merchant_id, g.id, g.now) m
      join sites t on t.merchant_id = g.merchant_id and t.id = g.site_id) else '' end)`

/**
 * Binds one-time credentials whose password was found right, many at once: one conditional UPDATE decides, so of
 * two NAS or devices with one credential exactly one gets it, whichever process they ask.
 * A device that is one too many, or comes after closing, has used its credential up; signing in makes another.
 * @returns one answer an asking, in its order; undefined is a no.
 */
export async function bindCredentials(
  db: Db,
  askings: (Asking & { userName: string })[],
  now: Date,
): Promise<(Admission | Refusal | undefined)[]> {
  const values = columns(
    askings,
    now,
    askings.map((asking) => asking.userName),
  )
  return inOrder(askings.length, await db.sql.unsafe<Row[]>(bindStatement, values, { prepare: true }))
}

const bindStatement = `
  with a as (
    select *, $1::timestamptz as now from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
      as t(asked, merchant_id, nas_id, site_id, mac, user_name)),
  bound as (
    update grants g
      set bound_nas_id = a.nas_id, bound_mac = a.mac, bound_at = coalesce(g.bound_at, a.now)
      from a
      where g.credential_user_name = a.user_name and g.merchant_id = a.merchant_id and g.site_id = a.site_id
        and (g.nas_id is null or g.nas_id = a.nas_id) and g.mac = a.mac and g.admits = 'credential'
        and g.revoked_at is null and g.ends_at > a.now
        and ((g.bound_at is null and g.credential_expires_at > a.now)
          or (g.bound_nas_id = a.nas_id and g.bound_mac = a.mac and g.bound_at > a.now - interval '${repeatSeconds} seconds'))
        and ${notBlocked('g')}
      returning a.asked, a.now, g.*)
  select g.asked, ${limits(true)} as said
    from (select * from bound order by merchant_id, guest_id) g`

/** Looks for live rights of remembered devices, many at once. Nothing is consumed. */
export async function admitDevices(
  db: Db,
  askings: Asking[],
  now: Date,
): Promise<(Admission | Refusal | undefined)[]> {
  const rows = await db.sql.unsafe<Row[]>(deviceStatement, columns(askings, now), { prepare: true })
  return inOrder(askings.length, rows)
}

const deviceStatement = `
  with a as (
    select *, $1::timestamptz as now from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[])
      as t(asked, merchant_id, nas_id, site_id, mac))
  select g.asked, ${limits(true)} as said
    from (
      select a.asked, a.now, r.*
        from a cross join lateral (
          select * from grants o
            where o.merchant_id = a.merchant_id and o.site_id = a.site_id and o.mac = a.mac and o.admits = 'mac'
              and o.revoked_at is null and o.ends_at > a.now
            order by o.ends_at desc limit 1) r
        where ${notBlocked('r')}
        order by r.merchant_id, r.guest_id) g`

/**
 * The live rights of remembered devices that are online now, newest news first: what a server that has just started
 * must know, should the ledger go away.
 */
export async function admissionsInUse(
  db: Db,
  now: Date,
  limit: number,
): Promise<(Asking & { admission: Admission })[]> {
  const rows = await db.sql.unsafe<(Asking & Row)[]>(
    `with a as materialized (
        select distinct on (s.merchant_id, s.site_id, s.calling_station_id) s.merchant_id, s.nas_id, s.site_id,
            s.calling_station_id as mac, $1::timestamptz as now
          from (select * from sessions where stopped_at is null order by started_at desc limit $2) s)
      select a.merchant_id as "merchantId", a.nas_id as "nasId", a.site_id as "siteId", a.mac, 0 as asked, ${limits(false)} as said
        from a cross join lateral (
          select r.*, a.now from grants r
            where r.merchant_id = a.merchant_id and r.site_id = a.site_id and r.mac = a.mac and r.admits = 'mac'
              and r.revoked_at is null and r.ends_at > a.now
            order by r.ends_at desc limit 1) g
        where ${notBlocked('g')}`,
    [now.toISOString(), limit],
  )
  return rows.flatMap(({ asked: _, said, ...asking }) => {
    const admission = toAdmission(said)
    return 'refused' in admission ? [] : [{ ...asking, admission }]
  })
}

function columns(askings: Asking[], now: Date, userNames?: string[]) {
  return [
    now.toISOString(),
    arrayLiteral(askings.map((_asking, index) => index)),
    arrayLiteral(askings.map((asking) => asking.merchantId)),
    arrayLiteral(askings.map((asking) => asking.nasId)),
    arrayLiteral(askings.map((asking) => asking.siteId)),
    arrayLiteral(askings.map((asking) => asking.mac)),
    ...(userNames ? [arrayLiteral(userNames)] : []),
  ]
}

function inOrder(count: number, rows: Row[]): (Admission | Refusal | undefined)[] {
  const answers = new Array<Admission | Refusal | undefined>(count).fill(undefined)
  for (const { asked, said } of rows) answers[asked] = toAdmission(said)
  return answers
}

function toAdmission(said: string): Admission | Refusal {
  const [grantId = '', endsAt, timeout, idle, up, down, ...reckoned] = said.split('|')
  const [devices, devicesLocale, why, secondsLeft, octetsLeft, resumesAt, locale] = reckoned
  const no = (refused: RefusalReason, language: string | undefined, until?: string): Refusal => ({
    refused,
    locale: language || null,
    resumesAt: until || null,
  })
  // One of the words of meter_grant.
  if (why) return no(why as RefusalReason, locale, resumesAt)
  if (devices) return no('devices', devicesLocale)
  return {
    grantId,
    endsAt: new Date(Number(endsAt)),
    sessionTimeoutSeconds: Math.min(...[timeout, secondsLeft].flatMap((n) => (n ? [Number(n)] : []))),
    idleTimeoutSeconds: idle ? Number(idle) : null,
    bandwidthUpBps: up ? Number(up) : null,
    bandwidthDownBps: down ? Number(down) : null,
    octetsLeft: octetsLeft ? BigInt(octetsLeft) : null,
  }
}
