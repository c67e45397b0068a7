import { foreignKey, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { createdAt, merchantId } from './columns.ts'
import { merchants } from './merchants.ts'
import type { OpeningSpan } from './plans.ts'

/** The look of a splash page as data: which drawing, which words, whose picture. */
export type SiteLook = {
  name: 'ink'
  /** Line under the heading, by language. */
  welcome?: Record<string, string>
  /** One offer on the online page. */
  offer?: { title: Record<string, string>; text: Record<string, string> }
}

/** How a guest may sign in at this site. */
export type SignInMethod = 'sms'

/** One shop or venue. `slug` is unique over all merchants: it stands in the address of the splash page. */
export const sites = pgTable(
  'sites',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    slug: text('slug').notNull(),
    name: text('name').notNull(),
    /** What stands under the name on the splash: 'Tea house, Nanjing Road'. */
    subtitle: text('subtitle'),
    timeZone: text('time_zone').notNull().default('Asia/Shanghai'),
    locale: text('locale').notNull().default('zh-CN'),
    country: text('country').notNull().default('CN'),
    ssid: text('ssid'),
    look: jsonb('look').$type<SiteLook>().notNull().default({ name: 'ink' }),
    methods: jsonb('methods').$type<SignInMethod[]>().notNull().default(['sms']),
    /** The plan of a guest who signs in; of a remembered device where `rememberedPlanId` is null. */
    planId: text('plan_id').notNull(),
    rememberedPlanId: text('remembered_plan_id'),
    /** Days a device goes online by itself after a sign-in; 0 switches it off. */
    rememberedDays: integer('remembered_days').notNull().default(90),
    /** Sessions of one guest closer together than this are one visit. */
    visitGapSeconds: integer('visit_gap_seconds').notNull().default(14400),
    /** When Wi-Fi is on, by the clock of the site; null: always. */
    openingHours: jsonb('opening_hours').$type<OpeningSpan[]>(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    uniqueIndex('sites_slug').on(t.slug),
    foreignKey({ columns: [t.merchantId], foreignColumns: [merchants.id] }),
  ],
)
