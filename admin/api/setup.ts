import type { Ctx } from '../../db/context.ts'
import { transaction } from '../../db/index.ts'
import { listNas } from '../../db/network/nas.ts'
import { firstGuestOf } from '../../db/reports/first-guest.ts'
import { setUpByCode, setupCodeIsGood, setupNeeded } from '../../db/staff/set-up.ts'
import { reachedAt } from '../http.ts'
import type { Locale } from '../words/index.ts'
import { type Asker, type Handlers, maySeeSite } from './handler.ts'
import { nasAnswers } from './nas.ts'
import type { Waiting } from './schemas/setup.ts'

export const setupHandlers = {
  'GET /setup': async ({ signedIn, locale, deps }) => ({
    needed: await setupNeeded(deps.db),
    waiting: signedIn ? await waitingOf(signedIn.ctx, signedIn.asker, locale) : null,
  }),

  'POST /setup/code': async ({ body, deps, now }) => ({
    valid: await setupCodeIsGood(deps.db, body.code, now),
  }),

  'POST /setup': async ({ body, deps, now, c }) => {
    const { code, ...input } = body
    const { merchantId, site } = await setUpByCode(deps.db, code, input, now)
    // Where the address had an account already, its own password counts; the owner then signs in by hand.
    const cookies = await deps.auth.signIn(c, input.owner.email, input.owner.password).catch(() => [])
    for (const cookie of cookies) c.header('set-cookie', cookie, { append: true })
    return {
      merchantId,
      siteId: site.id,
      siteSlug: site.slug,
      portalUrl: `${reachedAt(c, deps.config)}/s/${site.slug}`,
    }
  },
} satisfies Pick<Handlers, 'GET /setup' | 'POST /setup/code' | 'POST /setup'>

const secretFaults = ['bad-auth-secret', 'bad-acct-secret', 'bad-message-authenticator']

/** What the page 'waiting for the first guest' ticks off, for the gateway added last. */
async function waitingOf(ctx: Ctx, asker: Asker, locale: Locale): Promise<Waiting> {
  return transaction(ctx, async (tx) => {
    const mine = (await listNas(tx, ctx)).filter((nas) => maySeeSite(asker, nas.siteId))
    const [nas] = await nasAnswers(tx, ctx, mine.slice(-1), locale)
    const { redirectedAt, firstGuest } = await firstGuestOf(tx, ctx)
    const problems = nas?.problems ?? []
    const isHeard = nas?.lastSeenAt != null
    const has = (kinds: string[]) => problems.some(({ kind }) => kinds.includes(kind))
    return {
      gateway: nas ? { id: nas.id, name: nas.name, address: nas.address, lastSeenAt: nas.lastSeenAt } : null,
      heardAt: nas?.lastSeenAt ?? null,
      secretRight: isHeard && !has(secretFaults),
      clockAgrees: isHeard && !has(['clock']),
      redirectedAt: redirectedAt?.toISOString() ?? null,
      firstGuest: firstGuest ? { guestId: firstGuest.guestId, at: firstGuest.at.toISOString() } : null,
      problems: problems.map(({ kind, text, remedy }) => ({ kind, text, remedy })),
    }
  })
}
