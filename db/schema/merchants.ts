import { jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { createdAt } from './columns.ts'

/** What a merchant may change about the whole business. Absent means the default. */
export type MerchantSettings = {
  /** Countries a code may be sent to, besides the merchant's own (toll fraud: OWASP API4:2023). */
  smsCountries?: string[]
  /** Codes sent in any 24 hours before sign-in by SMS stops for new numbers. */
  smsPerDay?: number
  /** Where a guest writes to about privacy. */
  privacyContact?: string
}

/** The tenant. Its own `id` is what every other table calls `merchant_id`. */
export const merchants = pgTable('merchants', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  country: text('country').notNull().default('CN'),
  locale: text('locale').notNull().default('zh-CN'),
  settings: jsonb('settings').$type<MerchantSettings>().notNull().default({}),
  createdAt: createdAt(),
})
