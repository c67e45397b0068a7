import { and, eq, isNull } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { DomainError, notFound } from '../errors.ts'
import { type Db, transaction } from '../index.ts'
import { enqueue } from '../jobs.ts'
import { grants, sessions } from '../schema/grants.ts'
import { arrayLiteral } from '../values/array.ts'
import { newId } from '../values/id.ts'

export type Session = typeof sessions.$inferSelect

/** One Accounting-Request in our terms. Counters are the NAS's running totals, RFC 2866 §5. */
export type AccountingRecord = {
  merchantId: string
  nasId: string
  siteId: string
  status: 'start' | 'interim' | 'stop'
  acctSessionId: string
  /** 12 lower hex digits where it is a MAC, else as sent. */
  callingStationId: string
  calledStationId: string | null
  acctMultiSessionId: string | null
  userName: string | null
  class: string | null
  framedIpAddress: string | null
  /** When it happened, by the NAS's clock or ours. */
  at: Date
  sessionTimeSeconds: number
  inputOctets: bigint
  outputOctets: bigint
  inputPackets: bigint
  outputPackets: bigint
  hasGigawords: boolean
  terminateCause: string | null
  marks: string[]
  receivedAt: Date
  /** Raw attributes for the log, without password-like ones. */
  packet: string
}

/**
 * Records many accounting packets in one statement; when it answers they are durable, log rows, sessions, visits
 * and all. No two of them may be of the same session: the caller keeps those in order, one batch after another.
 *
 * Counters only rise (RFC 2866: totals; RFC 5080 §2.3.1), so order and repeats do not matter. A late Start or
 * Interim never reopens what the NAS has stopped; what we closed for want of news, it does. A counter of a NAS
 * without Gigawords that falls by more than half its range while time goes on has wrapped.
 */
export async function applyAccounting(db: Db, records: AccountingRecord[]): Promise<void> {
  if (records.length === 0) return
  const column = (pick: (record: AccountingRecord) => string | number | boolean | null) =>
    arrayLiteral(records.map(pick))
  await db.sql.unsafe(applyStatement, [
    column((r) => r.merchantId),
    column((r) => newId('ses', r.receivedAt.getTime())),
    column((r) => r.siteId),
    column((r) => r.nasId),
    column((r) => r.acctSessionId),
    column((r) => r.callingStationId),
    column((r) => r.calledStationId),
    column((r) => r.acctMultiSessionId),
    column((r) => r.userName),
    column((r) => r.class),
    column((r) => r.framedIpAddress),
    column((r) => new Date(r.at.getTime() - r.sessionTimeSeconds * 1000).toISOString()),
    column((r) => r.at.toISOString()),
    column((r) => r.status === 'stop'),
    column((r) => r.sessionTimeSeconds),
    column((r) => String(r.inputOctets)),
    column((r) => String(r.outputOctets)),
    column((r) => String(r.inputPackets)),
    column((r) => String(r.outputPackets)),
    column((r) => r.hasGigawords),
    column((r) => r.terminateCause),
    column((r) => JSON.stringify(r.marks)),
    column((r) => newId('acl', r.receivedAt.getTime())),
    column((r) => r.receivedAt.toISOString()),
    column((r) => r.packet),
  ])
}

const wrapped = (column: string) => `case
  when not (s.gigawords_seen or excluded.gigawords_seen) and excluded.session_time_seconds > s.session_time_seconds
    and s.${column} % 4294967296 - excluded.${column} > 2147483648
    then (div(s.${column}, 4294967296) + 1) * 4294967296 + excluded.${column}
  when not (s.gigawords_seen or excluded.gigawords_seen)
    then greatest(s.${column}, div(s.${column}, 4294967296) * 4294967296 + excluded.${column})
  else greatest(s.${column}, excluded.${column}) end`

