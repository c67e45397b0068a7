import { z } from 'zod'
import { id, listOf, moment, octets, openingHours } from './shared.ts'

/** Null means no limit. bit/s from (up) and to (down) the guest. */
export const planLimits = z.object({
  name: z.string().trim().min(1).max(60),
  sessionTimeoutSeconds: z.number().int().min(60).max(31_536_000).nullable(),
  idleTimeoutSeconds: z.number().int().min(60).max(86_400).nullable(),
  bandwidthUpBps: z.number().int().min(8000).max(2_000_000_000).nullable(),
  bandwidthDownBps: z.number().int().min(8000).max(2_000_000_000).nullable(),
  quotaOctets: octets.nullable(),
  devicesMax: z.number().int().min(1).max(100).nullable(),
  /** What one guest may use from midnight to midnight of the site, and in a month, all devices together. */
  dailySeconds: z.number().int().min(60).max(86_400).nullable(),
  dailyOctets: octets.nullable(),
  monthlySeconds: z.number().int().min(60).max(2_678_400).nullable(),
  monthlyOctets: octets.nullable(),
  openingHours,
  /** Only with a balance that staff have topped up. */
  isPrepaid: z.boolean(),
  /** The guest gets a text when so much of the balance is left, or so many percent of the last top-up. */
  noticeSeconds: z.number().int().min(60).max(86_400).nullable(),
  noticePercent: z.number().int().min(1).max(90).nullable(),
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

/** What is left on a guest's account of a prepaid plan; null where that kind was never topped up. */
export const balance = z.object({
  planId: id,
  planName: z.string(),
  secondsLeft: z.number().int().nullable(),
  octetsLeft: octets.nullable(),
})
export const balanceEntry = z.object({
  id,
  planId: id,
  planName: z.string(),
  at: moment,
  /** Negative where something was taken back. */
  seconds: z.number().int(),
  octets: z.string().regex(/^-?\d{1,20}$/),
  reason: z.string(),
  by: z.string().nullable(),
})
export const balances = z.object({ items: z.array(balance), history: z.array(balanceEntry) })
export type Balances = z.infer<typeof balances>
export const topUpInput = z.object({
  planId: id,
  seconds: z.number().int().min(-315_619_200).max(315_619_200).optional(),
  octets: z
    .string()
    .regex(/^-?\d{1,16}$/)
    .optional(),
  reason: z.string().trim().min(1).max(200),
})
export type TopUpInput = z.infer<typeof topUpInput>
