import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core'
import { createdAt, merchantId, moment, octets } from './columns.ts'
import { guests } from './guests.ts'
import { merchants } from './merchants.ts'

/** One span of a week: ISO day (Monday is 1), `HH:MM` by the site's clock; `to` not after `from` is the next day. */
export type OpeningSpan = { day: number; from: string; to: string }

/** Limits a guest gets. Null means no limit. Copied onto the grant, so changing a plan never changes a promise. */
export const plans = pgTable(
  'plans',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    sessionTimeoutSeconds: integer('session_timeout_seconds').default(7200),
    idleTimeoutSeconds: integer('idle_timeout_seconds').default(1200),
    /** bit/s from the guest. */
    bandwidthUpBps: integer('bandwidth_up_bps').default(10_000_000),
    /** bit/s to the guest. */
    bandwidthDownBps: integer('bandwidth_down_bps').default(20_000_000),
    quotaOctets: octets('quota_octets'),
    devicesMax: integer('devices_max').default(3),
    /** What a guest may use under this plan from midnight to midnight of the site, all devices together. */
    dailySeconds: integer('daily_seconds'),
    dailyOctets: octets('daily_octets'),
    monthlySeconds: integer('monthly_seconds'),
    monthlyOctets: octets('monthly_octets'),
    openingHours: jsonb('opening_hours').$type<OpeningSpan[]>(),
    /** Only with a balance that staff have topped up. */
    isPrepaid: boolean('is_prepaid').notNull().default(false),
    /** The guest is told by text when so much is left, or so many percent of what there was after the last top-up. */
    noticeSeconds: integer('notice_seconds'),
    noticePercent: integer('notice_percent'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({ columns: [t.merchantId], foreignColumns: [merchants.id] }),
  ],
)

/**
 * What was put on a guest's account of a prepaid plan, append-only. What was used stands nowhere: it is what the
 * sessions have counted, see `balance_left`.
 */
export const balanceEntries = pgTable(
  'balance_entries',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    guestId: text('guest_id').notNull(),
    planId: text('plan_id').notNull(),
    /** Negative where staff take something back. */
    seconds: bigint('seconds', { mode: 'number' }).notNull().default(0),
    octets: octets('octets').notNull().default(0n),
    /** What there was right after it; null where that kind was never topped up. */
    secondsAfter: bigint('seconds_after', { mode: 'number' }),
    octetsAfter: octets('octets_after'),
    reason: text('reason').notNull(),
    actor: jsonb('actor').notNull(),
    at: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    index('balance_entries_guest').on(t.merchantId, t.guestId, t.planId, t.at),
    foreignKey({ columns: [t.merchantId, t.guestId], foreignColumns: [guests.merchantId, guests.id] }),
    foreignKey({ columns: [t.merchantId, t.planId], foreignColumns: [plans.merchantId, plans.id] }),
  ],
)

/** That a guest was told their balance runs low: once between one top-up and the next. */
export const balanceNotices = pgTable(
  'balance_notices',
  {
    merchantId: merchantId(),
    entryId: text('entry_id').notNull(),
    sessionId: text('session_id').notNull(),
    messageId: text('message_id'),
    at: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.entryId] }),
    foreignKey({
      columns: [t.merchantId, t.entryId],
      foreignColumns: [balanceEntries.merchantId, balanceEntries.id],
    }),
  ],
)
