import { and, eq, isNull, sql } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { DomainError, notFound } from '../errors.ts'
import { type Db, transaction } from '../index.ts'
import { enqueue } from '../jobs.ts'
import { grants, sessions } from '../schema/grants.ts'
import { applyAccounting } from './accounting.ts'

export {
  type AccountingRecord,
  applyAccounting,
  closeStaleSessions,
  endSessionsOfNas,
  type NasRestart,
} from './accounting.ts'
export type Session = typeof sessions.$inferSelect

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

/** What a NAS said to a Disconnect- or CoA-Request. */
export type RequestOutcome = 'acknowledged' | 'refused' | 'unanswered'

/** Writes what became of an attempt to end a session, for the panel that waits for it. */
export async function noteDisconnect(
  db: Db,
  input: { merchantId: string; sessionId: string; outcome: RequestOutcome; errorCause?: number; at: Date },
): Promise<void> {
  const { outcome, errorCause, at } = input
  await db.sql`update sessions set disconnect = ${db.sql.json({ outcome, at: at.toISOString(), ...(errorCause ? { errorCause } : {}) })}
    where merchant_id = ${input.merchantId} and id = ${input.sessionId}`
}

/** A NAS has answered by then: retransmission takes 30 s at the most (RFC 5080 §2.2.1), and the queue a little. */
export const disconnectWithinMs = 35_000

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
    // Of two who ask at once one is enough: the other waits for the same answer.
    const waitsSince = new Date(ctx.now.getTime() - disconnectWithinMs).toISOString()
    const asked = await tx
      .update(sessions)
      .set({ disconnect: { outcome: 'waiting', at: ctx.now.toISOString() } })
      .where(
        and(
          eq(sessions.merchantId, ctx.merchantId),
          eq(sessions.id, sessionId),
          sql`(${sessions.disconnect} is null or ${sessions.disconnect} ->> 'outcome' <> 'waiting'
            or (${sessions.disconnect} ->> 'at')::timestamptz < ${waitsSince}::timestamptz)`,
        ),
      )
      .returning({ id: sessions.id })
    if (asked.length === 0) return
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
    await enqueue(tx, ctx, 'radius.disconnect', { merchantId: ctx.merchantId, sessionId })
    await record(tx, ctx, { action: 'session.ended', subject: sessionId })
  })
}
