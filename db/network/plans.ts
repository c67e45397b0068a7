import { and, eq } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { invalid, notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { plans } from '../schema/plans.ts'
import { newId } from '../values/id.ts'

export type Plan = typeof plans.$inferSelect
export type PlanLimits = Pick<
  Plan,
  | 'sessionTimeoutSeconds'
  | 'idleTimeoutSeconds'
  | 'bandwidthUpBps'
  | 'bandwidthDownBps'
  | 'quotaOctets'
  | 'devicesMax'
>

/** Inserts a plan inside a bigger transaction. */
export async function insertPlan(
  tx: Tx,
  ctx: Ctx,
  input: { name: string } & Partial<PlanLimits>,
): Promise<Plan> {
  checkPlan(input)
  const [plan] = await tx
    .insert(plans)
    .values({ merchantId: ctx.merchantId, id: newId('pln'), createdAt: ctx.now, ...input })
    .returning()
  return plan as Plan
}

export function addPlan(ctx: Ctx, input: { name: string } & Partial<PlanLimits>): Promise<Plan> {
  return transaction(ctx, async (tx) => {
    const plan = await insertPlan(tx, ctx, input)
    await record(tx, ctx, { action: 'plan.added', subject: plan.id, detail: { name: plan.name } })
    return plan
  })
}

/** Changes what guests get from now on; grants already given keep what they were promised. */
export function changePlan(
  ctx: Ctx,
  id: string,
  input: { name?: string } & Partial<PlanLimits>,
): Promise<Plan> {
  checkPlan(input)
  return transaction(ctx, async (tx) => {
    if (Object.keys(input).length === 0) return findPlan(tx, ctx, id)
    const [plan] = await tx
      .update(plans)
      .set(input)
      .where(and(eq(plans.merchantId, ctx.merchantId), eq(plans.id, id)))
      .returning()
    if (!plan) throw notFound('plan')
    await record(tx, ctx, { action: 'plan.changed', subject: id, detail: { fields: Object.keys(input) } })
    return plan
  })
}

export function listPlans(tx: Tx, ctx: Ctx): Promise<Plan[]> {
  return tx
    .select()
    .from(plans)
    .where(eq(plans.merchantId, ctx.merchantId))
    .orderBy(plans.createdAt, plans.id)
}

export async function findPlan(tx: Tx, ctx: Ctx, id: string): Promise<Plan> {
  const [plan] = await tx
    .select()
    .from(plans)
    .where(and(eq(plans.merchantId, ctx.merchantId), eq(plans.id, id)))
  if (!plan) throw notFound('plan')
  return plan
}

function checkPlan(input: { name?: string } & Partial<PlanLimits>) {
  if (input.name !== undefined && (!input.name.trim() || input.name.length > 60))
    throw invalid('plan', 'name')
  const {
    sessionTimeoutSeconds,
    idleTimeoutSeconds,
    bandwidthUpBps,
    bandwidthDownBps,
    devicesMax,
    quotaOctets,
  } = input
  if (sessionTimeoutSeconds != null && (sessionTimeoutSeconds < 60 || sessionTimeoutSeconds > 31_536_000))
    throw invalid('plan', 'time')
  if (idleTimeoutSeconds != null && (idleTimeoutSeconds < 60 || idleTimeoutSeconds > 86_400))
    throw invalid('plan', 'idle')
  for (const bps of [bandwidthUpBps, bandwidthDownBps])
    if (bps != null && (bps < 8000 || bps > 2_000_000_000)) throw invalid('plan', 'bandwidth')
  if (devicesMax != null && (devicesMax < 1 || devicesMax > 100)) throw invalid('plan', 'devices')
  if (quotaOctets != null && quotaOctets < 1n) throw invalid('plan', 'quota')
}
