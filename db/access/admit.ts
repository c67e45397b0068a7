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

/** Seconds in which a bound credential is answered again for the same NAS and device (RFC 5080 §2.10). */
const repeatSeconds = 60

/** One text a row, taken apart here: a row of eight columns costs the driver four times as much. */
type Row = { asked: number; said: string }

const limits = (
  grant: string,
) => `concat_ws('|', ${grant}.id, floor(extract(epoch from ${grant}.ends_at) * 1000)::bigint,
  least(coalesce(${grant}.session_timeout_seconds, 86400), ceil(extract(epoch from ${grant}.ends_at - a.now)))::int,
  coalesce(${grant}.idle_timeout_seconds::text, ''), coalesce(${grant}.bandwidth_up_bps::text, ''),
  coalesce(${grant}.bandwidth_down_bps::text, ''),
  case when ${grant}.quota_octets is null then '' else (${grant}.quota_octets - (
    select coalesce(sum(s.input_octets + s.output_octets), 0) from sessions s
    where s.merchant_id = ${grant}.merchant_id and s.grant_id = ${grant}.id))::text end)`

/**
 * Binds one-time credentials whose password was found right, many at once: one conditional UPDATE decides, so of
 * two NAS or devices with one credential exactly one gets it, whichever process they ask.
 * @returns one answer an asking, in its order; undefined is a no.
 */
export async function bindCredentials(
  db: Db,
  askings: (Asking & { userName: string })[],
  now: Date,
): Promise<(Admission | undefined)[]> {
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
      as t(asked, merchant_id, nas_id, site_id, mac, user_name))
  update grants g
    set bound_nas_id = a.nas_id, bound_mac = a.mac, bound_at = coalesce(g.bound_at, a.now)
    from a, guests u
    where g.credential_user_name = a.user_name and g.merchant_id = a.merchant_id and g.site_id = a.site_id
      and (g.nas_id is null or g.nas_id = a.nas_id) and g.mac = a.mac and g.admits = 'credential'
      and g.revoked_at is null and g.ends_at > a.now
      and ((g.bound_at is null and g.credential_expires_at > a.now)
        or (g.bound_nas_id = a.nas_id and g.bound_mac = a.mac and g.bound_at > a.now - interval '${repeatSeconds} seconds'))
      and u.merchant_id = g.merchant_id and u.id = g.guest_id and u.blocked_at is null
    returning a.asked, ${limits('g')} as said`

/** Looks for live rights of remembered devices, many at once. Nothing is consumed. */
export async function admitDevices(db: Db, askings: Asking[], now: Date): Promise<(Admission | undefined)[]> {
  const rows = await db.sql.unsafe<Row[]>(deviceStatement, columns(askings, now), { prepare: true })
  return inOrder(askings.length, rows)
}

const deviceStatement = `
  with a as (
    select *, $1::timestamptz as now from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[])
      as t(asked, merchant_id, nas_id, site_id, mac))
  select a.asked, ${limits('g')} as said
    from a cross join lateral (
      select * from grants r
        where r.merchant_id = a.merchant_id and r.site_id = a.site_id and r.mac = a.mac and r.admits = 'mac'
          and r.revoked_at is null and r.ends_at > a.now
        order by r.ends_at desc limit 1) g
    join guests u on u.merchant_id = g.merchant_id and u.id = g.guest_id and u.blocked_at is null`

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
    `with a as (select $1::timestamptz as now),
      online as (
        select distinct on (s.merchant_id, s.site_id, s.calling_station_id) s.merchant_id, s.nas_id, s.site_id, s.calling_station_id as mac
          from (select * from sessions where stopped_at is null order by started_at desc limit $2) s)
      select o.merchant_id as "merchantId", o.nas_id as "nasId", o.site_id as "siteId", o.mac, 0 as asked, ${limits('g')} as said
        from a cross join online o cross join lateral (
          select * from grants r
            where r.merchant_id = o.merchant_id and r.site_id = o.site_id and r.mac = o.mac and r.admits = 'mac'
              and r.revoked_at is null and r.ends_at > a.now
            order by r.ends_at desc limit 1) g
        join guests u on u.merchant_id = g.merchant_id and u.id = g.guest_id and u.blocked_at is null`,
    [now.toISOString(), limit],
  )
  return rows.flatMap(({ asked: _, said, ...asking }) => {
    const admission = toAdmission(said)
    return admission ? [{ ...asking, admission }] : []
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

function inOrder(count: number, rows: Row[]): (Admission | undefined)[] {
  const answers = new Array<Admission | undefined>(count).fill(undefined)
  for (const { asked, said } of rows) answers[asked] = toAdmission(said)
  return answers
}

/** undefined where nothing is left of the grant: a spent one is none (grantState). */
function toAdmission(said: string): Admission | undefined {
  const [grantId = '', endsAt, timeout, idle, up, down, left] = said.split('|')
  const octetsLeft = left ? BigInt(left) : null
  if (octetsLeft !== null && octetsLeft <= 0n) return undefined
  return {
    grantId,
    endsAt: new Date(Number(endsAt)),
    sessionTimeoutSeconds: Number(timeout),
    idleTimeoutSeconds: idle ? Number(idle) : null,
    bandwidthUpBps: up ? Number(up) : null,
    bandwidthDownBps: down ? Number(down) : null,
    octetsLeft,
  }
}
