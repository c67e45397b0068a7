import { sql } from 'drizzle-orm'
import { customType, text, timestamp } from 'drizzle-orm/pg-core'

/** Raw bytes. */
export const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

/** Unsigned 64-bit counters: 2^64−1 overflows `bigint` (RFC 2869 §5.1: 32 bits plus Gigawords). */
export const octets = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'numeric(20,0)',
  fromDriver: (text) => BigInt(text),
  toDriver: (count) => count.toString(),
})

/** A moment, always with its zone. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** Leads the primary key and every foreign key of a tenant table. */
export const merchantId = () => text('merchant_id').notNull()

export const createdAt = () => moment('created_at').notNull().default(sql`now()`)
