import { z } from 'zod'
import { id, listOf, moment, openingHours, words } from './shared.ts'

export const look = z.object({
  name: z.enum(['ink']),
  welcome: words.optional(),
  offer: z.object({ title: words, text: words }).optional(),
})
export const signInMethod = z.enum(['sms'])

export const siteSettings = z.object({
  name: z.string().trim().min(1).max(80),
  subtitle: z.string().max(80).nullable(),
  timeZone: z.string().max(64),
  locale: z.string().max(16),
  country: z.string().length(2),
  ssid: z.string().max(32).nullable(),
  look,
  methods: z.array(signInMethod).min(1),
  planId: id,
  rememberedPlanId: id.nullable(),
  rememberedDays: z.number().int().min(0).max(730),
  visitGapSeconds: z.number().int().min(60).max(172_800),
  /** When Wi-Fi is on. */
  openingHours,
})
export const site = siteSettings.extend({
  id,
  slug: z.string(),
  /** Where gateways send guests. */
  portalUrl: z.string(),
  gateways: z.object({ answering: z.number().int(), total: z.number().int() }),
  onlineNow: z.number().int(),
  createdAt: moment,
})
export type Site = z.infer<typeof site>
export const sites = listOf(site)
export const siteInput = siteSettings
  .partial()
  .extend({ name: z.string().trim().min(1).max(80), slug: z.string().max(64).optional() })
export type SiteInput = z.infer<typeof siteInput>
export const siteChange = siteSettings.partial()
export type SiteChange = z.infer<typeof siteChange>

export const setupTextQuery = z.object({ nas: id })
/** What to type into a gateway, filled in. Secrets are masked here and whole in the answer to `POST …/copy`. */
export const setupText = z.object({
  nasId: id,
  gateway: z.enum(['uam', 'opennds']),
  /** `title` is a key of the UI's words: radius-config, restart, uci, conf … */
  steps: z.array(
    z.object({ title: z.string(), file: z.string().nullable(), language: z.string(), text: z.string() }),
  ),
  /** The same, one by one, for a device with a page of fields. */
  values: z.array(z.object({ name: z.string(), value: z.string(), secret: z.boolean() })),
})
export type SetupText = z.infer<typeof setupText>
export const setupTextCopy = z.object({ nasId: id })