const applyStatement = `
  with r as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[], $14::boolean[], $15::int[],
      $16::numeric[], $17::numeric[], $18::numeric[], $19::numeric[], $20::boolean[], $21::text[], $22::jsonb[],
      $23::text[], $24::timestamptz[], $25::text[])
      as t(merchant_id, id, site_id, nas_id, acct_session_id, calling_station_id, called_station_id, acct_multi_session_id,
        user_name, class, framed_ip_address, started_at, at, is_stop, session_time_seconds, input_octets, output_octets,
        input_packets, output_packets, has_gigawords, terminate_cause, marks, log_id, received_at, packet)),
  log as (
    insert into accounting_log (merchant_id, id, nas_id, received_at, packet)
      select merchant_id, log_id, nas_id, received_at, packet from r),
  up as (
    insert into sessions as s (merchant_id, id, site_id, nas_id, acct_session_id, calling_station_id, called_station_id,
        acct_multi_session_id, user_name, class, framed_ip_address, guest_id, device_id, grant_id, started_at, updated_at,
        stopped_at, session_time_seconds, input_octets, output_octets, input_packets, output_packets, gigawords_seen,
        terminate_cause, marks)
      select r.merchant_id, r.id, r.site_id, r.nas_id, r.acct_session_id, r.calling_station_id, r.called_station_id,
        r.acct_multi_session_id, r.user_name, r.class, r.framed_ip_address, coalesce(g.guest_id, d.guest_id),
        coalesce(g.device_id, d.id), g.id, r.started_at, r.at, case when r.is_stop then r.at end, r.session_time_seconds,
        r.input_octets, r.output_octets, r.input_packets, r.output_packets, r.has_gigawords,
        case when r.is_stop then r.terminate_cause end, r.marks
      from r
      left join grants g on g.merchant_id = r.merchant_id and g.id = r.class and g.mac = r.calling_station_id
      left join devices d on d.merchant_id = r.merchant_id and d.mac = r.calling_station_id
      on conflict (merchant_id, nas_id, acct_session_id, calling_station_id) do update set
        started_at = least(s.started_at, excluded.started_at),
        updated_at = greatest(s.updated_at, excluded.updated_at),
        stopped_at = case
          when excluded.stopped_at is not null and (s.stopped_at is null or s.is_stale) then excluded.stopped_at
          when s.is_stale and excluded.updated_at > s.updated_at then null
          else s.stopped_at end,
        terminate_cause = case
          when excluded.stopped_at is not null and (s.stopped_at is null or s.is_stale) then excluded.terminate_cause
          when s.is_stale and excluded.updated_at > s.updated_at then null
          else s.terminate_cause end,
        is_stale = s.is_stale and excluded.stopped_at is null and excluded.updated_at <= s.updated_at,
        session_time_seconds = greatest(s.session_time_seconds, excluded.session_time_seconds),
        input_octets = ${wrapped('input_octets')},
        output_octets = ${wrapped('output_octets')},
        input_packets = greatest(s.input_packets, excluded.input_packets),
        output_packets = greatest(s.output_packets, excluded.output_packets),
        gigawords_seen = s.gigawords_seen or excluded.gigawords_seen,
        framed_ip_address = coalesce(excluded.framed_ip_address, s.framed_ip_address),
        called_station_id = coalesce(s.called_station_id, excluded.called_station_id),
        class = coalesce(s.class, excluded.class),
        user_name = coalesce(s.user_name, excluded.user_name),
        guest_id = coalesce(s.guest_id, excluded.guest_id),
        device_id = coalesce(s.device_id, excluded.device_id),
        grant_id = coalesce(s.grant_id, excluded.grant_id),
        marks = case when s.marks @> excluded.marks then s.marks else s.marks || excluded.marks end
      returning s.merchant_id, s.id, s.guest_id, s.visit_id, s.stopped_at)
  select fold_visit(merchant_id, id) from up where guest_id is not null and (visit_id is null or stopped_at is not null)`

/**
 * Accounting-On or -Off (RFC 2866 §5.1): the NAS has forgotten every session that began before `at`; those end.
 * @param calledStationId where hostapd names one radio of several, only sessions of that radio end.
 */
export async function endSessionsOfNas(
  db: Db,
  input: {
    merchantId: string
    nasId: string
    at: Date
    calledStationId: string | null
    receivedAt: Date
    packet: string
  },
): Promise<number> {
  return db.sql.begin(async (sql) => {
    await sql`insert into accounting_log (merchant_id, id, nas_id, received_at, packet)
      values (${input.merchantId}, ${newId('acl')}, ${input.nasId}, ${input.receivedAt}, ${input.packet})`
    const ended = await sql`
      update sessions set stopped_at = greatest(started_at, least(${input.at}::timestamptz, greatest(updated_at, started_at))),
        terminate_cause = 'NAS-Reboot', is_stale = false
      where merchant_id = ${input.merchantId} and nas_id = ${input.nasId} and stopped_at is null and started_at < ${input.at}
        and (${input.calledStationId}::text is null or called_station_id is null or called_station_id = ${input.calledStationId})
      returning id`
    if (ended.length)
      await sql`select fold_visit(${input.merchantId}, id) from unnest(${ended.map((row) => row.id)}::text[]) as t(id)`
    return ended.length
  })
}

/**
 * Ends sessions whose NAS has been silent for three of its interim intervals: the Stop was lost. Portal sessions,
 * which no NAS reports, end with their grant.
 */
