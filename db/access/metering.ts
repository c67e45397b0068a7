import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { type Db, type Tx, transaction } from '../index.ts'
import { enqueue } from '../jobs.ts'
import { balanceNotices } from '../schema/plans.ts'
import { arrayLiteral } from '../values/array.ts'
import type { SessionKey } from './accounting.ts'
import type { RefusalReason } from './admit.ts'

/** What a grant has left now; null is no limit. */
export type Left = {
  /** The first thing that is used up, or closed; undefined where the device may be online. */
  why: RefusalReason | undefined
  seconds: number | null
  octets: bigint | null
  /** When what is used up begins anew, where that is known. */
  resumesAt: Date | null
}

/** What is left of a grant by its quotas, its balance and the opening hours: the answer that admission gives, too. */
export async function leftOf(tx: Tx, ctx: Ctx, grantId: string): Promise<Left> {
  const [row] = await tx.execute<LeftRow>(sql`
    select why, seconds_left::text as seconds, octets_left::text as octets, resumes_at::text as "resumesAt"
    from meter_grant(${ctx.merchantId}, ${grantId}, ${ctx.now.toISOString()}::timestamptz)`)
  return toLeft(row)
}

type LeftRow = {
  why: string | null
  seconds: string | null
  octets: string | null
  resumesAt: string | null
}

function toLeft(row: LeftRow | undefined): Left {
  return {
    // One of the words of meter_grant.
    why: (row?.why || undefined) as RefusalReason | undefined,
    seconds: row?.seconds ? Number(row.seconds) : null,
    octets: row?.octets ? BigInt(row.octets) : null,
    resumesAt: row?.resumesAt ? new Date(row.resumesAt) : null,
  }
}

/** When the site is open, and when it opens next; null where it always is or never again. */
export async function openingOf(
  tx: Tx,
  ctx: Ctx,
  siteId: string,
): Promise<{ isOpen: boolean; closesAt: Date | null; opensAt: Date | null }> {
  const [row] = await tx.execute<{ isOpen: boolean; closesAt: string | null; opensAt: string | null }>(sql`
    select closes is not null as "isOpen", nullif(closes, 'infinity')::text as "closesAt",
      case when closes is null then opens_at(opening_hours, time_zone, now)::text end as "opensAt"
    from (select *, ${ctx.now.toISOString()}::timestamptz as now,
        closes_at(opening_hours, time_zone, ${ctx.now.toISOString()}::timestamptz) as closes
      from sites where merchant_id = ${ctx.merchantId} and id = ${siteId}) t`)
  const at = (text: string | null | undefined) => (text ? new Date(text) : null)
  return { isOpen: row?.isOpen ?? true, closesAt: at(row?.closesAt), opensAt: at(row?.opensAt) }
}

/**
 * Looks at sessions whose counters have risen: one whose grant has nothing left is ended by its NAS (the next
 * Access-Request is refused by admission in any case), and a guest whose balance runs low is told, once between one
 * top-up and the next. Run as often as one likes.
 */
export async function settleMetered(db: Db, sessions: SessionKey[], now: Date): Promise<void> {
  const due = await db.sql.unsafe<(SessionKey & { isOver: boolean; entryId: string | null })[]>(
    dueStatement,
    [
      now.toISOString(),
      arrayLiteral(sessions.map((session) => session.merchantId)),
      arrayLiteral(sessions.map((session) => session.sessionId)),
    ],
    { prepare: true },
  )
  for (const { merchantId, sessionId, isOver, entryId } of due) {
    const ctx: Ctx = { db, merchantId, actor: { kind: 'job', name: 'sessions.meter' }, now }
    await transaction(ctx, async (tx) => {
      if (isOver) await cutOff(tx, ctx, sessionId)
      if (entryId) await noticeLow(tx, ctx, sessionId, entryId)
    })
  }
}

