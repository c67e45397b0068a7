import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import { balanceNotices } from '../schema/plans.ts'
import { identitiesOf } from './identities.ts'
import { queueMessage } from './messages.ts'

export type BalanceNotice = {
  guestId: string
  siteId: string
  siteName: string
  merchantName: string
  planName: string
  locale: string | null
  phone: string
  /** Null where that kind was never topped up. */
  secondsLeft: number | null
  octetsLeft: bigint | null
  isOnline: boolean
  /** Hour of the day at the site. */
  hour: number
}

/**
 * What a guest is to be told about a balance that ran low. It is part of the contract they paid for, so no consent to
 * advertising is needed. undefined where there is nothing to say any more: told already, topped up since, blocked,
 * erased, or no number that works.
 */
export async function balanceNotice(tx: Tx, ctx: Ctx, entryId: string): Promise<BalanceNotice | undefined> {
  const [row] = await tx.execute<Row>(sql`
    select e.guest_id as "guestId", s.site_id as "siteId", t.name as "siteName", m.name as "merchantName",
      p.name as "planName", u.locale, l.seconds::text as "secondsLeft", l.octets::text as "octetsLeft",
      exists (select from sessions o where o.merchant_id = e.merchant_id and o.guest_id = e.guest_id
        and o.stopped_at is null) as "isOnline",
      extract(hour from ${ctx.now.toISOString()}::timestamptz at time zone t.time_zone)::int as hour
    from balance_notices n
    join balance_entries e on e.merchant_id = n.merchant_id and e.id = n.entry_id
    join sessions s on s.merchant_id = n.merchant_id and s.id = n.session_id
    join sites t on t.merchant_id = s.merchant_id and t.id = s.site_id
    join merchants m on m.id = e.merchant_id
    join plans p on p.merchant_id = e.merchant_id and p.id = e.plan_id
    join guests u on u.merchant_id = e.merchant_id and u.id = e.guest_id
    cross join lateral balance_left(e.merchant_id, e.guest_id, e.plan_id) l
    where n.merchant_id = ${ctx.merchantId} and n.entry_id = ${entryId} and n.message_id is null
      and u.blocked_at is null and u.erased_at is null
      and not exists (select from balance_entries later where later.merchant_id = e.merchant_id
        and later.guest_id = e.guest_id and later.plan_id = e.plan_id and later.at > e.at)`)
  if (!row) return undefined
  const phone = (await identitiesOf(tx, ctx, row.guestId)).find(
    ({ kind, wrongAt }) => kind === 'phone' && wrongAt === null,
  )
  if (!phone) return undefined
  return {
    ...row,
    phone: phone.value,
    secondsLeft: row.secondsLeft === null ? null : Math.max(0, Number(row.secondsLeft)),
    octetsLeft: row.octetsLeft === null ? null : BigInt(row.octetsLeft.replace(/^-.*/, '0')),
  }
}

type Row = Omit<BalanceNotice, 'phone' | 'secondsLeft' | 'octetsLeft'> & {
  secondsLeft: string | null
  octetsLeft: string | null
}

/** Queues the text and ties it to the crossing; a second try finds it tied. */
export async function sendNotice(
  tx: Tx,
  ctx: Ctx,
  entryId: string,
  notice: BalanceNotice,
  message: { text: string; segments: number },
): Promise<void> {
  const open = and(
    eq(balanceNotices.merchantId, ctx.merchantId),
    eq(balanceNotices.entryId, entryId),
    isNull(balanceNotices.messageId),
  )
  const [free] = await tx
    .select({ entryId: balanceNotices.entryId })
    .from(balanceNotices)
    .where(open)
    .for('update')
  if (!free) return
  const messageId = await queueMessage(tx, ctx, {
    ...message,
    to: notice.phone,
    kind: 'notice',
    guestId: notice.guestId,
    siteId: notice.siteId,
  })
  await tx.update(balanceNotices).set({ messageId }).where(open)
}
