import { sql } from 'drizzle-orm'
import { customType, index, pgTable, text } from 'drizzle-orm/pg-core'

const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' })

/**
 * What changed in the rights of devices that come back, by the transaction that changed it. Written by triggers of grants
 * and guests, read by `admissionNews`. Of no merchant: no row says more than that a device has to be looked for again.
 */
export const admissionNews = pgTable(
  'admission_news',
  {
    xid: xid8('xid').notNull().default(sql`pg_current_xact_id()`),
    /** Both null: of any device. */
    siteId: text('site_id'),
    mac: text('mac'),
  },
  (t) => [index('admission_news_xid').on(t.xid)],
)
