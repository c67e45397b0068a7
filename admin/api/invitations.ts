import { DomainError } from '../../db/errors.ts'
import { lookInvitation, takeInvitation } from '../../db/staff/invitations.ts'
import { forgetSignInTries, takeSignInTry } from '../../db/staff/lock-out.ts'
import type { Handlers } from './handler.ts'

export const invitationHandlers = {
  'POST /invitations/look': async ({ body, deps, now }) => {
    const { name, email, merchantName, account } = await lookInvitation(deps.db, body.code, now)
    return { name, email, merchant: merchantName, needsPassword: account === undefined }
  },

  'POST /invitations/take': async ({ body, deps, now, c }) => {
    const { email, account } = await lookInvitation(deps.db, body.code, now)
    // The password of an account is guessed here no more often than at the door.
    const tried = account ? await takeSignInTry(deps.db, email, now) : { ok: true as const }
    if (!tried.ok) {
      c.header('retry-after', String(tried.retryAfterSeconds))
      throw new DomainError('sign-in.locked', 429)
    }
    await takeInvitation(deps.db, body, now)
    if (account) await forgetSignInTries(deps.db, email)
    return { ok: true }
  },
} satisfies Pick<Handlers, 'POST /invitations/look' | 'POST /invitations/take'>
