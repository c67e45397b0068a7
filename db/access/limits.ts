import { and, eq, sql } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { DomainError, invalid, notFound } from '../errors.ts'
import { type Db, transaction } from '../index.ts'
import { enqueue } from '../jobs.ts'
import { grants, sessions } from '../schema/grants.ts'
import type { Admission } from './admit.ts'
import type { RequestOutcome } from './sessions.ts'

/** What staff change for a guest who is online. What is left out stays; null takes a limit away. */
export type LimitsChange = {
  /** From now on; after it the device signs in again. */
  secondsLeft?: number
  /** From now on, both ways. */
  octetsLeft?: bigint | null
  bandwidthUpBps?: number | null
  bandwidthDownBps?: number | null
  idleTimeoutSeconds?: number | null
}

/**
 * Changes the limits of a running session: its grant has them from now on, for certain, and the NAS is asked to keep
 * them (CoA). What it answers lands on the session (`limitsChange`).
 * Throws `session.not-found`, `session.over`, `session.no-grant`, `limits.invalid-…`.
 */
export function changeLimits(ctx: Ctx, sessionId: string, change: LimitsChange): Promise<void> {
  checkChange(change)
  return transaction(ctx, async (tx) => {
    const one = and(eq(sessions.merchantId, ctx.merchantId), eq(sessions.id, sessionId))
    const [session] = await tx.select().from(sessions).where(one)
    if (!session) throw notFound('session')
    if (session.stoppedAt) throw new DomainError('session.over')
    if (!session.grantId) throw new DomainError('session.no-grant')
    const { secondsLeft, octetsLeft, ...kept } = change
    const [grant] = await tx
      .update(grants)
      .set({
        ...kept,
        // The end of the grant alone counts then, not so and so many seconds a session.
        ...(secondsLeft === undefined
          ? {}
          : { endsAt: new Date(ctx.now.getTime() + secondsLeft * 1000), sessionTimeoutSeconds: null }),
        ...(octetsLeft === undefined ? {} : { quotaOctets: octetsLeft === null ? null : quota(octetsLeft) }),
        ...(octetsLeft == null ? {} : { isMetered: true }),
      })
      .where(and(eq(grants.merchantId, ctx.merchantId), eq(grants.id, session.grantId)))
      .returning({ id: grants.id })
    if (!grant) throw new DomainError('session.no-grant')
    await tx
      .update(sessions)
      .set({
        limitsChange: { outcome: 'waiting', at: ctx.now.toISOString() },
        ...(octetsLeft == null ? {} : { isMetered: true }),
      })
      .where(one)
    await enqueue(tx, ctx, 'radius.change-limits', { merchantId: ctx.merchantId, sessionId })
    const fields = Object.keys(change)
    await record(tx, ctx, { action: 'session.limits-changed', subject: sessionId, detail: { fields } })
  })
}

/** What the grant has moved already, and so much on top. */
const quota = (left: bigint) => sql`${left.toString()}::numeric + (
  select coalesce(sum(s.input_octets + s.output_octets), 0) from sessions s
  where s.merchant_id = ${grants.merchantId} and s.grant_id = ${grants.id})`

function checkChange(change: LimitsChange) {
  const { secondsLeft, octetsLeft, idleTimeoutSeconds, bandwidthUpBps, bandwidthDownBps } = change
  if (secondsLeft !== undefined && !(secondsLeft >= 60 && secondsLeft <= 31_536_000))
    throw invalid('limits', 'time')
  if (octetsLeft != null && octetsLeft < 1n) throw invalid('limits', 'volume')
  if (idleTimeoutSeconds != null && !(idleTimeoutSeconds >= 60 && idleTimeoutSeconds <= 86_400))
    throw invalid('limits', 'idle')
  for (const bps of [bandwidthUpBps, bandwidthDownBps])
    if (bps != null && !(bps >= 8000 && bps <= 2_000_000_000)) throw invalid('limits', 'bandwidth')
  if (Object.keys(change).length === 0) throw invalid('limits', 'nothing')
}

/**
 * The limits of a running session as its NAS must be told them in the middle of it. There they count from the begin of
 * the session, as in its Access-Accept: seconds and octets of it so far are added to what is left.
 * @returns undefined where it is over, or nothing stands for it any more.
 */
export async function limitsOfRunning(db: Db, merchantId: string, sessionId: string, now: Date) {
  const [row] = await db.sql<Row[]>`
    select s.nas_id as "nasId", s.acct_session_id as "acctSessionId", s.calling_station_id as "callingStationId",
      s.user_name as "userName", g.id as "grantId", g.ends_at as "endsAt",
      greatest(0, extract(epoch from ${now}::timestamptz - s.started_at))::int as elapsed,
      g.session_timeout_seconds as timeout, g.idle_timeout_seconds as idle,
      g.bandwidth_up_bps as up, g.bandwidth_down_bps as down,
      m.seconds_left::int as "secondsLeft", (m.octets_left + s.input_octets + s.output_octets)::text as octets
    from sessions s join grants g on g.merchant_id = s.merchant_id and g.id = s.grant_id
    cross join lateral meter_grant(g.merchant_id, g.id, ${now}::timestamptz) m
    where s.merchant_id = ${merchantId} and s.id = ${sessionId} and s.stopped_at is null
      and g.revoked_at is null and g.ends_at > ${now}`
  if (!row) return undefined
  const ofGrant = Math.ceil((row.endsAt.getTime() - now.getTime()) / 1000)
  const secondsLeft = Math.min(ofGrant, row.secondsLeft ?? ofGrant)
  const limits: Admission = {
    grantId: row.grantId,
    endsAtMs: row.endsAt.getTime(),
    sessionTimeoutSeconds: Math.min(row.timeout ?? row.elapsed + 86_400, row.elapsed + secondsLeft),
    idleTimeoutSeconds: row.idle,
    bandwidthUpBps: row.up,
    bandwidthDownBps: row.down,
    octetsLeft: row.octets === null ? null : BigInt(row.octets),
  }
  const { nasId, acctSessionId, callingStationId, userName } = row
  return { nasId, acctSessionId, callingStationId, userName, limits }
}

type Row = {
  nasId: string
  acctSessionId: string
  callingStationId: string
  userName: string | null
  grantId: string
  endsAt: Date
  elapsed: number
  timeout: number | null
  secondsLeft: number | null
  idle: number | null
  up: number | null
  down: number | null
  octets: string | null
}

/** Writes what became of an attempt to change limits, for the panel that waits for it. */
export async function noteLimitsChange(
  db: Db,
  input: { merchantId: string; sessionId: string; outcome: RequestOutcome; errorCause?: number; at: Date },
): Promise<void> {
  const { outcome, errorCause, at } = input
  await db.sql`update sessions set limits_change = ${db.sql.json({ outcome, at: at.toISOString(), ...(errorCause ? { errorCause } : {}) })}
    where merchant_id = ${input.merchantId} and id = ${input.sessionId}`
}
