import { and, eq } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { invalid, notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { type OpeningSpan, plans } from '../schema/plans.ts'
import { newId } from '../values/id.ts'

export type Plan = typeof plans.$inferSelect
export type { OpeningSpan }
export type PlanLimits = Pick<
  Plan,
  | 'sessionTimeoutSeconds'
  | 'idleTimeoutSeconds'
  | 'bandwidthUpBps'
  | 'bandwidthDownBps'
  | 'quotaOctets'
  | 'devicesMax'
  | 'dailySeconds'
  | 'dailyOctets'
  | 'monthlySeconds'
  | 'monthlyOctets'
  | 'openingHours'
  | 'isPrepaid'
  | 'noticeSeconds'
  | 'noticePercent'
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
  const { dailySeconds, dailyOctets, monthlySeconds, monthlyOctets, openingHours } = input
  for (const octets of [quotaOctets, dailyOctets, monthlyOctets])
    if (octets != null && octets < 1n) throw invalid('plan', 'quota')
  if (dailySeconds != null && (dailySeconds < 60 || dailySeconds > 86_400)) throw invalid('plan', 'day')
  if (monthlySeconds != null && (monthlySeconds < 60 || monthlySeconds > 2_678_400))
    throw invalid('plan', 'month')
  if (!areOpeningHours(openingHours)) throw invalid('plan', 'hours')
  const { noticeSeconds, noticePercent } = input
  if (noticeSeconds != null && (noticeSeconds < 60 || noticeSeconds > 86_400)) throw invalid('plan', 'notice')
  if (noticePercent != null && (noticePercent < 1 || noticePercent > 90)) throw invalid('plan', 'notice')
}

/** Spans by day and clock, at least one: no hours at all would be a plan that nobody can use. */
export function areOpeningHours(hours: OpeningSpan[] | null | undefined): boolean {
  if (hours == null) return true
  return (
    hours.length > 0 &&
    hours.length <= 28 &&
    hours.every(
      ({ day, from, to }) =>
        Number.isInteger(day) &&
        day >= 1 &&
        day <= 7 &&
        /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(from) &&
        /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.test(to),
    )
  )
}
