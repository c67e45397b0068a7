import { type ConsentText, listTexts, publishText } from '../../db/crm/consents.ts'
import { transaction } from '../../db/index.ts'
import { agreedByText } from '../../db/reports/network.ts'
import type { Handlers } from './handler.ts'
import type { ConsentText as ConsentTextAnswer } from './schemas/consent-texts.ts'

export const consentTextHandlers = {
  'GET /consent-texts': ({ ctx }) =>
    transaction(ctx, async (tx) => {
      const texts = await listTexts(tx, ctx)
      const agreed = await agreedByText(tx, ctx)
      const items = texts.map((text) =>
        answerOf(text, agreed.get(text.id) ?? 0, !texts.some((other) => isNewer(other, text))),
      )
      return { items, total: items.length, nextCursor: null }
    }),

  'POST /consent-texts': async ({ ctx, body }) => answerOf(await publishText(ctx, body), 0, true),
} satisfies Pick<Handlers, 'GET /consent-texts' | 'POST /consent-texts'>

const isNewer = (other: ConsentText, text: ConsentText) =>
  other.purpose === text.purpose && other.locale === text.locale && other.version > text.version

const answerOf = (text: ConsentText, agreed: number, isCurrent: boolean): ConsentTextAnswer => ({
  id: text.id,
  purpose: text.purpose,
  locale: text.locale,
  version: text.version,
  label: text.label,
  text: text.text,
  hash: text.hash,
  createdAt: text.createdAt.toISOString(),
  isCurrent,
  agreed,
})
