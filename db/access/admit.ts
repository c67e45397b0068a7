import type { Db } from '../index.ts'
import { arrayLiteral } from '../values/array.ts'
import { reckon, reckoned, reckonedAnswer } from './reckon.ts'

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
  /** Milliseconds since 1970, for there are many of these in memory. */
  endsAtMs: number
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

/** One text for all that is said: a row of its own costs the driver more than it cost to find it. */
type Said = { said: string | null }

const notBlocked = (grant: string) =>
  `(select u.blocked_at is null from guests u where u.merchant_id = ${grant}.merchant_id and u.id = ${grant}.guest_id)`

/** What has to be reckoned of a grant before its device may be online: quotas, balance, hours, places. Few have any. */
const isReckoned = (grant: string) =>
  `${grant}.is_metered or ${grant}.is_crowded or ${grant}.quota_octets is not null`
/** What `read` takes apart. */
const plain = [
  'asked',
  'id',
  'ends_ms',
  'session_timeout_seconds',
  'idle_timeout_seconds',
  'bandwidth_up_bps',
  'bandwidth_down_bps',
  'is_reckoned',
]
const columnsOf = (
  grant: string,
) => `${grant}.id, floor(date_part('epoch', ${grant}.ends_at) * 1000)::bigint as ends_ms,
  coalesce(${grant}.session_timeout_seconds::text, '') as session_timeout_seconds,
  coalesce(${grant}.idle_timeout_seconds::text, '') as idle_timeout_seconds,
  coalesce(${grant}.bandwidth_up_bps::text, '') as bandwidth_up_bps,
  coalesce(${grant}.bandwidth_down_bps::text, '') as bandwidth_down_bps,
  case when ${isReckoned(grant)} then 'reckoned' else '' end as is_reckoned`
const said = `string_agg(concat_ws('|', ${plain.map((column) => `g.${column}`).join(', ')}), E'\n') as said`

/** One answer an asking, in its order; undefined is a no. */
export type Answers = {
  answers: (Admission | Refusal | undefined)[]
  /** Which of them were reckoned from quotas, hours or places, and may be others the next time, though no grant changes. */
  reckoned: number[]
}

/** Who asks: each NAS is said once and numbered. */
const asking = (more: string) => `
  select t.asked, $1::timestamptz as now, ($2::text[])[t.nas] as merchant_id, ($3::text[])[t.nas] as nas_id,
      ($4::text[])[t.nas] as site_id, t.mac${more}`

/**
 * Binds one-time credentials whose password was found right, many at once: one conditional UPDATE decides, so of
 * two NAS or devices with one credential exactly one gets it, whichever process they ask.
 * A device that is one too many, or comes after closing, has used its credential up; signing in makes another.
 * @param askings each with another credential.
 * @returns one answer an asking, in its order; undefined is a no.
 */
export async function bindCredentials(
  db: Db,
  askings: readonly (Asking & { userName: string })[],
  now: Date,
): Promise<(Admission | Refusal | undefined)[]> {
  const values = [...columns(askings, now), arrayLiteral(askings.map(({ userName }) => userName))]
  const [row] = await db.sql.unsafe<Said[]>(bindStatement, values, { prepare: true })
  const { answers } = await answersOf(db, askings, row?.said, now)
  return answers
}

const bindStatement = `
  with a as (${asking(', t.user_name')}
      from unnest($5::int[], $6::text[], $7::text[]) with ordinality as t(nas, mac, user_name, asked)),
  g as (
    update grants g
      set bound_nas_id = a.nas_id, bound_mac = a.mac, bound_at = coalesce(g.bound_at, a.now)
      from a
      where g.credential_user_name = a.user_name and g.merchant_id = a.merchant_id and g.site_id = a.site_id
        and (g.nas_id is null or g.nas_id = a.nas_id) and g.mac = a.mac and g.admits = 'credential'
        and g.revoked_at is null and g.ends_at > a.now
        and ((g.bound_at is null and g.credential_expires_at > a.now)
          or (g.bound_nas_id = a.nas_id and g.bound_mac = a.mac and g.bound_at > a.now - interval '${repeatSeconds} seconds'))
        and ${notBlocked('g')}
      returning a.asked, ${columnsOf('g')})
  select ${said} from g`

/** Looks for live rights of remembered devices, many at once. Nothing is consumed. */
export async function admitDevices(db: Db, askings: readonly Asking[], now: Date): Promise<Answers> {
  const [row] = await db.sql.unsafe<Said[]>(deviceStatement, columns(askings, now), { prepare: true })
  return answersOf(db, askings, row?.said, now)
}

