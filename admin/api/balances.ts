import type { Ctx } from '../../db/context.ts'
import { balanceHistory, balancesOf, byWhom, topUp } from '../../db/crm/balances.ts'
import { transaction } from '../../db/index.ts'
import { listPlans } from '../../db/network/plans.ts'
import { mustSeeGuest } from '../../db/reports/places.ts'
import type { Asker, Handlers } from './handler.ts'
import type { Balances } from './schemas/plans.ts'

export const balanceHandlers = {
  'GET /guests/:id/balances': ({ ctx, asker, params }) => balancesAnswer(ctx, asker, params.id),

  'POST /guests/:id/balances': async ({ ctx, asker, params, body }) => {
    await transaction(ctx, (tx) => mustSeeGuest(tx, ctx, asker.siteIds, params.id))
    const { planId, seconds, octets, reason } = body
    await topUp(ctx, {
      guestId: params.id,
      planId,
      reason,
      ...(seconds === undefined ? {} : { seconds }),
      ...(octets === undefined ? {} : { octets: BigInt(octets) }),
    })
    return balancesAnswer(ctx, asker, params.id)
  },
} satisfies Partial<Handlers>

function balancesAnswer(ctx: Ctx, asker: Asker, guestId: string): Promise<Balances> {
  return transaction(ctx, async (tx) => {
    await mustSeeGuest(tx, ctx, asker.siteIds, guestId)
    const names = new Map((await listPlans(tx, ctx)).map((plan) => [plan.id, plan.name]))
    const items = await balancesOf(tx, ctx, guestId)
    const history = await balanceHistory(tx, ctx, guestId)
    return {
      items: items.map(({ plan, secondsLeft, octetsLeft }) => ({
        planId: plan.id,
        planName: plan.name,
        secondsLeft,
        octetsLeft: octetsLeft === null ? null : String(octetsLeft),
      })),
      history: history.map((entry) => ({
        id: entry.id,
        planId: entry.planId,
        planName: names.get(entry.planId) ?? entry.planId,
        at: entry.at.toISOString(),
        seconds: entry.seconds,
        octets: String(entry.octets),
        reason: entry.reason,
        by: byWhom(entry),
      })),
    }
  })
}
