import { foreignKey, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bytea, createdAt, merchantId, moment } from './columns.ts'
import { merchants } from './merchants.ts'

export type MessageState = 'queued' | 'sending' | 'sent' | 'delivered' | 'failed' | 'unknown'

/** One text on its way to a guest. Recipient and text are sealed; the state is the provider's word. */
export const messages = pgTable(
  'messages',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    guestId: text('guest_id'),
    siteId: text('site_id'),
    channel: text('channel').$type<'sms'>().notNull(),
    /** code, campaign, notice … */
    kind: text('kind').notNull(),
    toSealed: text('to_sealed').notNull(),
    toIndex: bytea('to_index').notNull(),
    lastFourIndex: bytea('last_four_index'),
    textSealed: text('text_sealed').notNull(),
    segments: integer('segments').notNull().default(1),
    state: text('state').$type<MessageState>().notNull().default('queued'),
    provider: text('provider'),
    providerMessageId: text('provider_message_id'),
    /** A closed set of words, never the provider's own text. */
    problem: text('problem'),
    codeId: text('code_id'),
    createdAt: createdAt(),
    sentAt: moment('sent_at'),
    deliveredAt: moment('delivered_at'),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    index('messages_at').on(t.merchantId, t.createdAt.desc(), t.id.desc()),
    index('messages_guest').on(t.merchantId, t.guestId, t.createdAt.desc()),
    index('messages_to').on(t.merchantId, t.toIndex, t.createdAt.desc()),
    uniqueIndex('messages_provider').on(t.provider, t.providerMessageId),
    foreignKey({ columns: [t.merchantId], foreignColumns: [merchants.id] }),
  ],
)
