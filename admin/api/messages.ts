import { DomainError } from '../../db/errors.ts'
import { transaction } from '../../db/index.ts'
import { findMerchant } from '../../db/network/merchants.ts'
import { listMessages, messagesToday } from '../../db/reports/messages.ts'
import { searchedPhone } from '../../db/values/phone.ts'
import type { Handlers } from './handler.ts'
import { shownMessage, shownOutboxItem } from './shown/message.ts'

export const messageHandlers = {
  'GET /messages': ({ ctx, asker, query, deps }) =>
    transaction(ctx, async (tx) => {
      const { site, ...rest } = query
      const { country } = await findMerchant(tx, ctx)
      const where = { scope: asker.siteIds, siteId: site }
      const today = await messagesToday(tx, ctx, where)
      const page = await listMessages(tx, ctx, { ...rest, ...where, country })
      return {
        ...page,
        items: page.items.map((row) => shownMessage(row, asker, deps.config.messenger)),
        today,
      }
    }),

  'GET /outbox': async ({ ctx, asker, query, deps }) => {
    if (deps.config.messenger !== 'outbox') throw new DomainError('outbox.not-here', 404)
    return transaction(ctx, async (tx) => {
      const { country } = await findMerchant(tx, ctx)
      const asked = query.to ? searchedPhone(query.to, country)?.e164 : undefined
      const page = await listMessages(tx, ctx, { ...query, scope: asker.siteIds, country })
      return { ...page, items: page.items.map((row) => shownOutboxItem(row, asker, asked)) }
    })
  },
} satisfies Partial<Handlers>
