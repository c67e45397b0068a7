import { setTimeout as pause } from 'node:timers/promises'
import { type RequestOutcome, disconnectWithinMs, requestDisconnect } from '../../db/access/sessions.ts'
import type { Ctx } from '../../db/context.ts'
import { transaction } from '../../db/index.ts'
import { disconnectState, findSession, listSessions } from '../../db/reports/sessions.ts'
import type { Handlers } from './handler.ts'
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
    return { disconnect: await outcomeOf(ctx, params.id, c.req.raw.signal) }
  },
} satisfies Partial<Handlers>

/** Waits for what the gateway says. A session whose Stop came in the meantime is over: that is an answer too. */
async function outcomeOf(ctx: Ctx, sessionId: string, signal: AbortSignal): Promise<RequestOutcome> {
  for (let waitedMs = 0; waitedMs < disconnectWithinMs && !signal.aborted; waitedMs += lookEveryMs) {
    const { outcome, isOver } = await transaction(ctx, (tx) => disconnectState(tx, ctx, sessionId))
    if (outcome && outcome !== 'waiting') return outcome
    if (isOver) return 'acknowledged'
    await pause(lookEveryMs)
  }
  return 'unanswered'
}
