import { z } from 'zod'
import { errorCauses } from '../../../db/values/error-cause.ts'
import { id, listOf, moment, octets, pageQuery } from './shared.ts'

export const sessionsQuery = pageQuery.extend({
  active: z.enum(['true', 'false']).optional(),
  site: id.optional(),
  guest: id.optional(),
  nas: id.optional(),
})

/** What a gateway said to a request of ours in the middle of a session (RFC 5176), and why it refused. */
export const outcome = z.enum(['waiting', 'acknowledged', 'refused', 'unanswered'])
export const errorCause = z.enum(errorCauses)
export const attempt = z.object({ outcome, at: moment, errorCause: errorCause.nullable() })
export type Attempt = z.infer<typeof attempt>

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
  /** The last attempt to end it, and to change its limits; null where nobody tried. */
  disconnect: attempt.nullable(),
  limitsChange: attempt.nullable(),
})
export type Session = z.infer<typeof session>
export const sessions = listOf(session)

const answered = z.enum(['acknowledged', 'refused', 'unanswered'])
/** `errorCause` only where the gateway refused and said why. */
export const disconnectResult = z.object({ disconnect: answered, errorCause: errorCause.optional() })
export type DisconnectResult = z.infer<typeof disconnectResult>

const bps = z.number().int().min(8000).max(2_000_000_000).nullable().optional()
/** What is left out stays as it is; null takes a limit away. Time and volume count from now. */
export const limitsInput = z.object({
  secondsLeft: z.number().int().min(60).max(31_536_000).optional(),
  octetsLeft: octets.nullable().optional(),
  bandwidthUpBps: bps,
  bandwidthDownBps: bps,
  idleTimeoutSeconds: z.number().int().min(60).max(86_400).nullable().optional(),
})
export type LimitsInput = z.infer<typeof limitsInput>
export const limitsResult = z.object({ limits: answered, errorCause: errorCause.optional() })
export type LimitsResult = z.infer<typeof limitsResult>
