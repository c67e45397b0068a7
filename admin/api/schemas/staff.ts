import { z } from 'zod'
import { role } from './me.ts'
import { id, listOf, moment } from './shared.ts'

export const member = z.object({
  id,
  name: z.string(),
  email: z.string(),
  role,
  siteIds: z.array(id).nullable(),
  secondFactor: z.boolean(),
  /** False until the invitation was taken. */
  joined: z.boolean(),
  lastSeenAt: moment.nullable(),
  sessions: z.number().int(),
  endedAt: moment.nullable(),
})
export type Member = z.infer<typeof member>
export const members = listOf(member)

export const invitationInput = z.object({
  name: z.string().trim().min(1).max(80),
  email: z.email().max(200),
  role,
  siteIds: z.array(id).nullable().default(null),
})
export type InvitationInput = z.infer<typeof invitationInput>
/** The link is told once; it works once, for seven days. */
export const invited = z.object({ member, invitationUrl: z.string().nullable() })
export type Invited = z.infer<typeof invited>
export const memberChange = z.object({
  name: z.string().trim().min(1).max(80).optional(),
  role: role.optional(),
  siteIds: z.array(id).nullable().optional(),
  /** true ends the membership and every session of it. */
  ended: z.boolean().optional(),
})
export type MemberChange = z.infer<typeof memberChange>

/** Without a session: what an invitation link leads to. */
export const invitationCode = z.object({ code: z.string().min(16).max(64) })
export const invitation = z.object({
  name: z.string(),
  email: z.string(),
  merchant: z.string(),
  needsPassword: z.boolean(),
})
export const invitationTaken = invitationCode.extend({
  name: z.string().trim().min(1).max(80),
  password: z.string().max(200),
})

export const signIn = z.object({
  at: moment,
  device: z.string().nullable(),
  address: z.string().nullable(),
})
