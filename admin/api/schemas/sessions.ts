import { z } from 'zod'
import { id, listOf, moment, octets, pageQuery } from './shared.ts'

export const sessionsQuery = pageQuery.extend({
  active: z.enum(['true', 'false']).optional(),
  site: id.optional(),
  guest: id.optional(),
  nas: id.optional(),
})

/** What the gateway reports. Octets are decimal strings: they outgrow a JSON number. */
export const session = z.object({
  id,
  guestId: id.nullable(),
  siteId: id,
  nasId: id,
  deviceId: id.nullable(),
  grantId: id.nullable(),
  acctSessionId: z.string(),
  /** AA-BB-CC-DD-EE-FF as RFC 3580 spells it. */
  callingStationId: z.string(),
  framedIpAddress: z.string().nullable(),
  startedAt: moment,
  updatedAt: moment,
  stoppedAt: moment.nullable(),
  sessionTimeSeconds: z.number().int(),
  inputOctets: octets,
  outputOctets: octets,
  terminateCause: z.string().nullable(),
  marks: z.array(z.string()),
})
export type Session = z.infer<typeof session>
export const sessions = listOf(session)

export const disconnectResult = z.object({ disconnect: z.enum(['acknowledged', 'refused', 'unanswered']) })
export type DisconnectResult = z.infer<typeof disconnectResult>
