import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import type { Db, Tx } from '../index.ts'
import { authAccounts, authCredentials, authSessions } from '../schema/auth.ts'
import { newId } from '../values/id.ts'

export type Account = { id: string; passwordHash: string | null }

/** The account of an e-mail address, however it is spelt in capitals. */
export async function findAccount(tx: Tx | Db['system'], email: string): Promise<Account | undefined> {
  const [row] = await tx
    .select({ id: authAccounts.id, passwordHash: authCredentials.password })
    .from(authAccounts)
    .leftJoin(
      authCredentials,
      and(eq(authCredentials.userId, authAccounts.id), eq(authCredentials.providerId, 'credential')),
    )
    .where(eq(authAccounts.email, email.toLowerCase()))
  return row
}

/** A new account with a password, in the shape the sign-in library reads. */
export async function insertAccount(
  tx: Tx,
  input: { email: string; name: string; passwordHash: string; now: Date },
): Promise<string> {
  const id = newId('acc')
  const times = { createdAt: input.now, updatedAt: input.now }
  await tx.insert(authAccounts).values({ id, name: input.name, email: input.email.toLowerCase(), ...times })
  await tx.insert(authCredentials).values({
    id: newId('crd'),
    accountId: id,
    providerId: 'credential',
    userId: id,
    password: input.passwordHash,
    ...times,
  })
  return id
}

export type OpenSession = typeof authSessions.$inferSelect

/** Where accounts are signed in; with `merchantId` only the sessions that work for this merchant. */
export function openSessions(
  db: Db,
  accountIds: string[],
  now: Date,
  merchantId?: string,
): Promise<OpenSession[]> {
  if (accountIds.length === 0) return Promise.resolve([])
  return db.system
    .select()
    .from(authSessions)
    .where(
      and(
        inArray(authSessions.userId, accountIds),
        gt(authSessions.expiresAt, now),
        merchantId === undefined ? undefined : eq(authSessions.worksFor, merchantId),
      ),
    )
    .orderBy(sql`${authSessions.updatedAt} desc`, authSessions.id)
}

/** Ends one session of this account; false where it has none of that id. */
export async function endSession(db: Db, accountId: string, sessionId: string): Promise<boolean> {
  const ended = await db.system
    .delete(authSessions)
    .where(and(eq(authSessions.userId, accountId), eq(authSessions.id, sessionId)))
    .returning({ id: authSessions.id })
  return ended.length === 1
}

/** Ends the session of this secret. */
export async function endSessionOf(db: Db, sessionSecret: string): Promise<void> {
  await db.system.delete(authSessions).where(eq(authSessions.token, sessionSecret))
}

/** Ends every session of an account, wherever it works: one could be switched back to here. */
export async function endSessions(db: Db, accountId: string): Promise<number> {
  const ended = await db.system
    .delete(authSessions)
    .where(eq(authSessions.userId, accountId))
    .returning({ id: authSessions.id })
  return ended.length
}

/** Which accounts have a second factor. */
export async function withSecondFactor(db: Db, accountIds: string[]): Promise<Set<string>> {
  if (accountIds.length === 0) return new Set()
  const rows = await db.system
    .select({ id: authAccounts.id })
    .from(authAccounts)
    .where(and(inArray(authAccounts.id, accountIds), eq(authAccounts.twoFactorEnabled, true)))
  return new Set(rows.map(({ id }) => id))
}
