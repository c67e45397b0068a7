import { z } from 'zod'
import { id, listOf, moment, octets } from './shared.ts'

/** Null means no limit. bit/s from (up) and to (down) the guest. */
export const planLimits = z.object({
  name: z.string().trim().min(1).max(60),
  sessionTimeoutSeconds: z.number().int().min(60).max(31_536_000).nullable(),
  idleTimeoutSeconds: z.number().int().min(60).max(86_400).nullable(),
  bandwidthUpBps: z.number().int().min(8000).max(2_000_000_000).nullable(),
  bandwidthDownBps: z.number().int().min(8000).max(2_000_000_000).nullable(),
  quotaOctets: octets.nullable(),
  devicesMax: z.number().int().min(1).max(100).nullable(),
})
export const plan = planLimits.extend({
  id,
  createdAt: moment,
  /** Sites that use it, for a sign-in or a remembered device. */
  siteIds: z.array(id),
  guestsIn30Days: z.number().int(),
})
export type Plan = z.infer<typeof plan>
export const plans = listOf(plan)
export const planInput = planLimits.partial().extend({ name: z.string().trim().min(1).max(60) })
export type PlanInput = z.infer<typeof planInput>
export const planChange = planLimits.partial()
export type PlanChange = z.infer<typeof planChange>
