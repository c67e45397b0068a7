import { z } from 'zod'
import { id, moment } from './shared.ts'

/** What the 'waiting for the first guest' page ticks off; null without a session. */
export const waiting = z.object({
  gateway: z
    .object({ id, name: z.string(), address: z.string().nullable(), lastSeenAt: moment.nullable() })
    .nullable(),
  /** Moments it was first true, or null. */
  heardAt: moment.nullable(),
  secretRight: z.boolean(),
  clockAgrees: z.boolean(),
  redirectedAt: moment.nullable(),
  firstGuest: z.object({ guestId: id, at: moment }).nullable(),
  problems: z.array(z.object({ kind: z.string(), text: z.string(), remedy: z.string() })),
})
export type Waiting = z.infer<typeof waiting>
export const setupState = z.object({
  /** True as long as nobody owns this installation. */
  needed: z.boolean(),
  waiting: waiting.nullable(),
})
export type SetupState = z.infer<typeof setupState>

export const setupCode = z.object({ code: z.string().min(1).max(64) })
export const setupCodeState = z.object({ valid: z.boolean() })

/** Owner, business and site in one go; the gateway follows by `POST /nas`. Signs the owner in. */
export const setupInput = setupCode.extend({
  owner: z.object({
    name: z.string().trim().min(1).max(80),
    email: z.email().max(200),
    password: z.string().min(12).max(200),
  }),
  merchant: z.object({
    name: z.string().trim().min(1).max(80),
    country: z.string().length(2).default('CN'),
    locale: z.string().max(16).default('zh-CN'),
  }),
  site: z.object({
    name: z.string().trim().min(1).max(80),
    slug: z.string().max(64).optional(),
    timeZone: z.string().max(64).optional(),
    ssid: z.string().max(32).optional(),
  }),
})
export type SetupInput = z.infer<typeof setupInput>
export const setupDone = z.object({ merchantId: id, siteId: id, siteSlug: z.string(), portalUrl: z.string() })
export type SetupDone = z.infer<typeof setupDone>
