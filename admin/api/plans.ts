import type { Ctx } from '../../db/context.ts'
import { notAllowed } from '../../db/errors.ts'
import { type Tx, transaction } from '../../db/index.ts'
import { addPlan, changePlan, listPlans, type Plan, type PlanLimits } from '../../db/network/plans.ts'
import { listSites } from '../../db/network/sites.ts'
import { guestsByPlan } from '../../db/reports/network.ts'
import type { Asker, Handlers } from './handler.ts'
import type { Plan as PlanAnswer, PlanChange } from './schemas/plans.ts'

export const planHandlers = {
  'GET /plans': ({ ctx }) =>
    transaction(ctx, async (tx) => {
      const items = await answersOf(tx, ctx, await listPlans(tx, ctx))
      return { items, total: items.length, nextCursor: null }
    }),

  'POST /plans': async ({ ctx, asker, body }) => {
    needAllSites(asker)
    return oneAnswer(ctx, await addPlan(ctx, { ...limitsOf(body), name: body.name }))
  },

  'PATCH /plans/:id': async ({ ctx, asker, params, body }) => {
    needAllSites(asker)
    return oneAnswer(ctx, await changePlan(ctx, params.id, limitsOf(body)))
  },
} satisfies Pick<Handlers, 'GET /plans' | 'POST /plans' | 'PATCH /plans/:id'>

/** A plan is every site's: who answers for some of them does not change it for the others. */
function needAllSites(asker: Asker) {
  if (asker.siteIds !== null) throw notAllowed('plan')
}

function limitsOf(body: PlanChange): { name?: string } & Partial<PlanLimits> {
  const { quotaOctets, dailyOctets, monthlyOctets, ...rest } = body
  const octets = { quotaOctets, dailyOctets, monthlyOctets }
  const given = [
    ...Object.entries(rest),
    ...Object.entries(octets).map(([name, text]) => [name, text == null ? text : BigInt(text)] as const),
  ].filter(([, value]) => value !== undefined)
  return Object.fromEntries(given)
}

async function oneAnswer(ctx: Ctx, plan: Plan): Promise<PlanAnswer> {
  const [answer] = await transaction(ctx, (tx) => answersOf(tx, ctx, [plan]))
  return answer as PlanAnswer
}

async function answersOf(tx: Tx, ctx: Ctx, plans: Plan[]): Promise<PlanAnswer[]> {
  const sites = await listSites(tx, ctx)
  const guests = await guestsByPlan(tx, ctx)
  const text = (octets: bigint | null) => (octets === null ? null : String(octets))
  return plans.map(({ merchantId: _m, quotaOctets, dailyOctets, monthlyOctets, createdAt, ...plan }) => ({
    ...plan,
    quotaOctets: text(quotaOctets),
    dailyOctets: text(dailyOctets),
    monthlyOctets: text(monthlyOctets),
    createdAt: createdAt.toISOString(),
    siteIds: sites
      .filter((site) => site.planId === plan.id || site.rememberedPlanId === plan.id)
      .map((site) => site.id),
    guestsIn30Days: guests.get(plan.id) ?? 0,
  }))
}
