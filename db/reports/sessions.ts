import { type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import type { Tx } from '../index.ts'
import { cut, readCursor, writeCursor } from './cursor.ts'
import { at, iso, isoExact } from './moments.ts'
import { narrowed, type Scope, within } from './scope.ts'

/** A session as its gateway reports it. Octets are decimal text, times ISO 8601. */
export type SessionRow = {
  id: string
  guestId: string | null
  siteId: string
  nasId: string
  deviceId: string | null
  grantId: string | null
  acctSessionId: string
  /** 12 lower hex digits where it is a MAC, else as sent. */
  callingStationId: string
  framedIpAddress: string | null
  startedAt: string
  updatedAt: string
  stoppedAt: string | null
  sessionTimeSeconds: number
  inputOctets: string
  outputOctets: string
  terminateCause: string | null
  marks: string[]
  /** What the gateway said to the last attempt to end it, and to change its limits. */
  disconnect: AttemptRow | null
  limitsChange: AttemptRow | null
}

/** `errorCause` is the number of RFC 5176 §3.5; `why` where no person asked for it. */
export type AttemptRow = { outcome: Outcome; at: string; errorCause?: number; why?: string }

export type Outcome = 'waiting' | 'acknowledged' | 'refused' | 'unanswered'

export async function listSessions(
  tx: Tx,
  ctx: Ctx,
  input: {
    scope: Scope
    active?: boolean | undefined
    siteId?: string | undefined
    guestId?: string | undefined
    nasId?: string | undefined
    limit: number
    cursor?: string | undefined
  },
): Promise<{ items: SessionRow[]; total: number; nextCursor: string | null }> {
  const [beforeAt, beforeId] = input.cursor ? readCursor('sessions', input.cursor, ['moment', 'text']) : []
  const all = [
    sql`s.merchant_id = ${ctx.merchantId}`,
    within(sql`s.site_id`, narrowed(input.scope, input.siteId)),
  ]
  if (input.active !== undefined)
    all.push(input.active ? sql`s.stopped_at is null` : sql`s.stopped_at is not null`)
  if (input.guestId !== undefined) all.push(sql`s.guest_id = ${input.guestId}`)
  if (input.nasId !== undefined) all.push(sql`s.nas_id = ${input.nasId}`)
  const where = sql.join(all, sql` and `)
  const before = beforeAt
    ? sql`(s.started_at, s.id) < (${at(String(beforeAt))}, ${beforeId}::text)`
    : sql`true`
  const rows = await tx.execute<SessionRow & { key: string }>(sql`
    select ${isoExact(sql`s.started_at`)} as key, ${columns} from sessions s where ${where} and ${before}
    order by s.started_at desc, s.id desc limit ${input.limit + 1}`)
  const page = cut([...rows], input.limit, (row) => writeCursor('sessions', [row.key, row.id]))
  const [counted] = await tx.execute<{ total: number }>(
    sql`select count(*)::int as total from sessions s where ${where}`,
  )
  return {
    items: page.items.map(({ key: _key, ...row }) => row),
    total: counted?.total ?? 0,
    nextCursor: page.nextCursor,
  }
}

/** One session. Throws `session.not-found`, also outside the scope. */
export async function findSession(tx: Tx, ctx: Ctx, scope: Scope, sessionId: string): Promise<SessionRow> {
  const [row] = await tx.execute<SessionRow>(sql`select ${columns} from sessions s
    where s.merchant_id = ${ctx.merchantId} and s.id = ${sessionId} and ${within(sql`s.site_id`, scope)}`)
  if (!row) throw notFound('session')
  return row
}

const columns: SQL = sql`s.id, s.guest_id as "guestId", s.site_id as "siteId", s.nas_id as "nasId", s.device_id as "deviceId",
  s.grant_id as "grantId", s.acct_session_id as "acctSessionId", s.calling_station_id as "callingStationId",
  s.framed_ip_address as "framedIpAddress", ${iso(sql`s.started_at`)} as "startedAt", ${iso(sql`s.updated_at`)} as "updatedAt",
  ${iso(sql`s.stopped_at`)} as "stoppedAt", s.session_time_seconds as "sessionTimeSeconds",
  s.input_octets::text as "inputOctets", s.output_octets::text as "outputOctets", s.terminate_cause as "terminateCause", s.marks,
  s.disconnect, s.limits_change as "limitsChange"`
