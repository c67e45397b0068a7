import { z } from 'zod'
import { id, moment } from './shared.ts'

export const role = z.enum(['owner', 'manager', 'staff'])
export type Role = z.infer<typeof role>

/** What an actor may do; routes ask for one of these each. */
export const right = z.enum([
  'today.read',
  'guests.read',
  'guests.note',
  'guests.change',
  'guests.reveal',
  'guests.export',
  'balances.change',
  'sessions.end',
  'messages.read',
  'sites.read',
  'sites.change',
  'gateways.secret',
  'texts.change',
  'staff.read',
  'staff.change',
  'keys.change',
  'audit.read',
  'merchant.change',
])
export type Right = z.infer<typeof right>

/** `staff` is null where an API key asks. */
export const me = z.object({
  staff: z
    .object({
      id,
      name: z.string(),
      email: z.string(),
      role,
      siteIds: z.array(id).nullable(),
      secondFactor: z.boolean(),
    })
    .nullable(),
  rights: z.array(right),
  merchant: z.object({ id, name: z.string(), locale: z.string(), country: z.string() }),
  /** The other merchants this account works for; switch with `POST /me/merchant`. */
  merchants: z.array(z.object({ id, name: z.string() })),
  sites: z.array(z.object({ id, slug: z.string(), name: z.string(), timeZone: z.string() })),
  messenger: z.string(),
  publicUrl: z.string(),
  version: z.string(),
})
export type Me = z.infer<typeof me>

export const merchantChoice = z.object({ merchantId: id })

/** One place somebody is signed in. Ending it is `DELETE /me/sessions/:id`. */
export const ownSession = z.object({
  id,
  isThis: z.boolean(),
  device: z.string().nullable(),
  address: z.string().nullable(),
  startedAt: moment,
  seenAt: moment,
  endsAt: moment,
})
export type OwnSession = z.infer<typeof ownSession>