/**
 * Every open session with a quota, a balance or hours, and those reported beyond the end of their grant: for closing
 * time, for what a process had no time to settle, and for a NAS that lets Session-Timeout pass.
 */
export async function settleAllMetered(db: Db, now: Date): Promise<void> {
  const all = await db.sql<SessionKey[]>`
    select s.merchant_id as "merchantId", s.id as "sessionId" from sessions s
      join sites t on t.merchant_id = s.merchant_id and t.id = s.site_id
      join grants g on g.merchant_id = s.merchant_id and g.id = s.grant_id
      where s.stopped_at is null and (s.is_metered or t.opening_hours is not null or ${db.sql.unsafe(outlived)})`
  for (let at = 0; at < all.length; at += 500) await settleMetered(db, all.slice(at, at + 500), now)
}

/** Still reported a minute after its grant has ended: the NAS ends it itself by then, if it does. */
const outlived = `s.updated_at > g.ends_at + interval '60 seconds'`

/** Asked again a minute after the last time, not with every report in between. */
const mayAsk = `s.stopped_at is null
  and (s.disconnect is null or (s.disconnect->>'at')::timestamptz < $1::timestamptz - interval '60 seconds')`

const dueStatement = `
  select * from (
    select s.merchant_id as "merchantId", s.id as "sessionId",
        case when ${mayAsk} then ${outlived} or (select m.why <> '' from meter_grant(s.merchant_id, s.grant_id, $1::timestamptz) m)
          else false end as "isOver",
        case when g.is_prepaid then (
          select e.id from plans p
            join lateral (select * from balance_entries b
              where b.merchant_id = g.merchant_id and b.guest_id = g.guest_id and b.plan_id = g.plan_id
              order by b.at desc, b.id desc limit 1) e on true
            cross join lateral balance_left(g.merchant_id, g.guest_id, g.plan_id) l
            cross join lateral (select greatest(p.notice_seconds, e.seconds_after * p.notice_percent / 100) as seconds,
              e.octets_after * p.notice_percent / 100 as octets) low
            where p.merchant_id = g.merchant_id and p.id = g.plan_id
              and ((l.seconds <= low.seconds and e.seconds_after > low.seconds)
                or (l.octets <= low.octets and e.octets_after > low.octets))
              and not exists (select from balance_notices n where n.merchant_id = e.merchant_id and n.entry_id = e.id))
          end as "entryId"
      from unnest($2::text[], $3::text[]) as t(merchant_id, id)
      join sessions s on s.merchant_id = t.merchant_id and s.id = t.id
      join grants g on g.merchant_id = s.merchant_id and g.id = s.grant_id) as each
    where "isOver" or "entryId" is not null`

async function cutOff(tx: Tx, ctx: Ctx, sessionId: string): Promise<void> {
  const at = ctx.now.toISOString()
  const [cut] = await tx.execute<{ id: string }>(sql`
    update sessions s set disconnect = jsonb_build_object('outcome', 'waiting', 'at', ${at}::text)
      where s.merchant_id = ${ctx.merchantId} and s.id = ${sessionId} and s.stopped_at is null
        and (s.disconnect is null or (s.disconnect->>'at')::timestamptz < ${at}::timestamptz - interval '60 seconds')
      returning s.id`)
  if (cut) await enqueue(tx, ctx, 'radius.disconnect', { merchantId: ctx.merchantId, sessionId })
}

/** The row is the crossing: of two processes that see it, one tells the guest. */
async function noticeLow(tx: Tx, ctx: Ctx, sessionId: string, entryId: string): Promise<void> {
  const told = await tx
    .insert(balanceNotices)
    .values({ merchantId: ctx.merchantId, entryId, sessionId, at: ctx.now })
    .onConflictDoNothing()
    .returning({ entryId: balanceNotices.entryId })
  if (told.length) await enqueue(tx, ctx, 'balance.notice', { merchantId: ctx.merchantId, entryId })
}
