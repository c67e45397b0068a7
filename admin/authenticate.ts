import type { Context } from 'hono'
import { record } from '../db/audit.ts'
import type { Ctx } from '../db/context.ts'
import { DomainError } from '../db/errors.ts'
import { transaction } from '../db/index.ts'
import { endSession } from '../db/staff/accounts.ts'
import { findApiKey } from '../db/staff/api-keys.ts'
import { type Membership, membershipsOf, noteSeen, workFor, worksFor } from '../db/staff/memberships.ts'
import type { AdminDeps, Asker } from './api/handler.ts'
import { isRead, sourceOf } from './http.ts'
import { rightsOf, rightsOfKey } from './rights.ts'

export type Known = { ctx: Ctx; asker: Asker }

/**
 * Who asks, by key or by cookie; undefined where nobody proves anything. A key that is wrong is refused, not ignored.
 * Everything is read anew at each request: what ends, ends at once.
 */
export async function authenticate(c: Context, deps: AdminDeps, now: Date): Promise<Known | undefined> {
  const authorization = c.req.header('authorization')
  if (authorization !== undefined) return byKey(authorization, deps, now)
  const found = await deps.auth.signedIn(c)
  if (!found) return undefined
  if (!isRead(c.req.method) && sourceOf(c, deps.config) !== 'own')
    throw new DomainError('request.cross-site', 403)
  const membership = await membershipOf(deps, found.accountId, found.sessionId, now)
  if (!membership) throw new DomainError('staff.no-membership', 401)
  for (const cookie of found.cookies) c.header('set-cookie', cookie, { append: true })
  await noteSeen(deps.db, membership, now)
  const { merchantId, staffId, name, role, siteIds } = membership
  return {
    ctx: { db: deps.db, merchantId, actor: { kind: 'staff', staffId, name, role, siteIds }, now },
    asker: {
      staffId,
      accountId: found.accountId,
      sessionId: found.sessionId,
      apiKeyId: null,
      name,
      role,
      siteIds,
      rights: rightsOf(role, siteIds),
      mayReveal: false,
    },
  }
}

async function byKey(authorization: string, deps: AdminDeps, now: Date): Promise<Known> {
  const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  const found = key ? await findApiKey(deps.db, key, now) : undefined
  if (!found) throw new DomainError('sign-in.bad-key', 401)
  const { id: apiKeyId, merchantId, name, mayReveal } = found
  return {
    ctx: { db: deps.db, merchantId, actor: { kind: 'apiKey', apiKeyId, name, mayReveal }, now },
    asker: {
      staffId: null,
      accountId: null,
      sessionId: null,
      apiKeyId,
      name,
      role: 'apiKey',
      siteIds: null,
      rights: rightsOfKey(mayReveal),
      mayReveal,
    },
  }
}

/**
 * The membership a session works for: the chosen one, at its first request the oldest. Where that membership is over
 * the session is, too.
 */
async function membershipOf(
  deps: AdminDeps,
  accountId: string,
  sessionId: string,
  now: Date,
): Promise<Membership | undefined> {
  const memberships = await membershipsOf(deps.db, accountId)
  const chosen = await worksFor(deps.db, sessionId)
  if (chosen === undefined) return undefined
  const membership = chosen === null ? memberships[0] : memberships.find((one) => one.merchantId === chosen)
  if (!membership) {
    await endSession(deps.db, accountId, sessionId)
    return undefined
  }
  if (chosen === null) await begin(deps, membership, sessionId, now)
  return membership
}

/** The first request of a session: from now on it works for this merchant, and its log says who came in. */
async function begin(deps: AdminDeps, membership: Membership, sessionId: string, now: Date): Promise<void> {
  const { merchantId, staffId, name, role, siteIds } = membership
  if (!(await workFor(deps.db, sessionId, merchantId))) return
  const actor = { kind: 'staff', staffId, name, role, siteIds } as const
  const ctx: Ctx = { db: deps.db, merchantId, actor, now }
  await transaction(ctx, (tx) => record(tx, ctx, { action: 'staff.signed-in', subject: staffId }))
}
