import { z } from 'zod'
import { id, moment } from './shared.ts'

const settings = z.object({
  /** Countries a code may be sent to, besides the merchant's own. */
  smsCountries: z.array(z.string().length(2)).max(250).optional(),
  smsPerDay: z.number().int().min(0).max(1_000_000).optional(),
  privacyContact: z.string().max(200).optional(),
})
export const merchant = z.object({
  id,
  name: z.string(),
  country: z.string(),
  locale: z.string(),
  settings,
  createdAt: moment,
})
export type Merchant = z.infer<typeof merchant>
export const merchantChange = z.object({
  name: z.string().trim().min(1).max(80).optional(),
  country: z.string().length(2).optional(),
  locale: z.string().max(16).optional(),
  settings: settings.optional(),
})
export type MerchantChange = z.infer<typeof merchantChange>
