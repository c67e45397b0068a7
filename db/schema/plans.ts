import { foreignKey, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { createdAt, merchantId, octets } from './columns.ts'
import { merchants } from './merchants.ts'

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
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({ columns: [t.merchantId], foreignColumns: [merchants.id] }),
  ],
)
