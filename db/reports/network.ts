import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import { nasProblems } from '../schema/nas.ts'

/** Open sessions of each gateway, by its id; who is not there has none. */
export async function onlineByNas(tx: Tx, ctx: Ctx): Promise<Map<string, number>> {
  const rows = await tx.execute<{ nasId: string; online: number }>(sql`
    select nas_id as "nasId", count(*)::int as online from sessions
    where merchant_id = ${ctx.merchantId} and stopped_at is null group by nas_id`)
  return new Map(rows.map((row) => [row.nasId, row.online]))
}

/** Guests online at each site now, by its id. */
export async function onlineBySite(tx: Tx, ctx: Ctx): Promise<Map<string, number>> {
  const rows = await tx.execute<{ siteId: string; online: number }>(sql`
    select site_id as "siteId", count(distinct coalesce(guest_id, id))::int as online from sessions
    where merchant_id = ${ctx.merchantId} and stopped_at is null group by site_id`)
  return new Map(rows.map((row) => [row.siteId, row.online]))
}

export type OpenProblem = typeof nasProblems.$inferSelect

/** What is wrong with each gateway and not cleared by a good packet since. */
export async function openProblems(tx: Tx, ctx: Ctx): Promise<Map<string, OpenProblem[]>> {
  const rows = await tx
    .select()
    .from(nasProblems)
    .where(and(eq(nasProblems.merchantId, ctx.merchantId), isNull(nasProblems.clearedAt)))
    .orderBy(nasProblems.firstAt)
  return Map.groupBy(rows, (row) => row.nasId)
}

/** Guests who were let in under each plan in the last 30 days. */
export async function guestsByPlan(tx: Tx, ctx: Ctx): Promise<Map<string, number>> {
  const rows = await tx.execute<{ planId: string; guests: number }>(sql`
    select plan_id as "planId", count(distinct guest_id)::int as guests from grants
    where merchant_id = ${ctx.merchantId} and admits <> 'mac'
      and created_at > ${ctx.now.toISOString()}::timestamptz - interval '30 days'
    group by plan_id`)
  return new Map(rows.map((row) => [row.planId, row.guests]))
}

/** Guests whose newest word was a yes to this very version of a text, by the text's id. */
export async function agreedByText(tx: Tx, ctx: Ctx): Promise<Map<string, number>> {
  const rows = await tx.execute<{ textId: string; agreed: number }>(sql`
    select text_id as "textId", count(*)::int as agreed from (
      select distinct on (guest_id, purpose) text_id, action from consents
      where merchant_id = ${ctx.merchantId} order by guest_id, purpose, at desc, id desc) newest
    where action = 'granted' group by text_id`)
  return new Map(rows.map((row) => [row.textId, row.agreed]))
}
