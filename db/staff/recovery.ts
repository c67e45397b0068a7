import { and, eq, isNull } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import { type Db, systemTransaction } from '../index.ts'
import { authAccounts, authCredentials, authTwoFactors } from '../schema/auth.ts'
import { staff } from '../schema/staff.ts'
import { endSessions, findAccount } from './accounts.ts'
import { checkPassword } from './invitations.ts'
import { forgetSignInTries } from './lock-out.ts'
import { hashPassword } from './passwords.ts'

/**
 * The way back for somebody who lost a password, by whoever runs this machine: a new one, every session ended, every
 * wait lifted, on request without the second factor. Written into the audit log of every business the account works
 * for. Throws `account.not-found`.
 * @returns how many sessions ended.
 */
export async function recoverAccount(
  db: Db,
  input: { email: string; password: string; dropSecondFactor: boolean },
  now: Date,
): Promise<{ sessionsEnded: number }> {
  checkPassword(input.password)
  const account = await findAccount(db.system, input.email)
  if (!account) throw notFound('account')
  const password = await hashPassword(input.password)
  await systemTransaction(db, async (tx) => {
    const own = and(eq(authCredentials.userId, account.id), eq(authCredentials.providerId, 'credential'))
    await tx.update(authCredentials).set({ password, updatedAt: now }).where(own)
    if (input.dropSecondFactor) {
      await tx.delete(authTwoFactors).where(eq(authTwoFactors.userId, account.id))
      await tx.update(authAccounts).set({ twoFactorEnabled: false }).where(eq(authAccounts.id, account.id))
    }
    const members = await tx
      .select({ id: staff.id, merchantId: staff.merchantId })
      .from(staff)
      .where(and(eq(staff.accountId, account.id), isNull(staff.endedAt)))
    for (const { id, merchantId } of members) {
      const ctx: Ctx = { db, merchantId, actor: { kind: 'job', name: 'password' }, now }
      const detail = { secondFactorDropped: input.dropSecondFactor }
      await record(tx, ctx, { action: 'staff.password-reset', subject: id, detail })
    }
  })
  await forgetSignInTries(db, input.email)
  return { sessionsEnded: await endSessions(db, account.id) }
}
