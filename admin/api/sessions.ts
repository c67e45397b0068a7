import { setTimeout as pause } from 'node:timers/promises'
import { changeLimits, type LimitsChange } from '../../db/access/limits.ts'
import { disconnectWithinMs, type RequestOutcome, requestDisconnect } from '../../db/access/sessions.ts'
import type { Ctx } from '../../db/context.ts'
import { transaction } from '../../db/index.ts'
import { findSession, listSessions } from '../../db/reports/sessions.ts'
import { type ErrorCause, errorCauseOf } from '../../db/values/error-cause.ts'
import type { Handlers } from './handler.ts'
import type { LimitsInput } from './schemas/sessions.ts'
import { shownSession } from './shown/session.ts'

const lookEveryMs = 150

export const sessionHandlers = {
  'GET /sessions': ({ ctx, asker, query }) =>
    transaction(ctx, async (tx) => {
      const { active, site, guest, nas, limit, cursor } = query
      const page = await listSessions(tx, ctx, {
        scope: asker.siteIds,
        active: active === undefined ? undefined : active === 'true',
        siteId: site,
        guestId: guest,
        nasId: nas,
        limit,
        cursor,
      })
      return { ...page, items: page.items.map(shownSession) }
    }),

  'GET /sessions/:id': ({ ctx, asker, params }) =>
    transaction(ctx, async (tx) => shownSession(await findSession(tx, ctx, asker.siteIds, params.id))),

  'POST /sessions/:id/disconnect': async ({ ctx, asker, params, c }) => {
    const session = await transaction(ctx, (tx) => findSession(tx, ctx, asker.siteIds, params.id))
    await requestDisconnect(ctx, params.id)
    // No gateway reports such a session, and none would understand: its time was ended, the device was not put out.
    if (session.marks.includes('portal')) return { disconnect: 'unanswered' }
    return said('disconnect', await answerOf(ctx, asker.siteIds, params.id, 'disconnect', c.req.raw.signal))
  },

  'POST /sessions/:id/limits': async ({ ctx, asker, params, body, c }) => {
    const session = await transaction(ctx, (tx) => findSession(tx, ctx, asker.siteIds, params.id))
    await changeLimits(ctx, params.id, changeOf(body))
    if (session.marks.includes('portal')) return { limits: 'unanswered' }
    return said('limits', await answerOf(ctx, asker.siteIds, params.id, 'limitsChange', c.req.raw.signal))
  },
} satisfies Partial<Handlers>

type Answer = { outcome: RequestOutcome; errorCause?: number | undefined }

/** Waits for what the gateway says. A session whose Stop came in the meantime is over: that is an answer too. */
async function answerOf(
  ctx: Ctx,
  scope: string[] | null,
  sessionId: string,
  what: 'disconnect' | 'limitsChange',
  signal: AbortSignal,
): Promise<Answer> {
  for (let waitedMs = 0; waitedMs < disconnectWithinMs && !signal.aborted; waitedMs += lookEveryMs) {
    const session = await transaction(ctx, (tx) => findSession(tx, ctx, scope, sessionId))
    const { outcome, errorCause } = session[what] ?? {}
    if (outcome && outcome !== 'waiting') return { outcome, errorCause }
    if (session.stoppedAt) return { outcome: what === 'disconnect' ? 'acknowledged' : 'unanswered' }
    await pause(lookEveryMs)
  }
  return { outcome: 'unanswered' }
}

/** Why it refused is told only where it did: a session it does not know is one that has ended. */
function said<N extends 'disconnect' | 'limits'>(name: N, { outcome, errorCause }: Answer) {
  const cause =
    outcome === 'refused' && errorCause !== undefined ? { errorCause: errorCauseOf(errorCause) } : {}
  return { [name]: outcome, ...cause } as Record<N, RequestOutcome> & { errorCause?: ErrorCause }
}

/** Without what was left out, so that it changes nothing. */
function changeOf(body: LimitsInput): LimitsChange {
  const { octetsLeft, ...rest } = body
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...(octetsLeft === undefined ? {} : { octetsLeft: octetsLeft === null ? null : BigInt(octetsLeft) }),
  }
}
