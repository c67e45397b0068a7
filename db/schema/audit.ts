import { bigint, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { merchantId, moment } from './columns.ts'

/** Who did what to whom. Append-only; each row carries the hash of the one before it, per merchant. */
export const audit = pgTable(
  'audit',
  {
    merchantId: merchantId(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    at: moment('at').notNull(),
    actor: jsonb('actor').$type<Record<string, unknown>>().notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    detail: jsonb('detail').$type<Record<string, unknown>>().notNull(),
    prevHash: text('prev_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.seq] })],
)

/** The newest link of each merchant's chain: one row to lock, so links never fork. */
export const auditHeads = pgTable('audit_heads', {
  merchantId: text('merchant_id').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  hash: text('hash').notNull(),
})
