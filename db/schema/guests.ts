import { sql } from 'drizzle-orm'
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { bytea, createdAt, merchantId, moment } from './columns.ts'
import { merchants } from './merchants.ts'
import { sites } from './sites.ts'

/** A person as one merchant knows them. */
export const guests = pgTable(
  'guests',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    name: text('name'),
    /** For searching: width and case do not count. */
    nameFolded: text('name_folded').generatedAlwaysAs(sql`fold_name(name)`),
    locale: text('locale'),
    firstSeenAt: moment('first_seen_at').notNull(),
    lastSeenAt: moment('last_seen_at').notNull(),
    /** Kept by the verb that folds sessions into visits, in the same transaction. */
    visitCount: integer('visit_count').notNull().default(0),
    /** Kept by the database: 90 days after the start of the fifth-last visit. A regular until then. */
    regularUntil: moment('regular_until'),
    /** Kept by the database: the action of the newest marketing consent; none: never asked. */
    offers: text('offers').$type<'granted' | 'denied' | 'withdrawn' | 'none'>().notNull().default('none'),
    firstSiteId: text('first_site_id'),
    blockedAt: moment('blocked_at'),
    erasedAt: moment('erased_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    index('guests_last_seen').on(t.merchantId, t.lastSeenAt, t.id),
    index('guests_first_seen').on(t.merchantId, t.firstSeenAt, t.id),
    index('guests_visits').on(t.merchantId, t.visitCount, t.id),
    index('guests_name').on(t.merchantId, t.nameFolded, t.id),
    foreignKey({ columns: [t.merchantId], foreignColumns: [merchants.id] }),
  ],
)

/** Where a guest has been or was let in. Kept by the database from visits and grants. */
export const guestSites = pgTable(
  'guest_sites',
  {
    merchantId: merchantId(),
    guestId: text('guest_id').notNull(),
    siteId: text('site_id').notNull(),
    lastSeenAt: moment('last_seen_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.guestId, t.siteId] }),
    index('guest_sites_site').on(t.merchantId, t.siteId, t.guestId),
    foreignKey({ columns: [t.merchantId, t.guestId], foreignColumns: [guests.merchantId, guests.id] }),
    foreignKey({ columns: [t.merchantId, t.siteId], foreignColumns: [sites.merchantId, sites.id] }),
  ],
)

export type IdentityKind = 'phone' | 'wechat' | 'email'

/** One thing that identifies a guest. Contacts accumulate; a wrong one is marked, never removed. */
export const identities = pgTable(
  'identities',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    guestId: text('guest_id').notNull(),
    kind: text('kind').$type<IdentityKind>().notNull(),
    /** The value, sealed with AES-256-GCM; the key id is its prefix. */
    valueSealed: text('value_sealed').notNull(),
    /** Keyed blind index of the whole value, per merchant. */
    valueIndex: bytea('value_index').notNull(),
    /** Keyed blind index of the last four digits, per merchant; null for what has none. */
    lastFourIndex: bytea('last_four_index'),
    country: text('country'),
    source: text('source').notNull(),
    verifiedAt: moment('verified_at'),
    wrongAt: moment('wrong_at'),
    wrongReason: text('wrong_reason'),
    isPrimary: boolean('is_primary').notNull().default(true),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    uniqueIndex('identities_value').on(t.merchantId, t.kind, t.valueIndex),
    index('identities_last_four').on(t.merchantId, t.lastFourIndex),
    index('identities_guest').on(t.merchantId, t.guestId),
    foreignKey({ columns: [t.merchantId, t.guestId], foreignColumns: [guests.merchantId, guests.id] }),
  ],
)

/** A MAC address seen with a guest; private (randomised) ones say so in their second digit. */
export const devices = pgTable(
  'devices',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    guestId: text('guest_id').notNull(),
    /** 12 lower hex digits. */
    mac: text('mac').notNull(),
    isRandomised: boolean('is_randomised').notNull(),
    label: text('label'),
    firstSeenAt: moment('first_seen_at').notNull(),
    lastSeenAt: moment('last_seen_at').notNull(),
    forgottenAt: moment('forgotten_at'),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    uniqueIndex('devices_mac').on(t.merchantId, t.mac),
    index('devices_guest').on(t.merchantId, t.guestId),
    foreignKey({ columns: [t.merchantId, t.guestId], foreignColumns: [guests.merchantId, guests.id] }),
  ],
)

/** Append-only: what a profile field was, who set it, from where. The newest row of a field is its value. */
export const guestFields = pgTable(
  'guest_fields',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    guestId: text('guest_id').notNull(),
    field: text('field').notNull(),
    value: text('value'),
    source: text('source').notNull(),
    actor: jsonb('actor').notNull(),
    at: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    index('guest_fields_guest').on(t.merchantId, t.guestId, t.field, t.at.desc()),
    foreignKey({ columns: [t.merchantId, t.guestId], foreignColumns: [guests.merchantId, guests.id] }),
  ],
)

/** One contact with a guest: note, call, complaint. Append-only; a correction is a new row that names the old. */
export const interactions = pgTable(
  'interactions',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    guestId: text('guest_id').notNull(),
    siteId: text('site_id'),
    kind: text('kind').$type<'note' | 'call' | 'complaint' | 'survey' | 'purchase'>().notNull(),
    text: text('text').notNull(),
    staffId: text('staff_id'),
    staffName: text('staff_name'),
    correctsId: text('corrects_id'),
    at: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    index('interactions_guest').on(t.merchantId, t.guestId, t.at.desc()),
    foreignKey({ columns: [t.merchantId, t.guestId], foreignColumns: [guests.merchantId, guests.id] }),
    foreignKey({ columns: [t.merchantId, t.siteId], foreignColumns: [sites.merchantId, sites.id] }),
  ],
)
