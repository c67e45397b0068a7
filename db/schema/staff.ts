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
import { createdAt, merchantId, moment } from './columns.ts'
import { merchants } from './merchants.ts'

export type StaffRole = 'owner' | 'manager' | 'staff'

/** Ties a sign-in account to a merchant. One account may work for several merchants. */
export const staff = pgTable(
  'staff',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    /** Null until the invitation was taken. */
    accountId: text('account_id'),
    name: text('name').notNull(),
    email: text('email').notNull(),
    role: text('role').$type<StaffRole>().notNull(),
    /** Null: all sites. */
    siteIds: jsonb('site_ids').$type<string[]>(),
    endedAt: moment('ended_at'),
    /** Kept to the minute. */
    lastSeenAt: moment('last_seen_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    uniqueIndex('staff_account').on(t.merchantId, t.accountId),
    index('staff_by_account').on(t.accountId),
    uniqueIndex('staff_email').on(t.merchantId, sql`lower(${t.email})`),
    foreignKey({ columns: [t.merchantId], foreignColumns: [merchants.id] }),
  ],
)

/** A one-time link to a membership. Only SHA-256 of its code is kept. */
export const invitations = pgTable(
  'invitations',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    staffId: text('staff_id').notNull(),
    codeHash: text('code_hash').notNull(),
    expiresAt: moment('expires_at').notNull(),
    takenAt: moment('taken_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    uniqueIndex('invitations_code').on(t.codeHash),
    index('invitations_staff').on(t.merchantId, t.staffId),
    foreignKey({ columns: [t.merchantId, t.staffId], foreignColumns: [staff.merchantId, staff.id] }),
  ],
)

/** A key for programs. Only SHA-256 of it is kept: 256 random bits need no slow hash. */
export const apiKeys = pgTable(
  'api_keys',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    keyHash: text('key_hash').notNull(),
    /** First characters, to recognise it in a list. */
    hint: text('hint').notNull(),
    mayReveal: boolean('may_reveal').notNull().default(false),
    lastUsedAt: moment('last_used_at'),
    revokedAt: moment('revoked_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    uniqueIndex('api_keys_hash').on(t.keyHash),
    foreignKey({ columns: [t.merchantId], foreignColumns: [merchants.id] }),
  ],
)

/** The one-time link of the very first start. */
export const setupCodes = pgTable('setup_codes', {
  codeHash: text('code_hash').primaryKey(),
  createdAt: createdAt(),
  usedAt: moment('used_at'),
  tries: integer('tries').notNull().default(0),
})