export async function closeStaleSessions(db: Db, now: Date): Promise<number> {
  const rows = await db.sql`
    with stale as (
      update sessions s set stopped_at = case when s.acct_session_id like 'portal-%' then least(g.ends_at, ${now}::timestamptz) else s.updated_at end,
        updated_at = case when s.acct_session_id like 'portal-%' then least(g.ends_at, ${now}::timestamptz) else s.updated_at end,
        terminate_cause = case when s.acct_session_id like 'portal-%' then 'Session-Timeout' else 'Stale' end,
        is_stale = s.acct_session_id not like 'portal-%'
      from (
        select o.merchant_id, o.id, n.acct_interim_interval_seconds, coalesce(r.ends_at, ${now}::timestamptz) as ends_at
        from sessions o join nas n on n.merchant_id = o.merchant_id and n.id = o.nas_id
        left join grants r on r.merchant_id = o.merchant_id and r.id = o.grant_id
        where o.stopped_at is null) g
      where s.merchant_id = g.merchant_id and s.id = g.id and s.stopped_at is null
        and case when s.acct_session_id like 'portal-%' then g.ends_at <= ${now}::timestamptz
          else s.updated_at < ${now}::timestamptz - make_interval(secs => 3 * g.acct_interim_interval_seconds) end
      returning s.merchant_id, s.id, s.guest_id)
    select fold_visit(merchant_id, id) from stale where guest_id is not null`
  return rows.length
}

/** A guest the portal itself let in: the gateway speaks no RADIUS, so the portal's word stands for the NAS's. */
export async function openPortalSession(ctx: Ctx, grantId: string): Promise<void> {
  const grant = await transaction(ctx, async (tx) => {
    const [row] = await tx
      .select()
      .from(grants)
      .where(and(eq(grants.merchantId, ctx.merchantId), eq(grants.id, grantId)))
    return row
  })
  if (!grant?.nasId) throw notFound('grant')
  await applyAccounting(ctx.db, [
    {
      merchantId: ctx.merchantId,
      nasId: grant.nasId,
      siteId: grant.siteId,
      status: 'start',
      acctSessionId: `portal-${grant.id}`,
      callingStationId: grant.mac,
      calledStationId: null,
      acctMultiSessionId: null,
      userName: null,
      class: grant.id,
      framedIpAddress: null,
      at: ctx.now,
      sessionTimeSeconds: 0,
      inputOctets: 0n,
      outputOctets: 0n,
      inputPackets: 0n,
      outputPackets: 0n,
      hasGigawords: false,
      terminateCause: null,
      marks: ['portal'],
      receivedAt: ctx.now,
      packet: '',
    },
  ])
}

/** What a Disconnect-Request must name, RFC 5176 §3; undefined where the session is over or unknown. */
export async function sessionToEnd(db: Db, merchantId: string, sessionId: string) {
  const [row] = await db.sql<
    {
      nasId: string
      acctSessionId: string
      callingStationId: string
      userName: string | null
      framedIpAddress: string | null
    }[]
  >`select nas_id as "nasId", acct_session_id as "acctSessionId", calling_station_id as "callingStationId",
      user_name as "userName", framed_ip_address as "framedIpAddress"
    from sessions where merchant_id = ${merchantId} and id = ${sessionId} and stopped_at is null`
  return row
}

export type DisconnectOutcome = 'acknowledged' | 'refused' | 'unanswered'

/** Writes what became of an attempt to end a session, for the panel that waits for it. */
export async function noteDisconnect(
  db: Db,
  input: { merchantId: string; sessionId: string; outcome: DisconnectOutcome; errorCause?: number; at: Date },
): Promise<void> {
  const { outcome, errorCause, at } = input
  await db.sql`update sessions set disconnect = ${db.sql.json({ outcome, at: at.toISOString(), ...(errorCause ? { errorCause } : {}) })}
    where merchant_id = ${input.merchantId} and id = ${input.sessionId}`
}

/**
 * Ends a guest's session: its grants are revoked now, for certain, and the NAS is asked to put the device out.
 * What the NAS answers lands on the session (`disconnect`). Throws `session.not-found`, `session.over`.
 */
export function requestDisconnect(ctx: Ctx, sessionId: string): Promise<void> {
  return transaction(ctx, async (tx) => {
    const [session] = await tx
      .select()
      .from(sessions)
      .where(and(eq(sessions.merchantId, ctx.merchantId), eq(sessions.id, sessionId)))
    if (!session) throw notFound('session')
    if (session.stoppedAt) throw new DomainError('session.over')
    // The remembered right too: else the device would be back before the reader of this line.
    await tx
      .update(grants)
      .set({ revokedAt: ctx.now })
      .where(
        and(
          eq(grants.merchantId, ctx.merchantId),
          eq(grants.siteId, session.siteId),
          eq(grants.mac, session.callingStationId),
          isNull(grants.revokedAt),
        ),
      )
    await tx
      .update(sessions)
      .set({ disconnect: { outcome: 'waiting', at: ctx.now.toISOString() } })
      .where(and(eq(sessions.merchantId, ctx.merchantId), eq(sessions.id, sessionId)))
    await enqueue(tx, ctx, 'radius.disconnect', { merchantId: ctx.merchantId, sessionId })
    await record(tx, ctx, { action: 'session.ended', subject: sessionId })
  })
}
