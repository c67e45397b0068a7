import type { Ctx } from '../../db/context.ts'
import { type Tx, transaction } from '../../db/index.ts'
import { listNas } from '../../db/network/nas.ts'
import { birthdays } from '../../db/reports/birthdays.ts'
import { busyHours } from '../../db/reports/busy-hours.ts'
import { openComplaints } from '../../db/reports/complaints.ts'
import { onlineByNas, openProblems } from '../../db/reports/network.ts'
import { timeZoneOf } from '../../db/reports/places.ts'
import { narrowed } from '../../db/reports/scope.ts'
import { shopFloor } from '../../db/reports/shop-floor.ts'
import { todayNumbers } from '../../db/reports/today-numbers.ts'
import { gatewayWordsOf } from '../words/gateways.ts'
import type { Locale } from '../words/index.ts'
import { type Asker, type Handlers, maySeeSite } from './handler.ts'
import { healthOf } from './nas-health.ts'
import { shownPhone } from './shown/phone.ts'

export const todayHandlers = {
  'GET /today': ({ ctx, asker, query, locale }) =>
    transaction(ctx, async (tx) => {
      const scope = narrowed(asker.siteIds, query.site)
      const timeZone = await timeZoneOf(tx, ctx, asker.siteIds, query.site)
      const numbers = await todayNumbers(tx, ctx, scope, timeZone)
      const inShop = await shopFloor(tx, ctx, scope, timeZone)
      const gateways = await gatewaysOf(tx, ctx, asker, query.site, locale)
      return {
        at: ctx.now.toISOString(),
        timeZone,
        comparedWith: 'weekday' as const,
        gateways: {
          answering: gateways.filter(({ health }) => health === 'answers' || health === 'half-works').length,
          total: gateways.length,
        },
        numbers,
        inShop: inShop.map((row) => withPhone(row, asker)),
        earlierToday: Math.max(0, numbers.guests.value - numbers.onlineNow.value),
        due: {
          complaints: (await openComplaints(tx, ctx, scope)).map((row) => withPhone(row, asker)),
          gatewaysSilent: gateways
            .filter(({ health }) => health === 'silent' || health === 'never')
            .map(({ nas, health }) => ({
              nasId: nas.id,
              siteId: nas.siteId,
              name: nas.name,
              since: nas.lastSeenAt?.toISOString() ?? null,
              health,
            })),
          birthdays: (await birthdays(tx, ctx, scope, timeZone)).map((row) => withPhone(row, asker)),
        },
        heat: await busyHours(tx, ctx, scope, timeZone),
      }
    }),
} satisfies Partial<Handlers>

/** Gateways with their light: the same light that Sites shows. */
async function gatewaysOf(tx: Tx, ctx: Ctx, asker: Asker, siteId: string | undefined, locale: Locale) {
  const online = await onlineByNas(tx, ctx)
  const problems = await openProblems(tx, ctx)
  return (await listNas(tx, ctx, siteId))
    .filter((nas) => maySeeSite(asker, nas.siteId))
    .map((nas) => {
      const { health } = healthOf({
        nas,
        problems: problems.get(nas.id) ?? [],
        onlineNow: online.get(nas.id) ?? 0,
        words: gatewayWordsOf(locale),
        now: ctx.now,
      })
      return { nas, health }
    })
}

const withPhone = <Row extends { phone: string | null }>(row: Row, asker: Asker): Row => ({
  ...row,
  phone: row.phone === null ? null : shownPhone(row.phone, asker),
})
