import { z } from 'zod'
import { id, listOf, moment } from './shared.ts'

export const gateway = z.enum(['uam', 'opennds'])
/** answers · half-works: something is wrong · silent: heard before, not now · never: not heard yet */
export const health = z.enum(['answers', 'half-works', 'silent', 'never'])
export type Health = z.infer<typeof health>

export const problem = z.object({
  /** bad-auth-secret, bad-acct-secret, no-message-authenticator, clock, malformed, silent, … */
  kind: z.string(),
  count: z.number().int(),
  since: moment,
  lastAt: moment,
  /** What it means and what to do, in the asker's language. */
  text: z.string(),
  remedy: z.string(),
})
export type Problem = z.infer<typeof problem>

export const nas = z.object({
  id,
  siteId: id,
  name: z.string(),
  gateway,
  address: z.string().nullable(),
  nasIdentifier: z.string().nullable(),
  /** Of its certificate over RadSec: SHA-256 fingerprint, or a name in it. */
  tlsIdentity: z.string().nullable(),
  coaPort: z.number().int(),
  messageAuthenticator: z.enum(['require', 'auto', 'off']),
  macAuth: z.boolean(),
  acctInterimIntervalSeconds: z.number().int(),
  hasPortalSecret: z.boolean(),
  lastSeenAt: moment.nullable(),
  lastAuthAt: moment.nullable(),
  lastAcctAt: moment.nullable(),
  health,
  problems: z.array(problem),
  onlineNow: z.number().int(),
  createdAt: moment,
})
export type Nas = z.infer<typeof nas>
export const nasList = listOf(nas)
export const nasQuery = z.object({ site: id.optional() })

export const nasSettings = z.object({
  name: z.string().trim().min(1).max(80).optional(),
  gateway,
  address: z.string().max(45).nullable().optional(),
  nasIdentifier: z.string().max(253).nullable().optional(),
  tlsIdentity: z.string().max(253).nullable().optional(),
  /** Left out when adding: made for you and told once in the answer. */
  secret: z.string().max(128).optional(),
  portalSecret: z.string().max(128).nullable().optional(),
  coaPort: z.number().int().min(1).max(65535).optional(),
  messageAuthenticator: z.enum(['require', 'auto', 'off']).optional(),
  macAuth: z.boolean().optional(),
  acctInterimIntervalSeconds: z.number().int().min(60).max(86_400).optional(),
})
export const nasInput = nasSettings.extend({ siteId: id })
export type NasInput = z.infer<typeof nasInput>
export const nasChange = nasSettings.partial()
export type NasChange = z.infer<typeof nasChange>
/** The only answer with secrets besides the audited copies. */
export const nasAdded = z.object({ nas, secret: z.string(), portalSecret: z.string().nullable() })
export type NasAdded = z.infer<typeof nasAdded>
export const secretCopied = z.object({ secret: z.string(), portalSecret: z.string().nullable() })

export const unknownNas = z.object({
  id,
  address: z.string(),
  nasIdentifier: z.string().nullable(),
  count: z.number().int(),
  firstAt: moment,
  lastAt: moment,
})
export type UnknownNas = z.infer<typeof unknownNas>
export const unknownList = listOf(unknownNas)
export const adoptInput = nasSettings
  .omit({ address: true, nasIdentifier: true })
  .extend({ siteId: id, secret: z.string().max(128) })
export type AdoptInput = z.infer<typeof adoptInput>

/** The last packet of a gateway, null where none came yet. What is secret or says who the guest is, is masked. */
export const lastPacket = z.object({
  packet: z
    .object({
      at: moment,
      purpose: z.enum(['auth', 'acct']),
      code: z.string(),
      identifier: z.number().int(),
      length: z.number().int(),
      attributes: z.array(z.object({ name: z.string(), value: z.string(), isMasked: z.boolean() })),
    })
    .nullable(),
})
export type LastPacket = z.infer<typeof lastPacket>
