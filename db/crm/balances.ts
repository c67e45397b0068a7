import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Actor, Ctx } from '../context.ts'
import { DomainError, invalid, notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { enqueue } from '../jobs.ts'
import { findPlan, type Plan } from '../network/plans.ts'
import { grants } from '../schema/grants.ts'
import { guests } from '../schema/guests.ts'
import { balanceEntries, plans } from '../schema/plans.ts'
import { newId } from '../values/id.ts'

export type Balance = {
  plan: Plan
  /** Null where none were ever put on it. Never below zero. */
  secondsLeft: number | null
  octetsLeft: bigint | null
}
export type BalanceEntry = typeof balanceEntries.$inferSelect

/**
 * Puts minutes or volume on a guest's account of a prepaid plan, or takes some back (negative). From now on the devices
 * that go online by themselves do so under this plan.
 * Throws `guest.not-found`, `plan.not-found`, `balance.not-prepaid`, `balance.invalid-…`.
 */
export function topUp(
  ctx: Ctx,
  input: { guestId: string; planId: string; seconds?: number; octets?: bigint; reason: string },
): Promise<void> {
  const { guestId, seconds = 0, octets = 0n } = input
  const reason = input.reason.trim()
  if (!reason || reason.length > 200) throw invalid('balance', 'reason')
  if (seconds === 0 && octets === 0n) throw invalid('balance', 'amount')
  if (!Number.isInteger(seconds) || Math.abs(seconds) > maxSeconds || abs(octets) > maxOctets)
    throw invalid('balance', 'amount')
  return transaction(ctx, async (tx) => {
    const plan = await findPlan(tx, ctx, input.planId)
    if (!plan.isPrepaid) throw new DomainError('balance.not-prepaid')
    const [guest] = await tx
      .select({ id: guests.id })
      .from(guests)
      .where(and(eq(guests.merchantId, ctx.merchantId), eq(guests.id, guestId)))
      .for('no key update')
    if (!guest) throw notFound('guest')
    const before = await leftOn(tx, ctx, guestId, plan.id)
    // What was overrun by a report is forgiven with the next top-up: a guest pays for minutes, not for our interval.
    const overrunSeconds = Math.max(0, -(before.seconds ?? 0))
    const overrunOctets = before.octets !== null && before.octets < 0n ? -before.octets : 0n
    const forgiven = {
      seconds: seconds > 0 ? overrunSeconds : 0,
      octets: octets > 0n ? overrunOctets : 0n,
    }
    const after = {
      seconds: seconds ? (before.seconds ?? 0) + forgiven.seconds + seconds : before.seconds,
      octets: octets ? (before.octets ?? 0n) + forgiven.octets + octets : before.octets,
    }
    if ((seconds < 0 && (after.seconds ?? 0) < 0) || (octets < 0n && (after.octets ?? 0n) < 0n))
      throw new DomainError('balance.too-little')
    const entry = { merchantId: ctx.merchantId, guestId, planId: plan.id, actor: ctx.actor, at: ctx.now }
    if (forgiven.seconds || forgiven.octets)
      await tx.insert(balanceEntries).values({
        ...entry,
        id: newId('bal'),
        ...forgiven,
        reason: 'overrun',
        secondsAfter: null,
        octetsAfter: null,
      })
    const id = newId('bal')
    await tx.insert(balanceEntries).values({
      ...entry,
      id,
      seconds,
      octets,
      reason,
      secondsAfter: after.seconds,
      octetsAfter: after.octets,
    })
    if (seconds > 0 || octets > 0n) await moveRights(tx, ctx, guestId, plan)
    await tellGateways(tx, ctx, guestId, plan.id)
    await record(tx, ctx, {
      action: 'balance.changed',
      subject: guestId,
      detail: { entryId: id, planId: plan.id, seconds, octets: String(octets) },
    })
  })
}

const maxSeconds = 10 * 366 * 86_400
const maxOctets = 10n ** 15n
const abs = (count: bigint) => (count < 0n ? -count : count)

/** The rights to be remembered go on under the plan that is paid for. */
async function moveRights(tx: Tx, ctx: Ctx, guestId: string, plan: Plan): Promise<void> {
  await tx
    .update(grants)
    .set(planLimits(plan))
    .where(
      and(
        eq(grants.merchantId, ctx.merchantId),
        eq(grants.guestId, guestId),
        eq(grants.admits, 'mac'),
        isNull(grants.revokedAt),
      ),
    )
}

/** Devices that are online under this plan may go on for longer, or must end sooner: their gateways are told (CoA). */
async function tellGateways(tx: Tx, ctx: Ctx, guestId: string, planId: string): Promise<void> {
  const online = await tx.execute<{ id: string }>(sql`
    update sessions s set limits_change = jsonb_build_object('outcome', 'waiting', 'at', ${ctx.now.toISOString()}::text)
      from grants g
      where s.merchant_id = ${ctx.merchantId} and s.guest_id = ${guestId} and s.stopped_at is null
        and g.merchant_id = s.merchant_id and g.id = s.grant_id and g.plan_id = ${planId} and g.is_prepaid
      returning s.id`)
  for (const { id } of online)
    await enqueue(tx, ctx, 'radius.change-limits', { merchantId: ctx.merchantId, sessionId: id })
}

/** The limits of a plan as they are copied onto a grant. */
export const planLimits = (plan: Plan) => ({
  planId: plan.id,
  sessionTimeoutSeconds: plan.sessionTimeoutSeconds,
  idleTimeoutSeconds: plan.idleTimeoutSeconds,
  bandwidthUpBps: plan.bandwidthUpBps,
  bandwidthDownBps: plan.bandwidthDownBps,
  quotaOctets: plan.quotaOctets,
  devicesMax: plan.devicesMax,
  dailySeconds: plan.dailySeconds,
  dailyOctets: plan.dailyOctets,
  monthlySeconds: plan.monthlySeconds,
  monthlyOctets: plan.monthlyOctets,
  openingHours: plan.openingHours,
  isPrepaid: plan.isPrepaid,
  isMetered:
    plan.isPrepaid ||
    [
      plan.quotaOctets,
      plan.dailySeconds,
      plan.dailyOctets,
      plan.monthlySeconds,
      plan.monthlyOctets,
      plan.openingHours,
    ].some((limit) => limit !== null),
})

/** What is left on every account of a guest, the one topped up last first. */
export async function balancesOf(tx: Tx, ctx: Ctx, guestId: string): Promise<Balance[]> {
  const last = sql<string>`max(${balanceEntries.at})`
  const rows = await tx
    .select({ plan: plans, last })
    .from(balanceEntries)
    .innerJoin(
      plans,
      and(eq(plans.merchantId, balanceEntries.merchantId), eq(plans.id, balanceEntries.planId)),
    )
    .where(and(eq(balanceEntries.merchantId, ctx.merchantId), eq(balanceEntries.guestId, guestId)))
    .groupBy(plans.merchantId, plans.id)
    .orderBy(desc(last))
  const balances: Balance[] = []
  for (const { plan } of rows) {
    const left = await leftOn(tx, ctx, guestId, plan.id)
    balances.push({
      plan,
      secondsLeft: left.seconds === null ? null : Math.max(0, left.seconds),
      octetsLeft: left.octets === null ? null : left.octets < 0n ? 0n : left.octets,
    })
  }
  return balances
}

/** The prepaid plan a guest has something left on. */
export async function paidPlan(tx: Tx, ctx: Ctx, guestId: string): Promise<Plan | undefined> {
  const paid = (await balancesOf(tx, ctx, guestId)).find(
    ({ secondsLeft, octetsLeft }) =>
      (secondsLeft !== null || octetsLeft !== null) && secondsLeft !== 0 && octetsLeft !== 0n,
  )
  return paid?.plan
}

/** All that was ever put on or taken off, newest first. */
export function balanceHistory(tx: Tx, ctx: Ctx, guestId: string): Promise<BalanceEntry[]> {
  return tx
    .select()
    .from(balanceEntries)
    .where(and(eq(balanceEntries.merchantId, ctx.merchantId), eq(balanceEntries.guestId, guestId)))
    .orderBy(desc(balanceEntries.at), desc(balanceEntries.id))
}

async function leftOn(
  tx: Tx,
  ctx: Ctx,
  guestId: string,
  planId: string,
): Promise<{ seconds: number | null; octets: bigint | null }> {
  const [row] = await tx.execute<{ seconds: string | null; octets: string | null }>(sql`
    select seconds::text, octets::text from balance_left(${ctx.merchantId}, ${guestId}, ${planId})`)
  return {
    seconds: row?.seconds == null ? null : Number(row.seconds),
    octets: row?.octets == null ? null : BigInt(row.octets),
  }
}

/** Who put it on: staff and keys by their name. */
export const byWhom = ({ actor }: BalanceEntry): string | null =>
  // Written by topUp alone.
  (actor as Actor & { name?: string }).name ?? null
