import { notFound } from '../../db/errors.ts'
import { transaction } from '../../db/index.ts'
import { findMerchant } from '../../db/network/merchants.ts'
import { listSites } from '../../db/network/sites.ts'
import { endSession, openSessions, withSecondFactor } from '../../db/staff/accounts.ts'
import { membershipsOf, switchTo } from '../../db/staff/memberships.ts'
import { deviceOf } from '../device.ts'
import { reachedAt } from '../http.ts'
import { type AdminDeps, type Asker, type Handlers, maySeeSite } from './handler.ts'
import type { Me } from './schemas/me.ts'

export const meHandlers = {
  'GET /me': async ({ ctx, asker, deps, c }) => {
    const { merchant, sites } = await transaction(ctx, async (tx) => ({
      merchant: await findMerchant(tx, ctx),
      sites: await listSites(tx, ctx),
    }))
    const memberships = asker.accountId ? await membershipsOf(deps.db, asker.accountId) : []
    const own = memberships.find(({ merchantId }) => merchantId === ctx.merchantId)
    return {
      staff: own ? await staffOf(deps, asker, own.email) : null,
      rights: [...asker.rights],
      merchant: {
        id: merchant.id,
        name: merchant.name,
        locale: merchant.locale,
        country: merchant.country,
      },
      merchants: memberships
        .filter((one) => one !== own)
        .map(({ merchantId, merchantName }) => ({ id: merchantId, name: merchantName })),
      sites: sites
        .filter((site) => maySeeSite(asker, site.id))
        .map(({ id, slug, name, timeZone }) => ({ id, slug, name, timeZone })),
      messenger: deps.config.messenger,
      publicUrl: reachedAt(c, deps.config),
      version: deps.config.version,
    }
  },

  'POST /me/merchant': async ({ asker, body, deps }) => {
    const memberships = asker.accountId ? await membershipsOf(deps.db, asker.accountId) : []
    const wanted = memberships.find(({ merchantId }) => merchantId === body.merchantId)
    if (!wanted || !asker.sessionId) throw notFound('merchant')
    await switchTo(deps.db, asker.sessionId, wanted.merchantId)
    return { ok: true }
  },

  // Wherever they work: the account is the asker's own.
  'GET /me/sessions': async ({ ctx, asker, deps }) => {
    const sessions = asker.accountId ? await openSessions(deps.db, [asker.accountId], ctx.now) : []
    return {
      items: sessions.map((session) => ({
        id: session.id,
        isThis: session.id === asker.sessionId,
        device: deviceOf(session.userAgent),
        address: session.ipAddress || null,
        startedAt: session.createdAt.toISOString(),
        seenAt: session.updatedAt.toISOString(),
        endsAt: session.expiresAt.toISOString(),
      })),
    }
  },

  'DELETE /me/sessions/:id': async ({ asker, params, deps }) => {
    if (!asker.accountId || !(await endSession(deps.db, asker.accountId, params.id)))
      throw notFound('session')
    return { ok: true }
  },
} satisfies Pick<Handlers, 'GET /me' | 'POST /me/merchant' | 'GET /me/sessions' | 'DELETE /me/sessions/:id'>

async function staffOf(deps: AdminDeps, asker: Asker, email: string): Promise<Me['staff']> {
  if (!asker.staffId || !asker.accountId || asker.role === 'apiKey') return null
  const secondFactor = (await withSecondFactor(deps.db, [asker.accountId])).has(asker.accountId)
  const { staffId: id, name, role, siteIds } = asker
  return { id, name, email, role, siteIds, secondFactor }
}