const deviceStatement = `
  with a as (${asking('')} from unnest($5::int[], $6::text[]) with ordinality as t(nas, mac, asked)),
  g as (
    select a.asked, r.*
      from a cross join lateral (
        select o.merchant_id, o.guest_id, ${columnsOf('o')} from grants o
          where o.merchant_id = a.merchant_id and o.site_id = a.site_id and o.mac = a.mac and o.admits = 'mac'
            and o.revoked_at is null and o.ends_at > a.now
          order by o.ends_at desc nulls last limit 1) r
      where ${notBlocked('r')})
  select ${said} from g`

/**
 * The live rights of remembered devices that are online now, newest news first: what a server that has just started
 * must know, should the ledger go away. Of those that are reckoned, quotas are as they stand now.
 */
export async function admissionsInUse(
  db: Db,
  now: Date,
  limit: number,
): Promise<(Asking & { admission: Admission })[]> {
  const rows = await db.sql.unsafe<(Asking & { said: string; reckoned: string | null })[]>(
    `with a as materialized (
        select distinct on (s.merchant_id, s.site_id, s.calling_station_id) s.merchant_id, s.nas_id, s.site_id,
            s.calling_station_id as mac, $1::timestamptz as now
          from (select * from sessions where stopped_at is null order by started_at desc limit $2) s)
      select a.merchant_id as "merchantId", a.nas_id as "nasId", a.site_id as "siteId", a.mac,
          concat_ws('|', ${plain.map((column) => (column === 'asked' ? '0' : `p.${column}`)).join(', ')}) as said,
          ${reckoned('g', false)} as reckoned
        from a cross join lateral (
          select r.*, a.now from grants r
            where r.merchant_id = a.merchant_id and r.site_id = a.site_id and r.mac = a.mac and r.admits = 'mac'
              and r.revoked_at is null and r.ends_at > a.now
            order by r.ends_at desc nulls last limit 1) g
        cross join lateral (select ${columnsOf('g')}) p
        where ${notBlocked('g')}`,
    [now.toISOString(), limit],
  )
  return rows.flatMap(({ said, reckoned, ...asking }) => {
    const { admission } = read(said, 0, now.getTime())
    const answer = reckoned ? reckonedAnswer(admission, reckoned) : admission
    return 'refused' in answer ? [] : [{ ...asking, admission: answer }]
  })
}

function columns(askings: readonly Asking[], now: Date): string[] {
  const numbers = new Map<string, number>()
  const nas: Asking[] = []
  let which = '{'
  let macs = '{'
  for (const asking of askings) {
    let number = numbers.get(asking.nasId)
    if (number === undefined) {
      nas.push(asking)
      number = nas.length
      numbers.set(asking.nasId, number)
    }
    const comma = which.length > 1 ? ',' : ''
    which += comma + number
    // 12 hex digits: nothing to quote.
    macs += comma + asking.mac
  }
  return [
    now.toISOString(),
    arrayLiteral(nas.map((asking) => asking.merchantId)),
    arrayLiteral(nas.map((asking) => asking.nasId)),
    arrayLiteral(nas.map((asking) => asking.siteId)),
    `${which}}`,
    `${macs}}`,
  ]
}

/** @param said a line for each asking that has a grant, in any order. */
async function answersOf(
  db: Db,
  askings: readonly Asking[],
  said: string | null | undefined,
  now: Date,
): Promise<Answers> {
  const answers = new Array<Admission | Refusal | undefined>(askings.length).fill(undefined)
  if (!said) return { answers, reckoned: [] }
  const nowMs = now.getTime()
  const toReckon: number[] = []
  for (let from = 0; from < said.length; ) {
    const { asked, admission, isReckoned, next } = read(said, from, nowMs)
    answers[asked] = admission
    if (isReckoned) toReckon.push(asked)
    from = next
  }
  if (toReckon.length > 0) await reckon(db, askings, answers, toReckon, now)
  return { answers, reckoned: toReckon }
}

/** A line of `plain`, from `from` on. Numbers and words of ours alone: nothing in it can hold a sign that parts it. */
function read(said: string, from: number, nowMs: number) {
  let at = from
  const field = (end: string) => {
    const until = said.indexOf(end, at)
    const text = said.slice(at, until === -1 ? said.length : until)
    at = until === -1 ? said.length : until + 1
    return text
  }
  const asked = Number(field('|')) - 1
  const grantId = field('|')
  const endsAtMs = Number(field('|'))
  const timeout = field('|')
  const idle = field('|')
  const up = field('|')
  const down = field('|')
  const isReckoned = field('\n') !== ''
  const admission: Admission = {
    grantId,
    endsAtMs,
    sessionTimeoutSeconds: Math.min(timeout ? Number(timeout) : 86_400, Math.ceil((endsAtMs - nowMs) / 1000)),
    idleTimeoutSeconds: idle ? Number(idle) : null,
    bandwidthUpBps: up ? Number(up) : null,
    bandwidthDownBps: down ? Number(down) : null,
    octetsLeft: null,
  }
  return { asked, admission, isReckoned, next: at }
}
