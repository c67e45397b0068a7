import type { Ctx } from '../../db/context.ts'
import { balanceNotice, sendNotice } from '../../db/crm/balance-notices.ts'
import { type Db, transaction } from '../../db/index.ts'
import { enqueue, type JobHandlers } from '../../db/jobs.ts'
import { segmentsOf } from '../login/sms-text.ts'
import { octets } from '../splash/format.ts'
import { parseLocale, wordsOf } from '../splash/words/index.ts'

/** Hours of the site in which nobody is texted who is not online. */
const quietFrom = 22
const quietUntil = 8

/**
 * Tells a guest, in their language, that their balance runs low. Who is online is told at once; who has left by then
 * (a report came late) is not woken: it waits for the morning.
 */
export function balanceNotices(deps: { db: Db; now?: () => Date }): JobHandlers['balance.notice'] {
  return ({ merchantId, entryId }) => {
    const now = deps.now?.() ?? new Date()
    const ctx: Ctx = { db: deps.db, merchantId, actor: { kind: 'job', name: 'balance.notice' }, now }
    return transaction(ctx, async (tx) => {
      const notice = await balanceNotice(tx, ctx, entryId)
      if (!notice) return
      const { hour } = notice
      if (!notice.isOnline && (hour >= quietFrom || hour < quietUntil)) {
        const hours = (quietUntil - hour + 24) % 24
        return enqueue(
          tx,
          ctx,
          'balance.notice',
          { merchantId, entryId },
          { startAfterSeconds: hours * 3600 },
        )
      }
      const words = wordsOf(parseLocale(notice.locale ?? undefined) ?? 'en')
      const left = [
        ...(notice.secondsLeft === null ? [] : [words.minutes(Math.floor(notice.secondsLeft / 60))]),
        ...(notice.octetsLeft === null
          ? []
          : [notice.octetsLeft === 0n ? '0 MB' : octets(notice.octetsLeft)]),
      ]
      const isEmpty = notice.secondsLeft === 0 || notice.octetsLeft === 0n
      const text = isEmpty
        ? words.sms.balanceEmpty(notice.siteName, notice.planName)
        : words.sms.balanceLow(notice.siteName, notice.planName, left)
      await sendNotice(tx, ctx, entryId, notice, { text, segments: segmentsOf(text) })
    })
  }
}
