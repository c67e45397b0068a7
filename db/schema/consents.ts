import {
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { createdAt, merchantId, moment } from './columns.ts'
import { guests } from './guests.ts'
import { merchants } from './merchants.ts'

export type ConsentPurpose = 'terms' | 'marketing'

/** What a guest was asked, word for word. Append-only: an agreed text never changes. */
export const consentTexts = pgTable(
  'consent_texts',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    purpose: text('purpose').$type<ConsentPurpose>().notNull(),
    locale: text('locale').notNull(),
    version: integer('version').notNull(),
    /** The sentence beside the box. */
    label: text('label').notNull(),
    /** The full text behind 'Read'. */
    text: text('text').notNull(),
    /** SHA-256 of label, newline, text; lower hex. */
    hash: text('hash').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    uniqueIndex('consent_texts_version').on(t.merchantId, t.purpose, t.locale, t.version),
    foreignKey({ columns: [t.merchantId], foreignColumns: [merchants.id] }),
  ],
)

/** A dated, provable yes or no to one purpose. Append-only; the present is the newest row of a purpose. */
export const consents = pgTable(
  'consents',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    guestId: text('guest_id').notNull(),
    purpose: text('purpose').$type<ConsentPurpose>().notNull(),
    action: text('action').$type<'granted' | 'denied' | 'withdrawn'>().notNull(),
    textId: text('text_id').notNull(),
    textVersion: integer('text_version').notNull(),
    textHash: text('text_hash').notNull(),
    locale: text('locale').notNull(),
    /** splash, my-data, panel, sms … */
    surface: text('surface').notNull(),
    siteId: text('site_id'),
    mac: text('mac'),
    ip: text('ip'),
    actor: jsonb('actor').notNull(),
    at: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    index('consents_guest').on(t.merchantId, t.guestId, t.purpose, t.at.desc(), t.id.desc()),
    foreignKey({ columns: [t.merchantId, t.guestId], foreignColumns: [guests.merchantId, guests.id] }),
    foreignKey({
      columns: [t.merchantId, t.textId],
      foreignColumns: [consentTexts.merchantId, consentTexts.id],
    }),
  ],
)
