import { record } from '../../db/audit.ts'
import type { Ctx } from '../../db/context.ts'
import { notAllowed, notFound } from '../../db/errors.ts'
import { type Tx, transaction } from '../../db/index.ts'
import { listNas, nasSecrets } from '../../db/network/nas.ts'
import { findPlan, listPlans } from '../../db/network/plans.ts'
import {
  addSite,
  changeSite,
  findSite,
  listSites,
  type Site,
  type SiteSettings,
} from '../../db/network/sites.ts'
import { onlineBySite } from '../../db/reports/network.ts'
import { reachedAt } from '../http.ts'
import { setupTextOf } from '../setup-texts/index.ts'
import type { Locale } from '../words/index.ts'
import { type Asker, type Handlers, maySeeSite } from './handler.ts'
import { nasAnswers, needNas } from './nas.ts'
import type { Site as SiteAnswer, SiteChange } from './schemas/sites.ts'

export const siteHandlers = {
  'GET /sites': ({ ctx, asker, locale, deps, c }) =>
    transaction(ctx, async (tx) => {
      const mine = (await listSites(tx, ctx)).filter((site) => maySeeSite(asker, site.id))
      const items = await answersOf(tx, ctx, mine, locale, reachedAt(c, deps.config))
      return { items, total: items.length, nextCursor: null }
    }),

  'POST /sites': async ({ ctx, asker, body, locale, deps, c }) => {
    if (asker.siteIds !== null) throw notAllowed('site')
    const { slug, planId, name, ...rest } = body
    const chosen = await transaction(ctx, async (tx) => {
      const plan = planId ? await findPlan(tx, ctx, planId) : (await listPlans(tx, ctx))[0]
      if (!plan) throw notFound('plan')
      return plan.id
    })
    const settings = await checked(ctx, rest)
    const site = await addSite(ctx, { ...settings, name, planId: chosen, ...(slug ? { slug } : {}) })
    return oneSite(ctx, site, locale, reachedAt(c, deps.config))
  },

  'GET /sites/:id': async ({ ctx, asker, params, locale, deps, c }) =>
    oneSite(ctx, await needSite(ctx, asker, params.id), locale, reachedAt(c, deps.config)),

  'PATCH /sites/:id': async ({ ctx, asker, params, body, locale, deps, c }) => {
    await needSite(ctx, asker, params.id)
    return oneSite(
      ctx,
      await changeSite(ctx, params.id, await checked(ctx, body)),
      locale,
      reachedAt(c, deps.config),
    )
  },

  'GET /sites/:id/setup-text': async ({ ctx, asker, params, query, locale, deps, c }) => {
    const site = await needSite(ctx, asker, params.id)
    const nas = await needNas(ctx, asker, query.nas)
    if (nas.siteId !== site.id) throw notFound('nas')
    return setupTextOf({ nas, site, secrets: undefined, config: deps.config, asked: c.req.url, locale })
  },

  'POST /sites/:id/setup-text/copy': async ({ ctx, asker, params, body, locale, deps, c }) => {
    const site = await needSite(ctx, asker, params.id)
    const nas = await needNas(ctx, asker, body.nasId)
    if (nas.siteId !== site.id) throw notFound('nas')
    const secrets = await transaction(ctx, async (tx) => {
      await record(tx, ctx, { action: 'nas.secret-copied', subject: nas.id, detail: { with: 'setup-text' } })
      return nasSecrets(tx, ctx, nas.id)
    })
    return setupTextOf({ nas, site, secrets, config: deps.config, asked: c.req.url, locale })
  },
} satisfies Pick<
  Handlers,
  | 'GET /sites'
  | 'POST /sites'
  | 'GET /sites/:id'
  | 'PATCH /sites/:id'
  | 'GET /sites/:id/setup-text'
  | 'POST /sites/:id/setup-text/copy'
>

/** A site the asker may see; another one is simply not there. */
export async function needSite(ctx: Ctx, asker: Pick<Asker, 'siteIds'>, siteId: string): Promise<Site> {
  const site = await transaction(ctx, (tx) => findSite(tx, ctx, siteId))
  if (!maySeeSite(asker, site.id)) throw notFound('site')
  return site
}

/** What was given, and that the plans it names are there. */
async function checked(ctx: Ctx, body: SiteChange): Promise<SiteSettings> {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
  await transaction(ctx, async (tx) => {
    if (body.planId) await findPlan(tx, ctx, body.planId)
    if (body.rememberedPlanId) await findPlan(tx, ctx, body.rememberedPlanId)
  })
  return given
}

async function oneSite(ctx: Ctx, site: Site, locale: Locale, url: string): Promise<SiteAnswer> {
  const [answer] = await transaction(ctx, (tx) => answersOf(tx, ctx, [site], locale, url))
  return answer as SiteAnswer
}

async function answersOf(tx: Tx, ctx: Ctx, list: Site[], locale: Locale, url: string): Promise<SiteAnswer[]> {
  const gateways = await nasAnswers(tx, ctx, await listNas(tx, ctx), locale)
  const online = await onlineBySite(tx, ctx)
  return list.map(({ merchantId: _m, createdAt, ...site }) => {
    const own = gateways.filter((nas) => nas.siteId === site.id)
    return {
      ...site,
      portalUrl: `${url}/s/${site.slug}`,
      gateways: {
        answering: own.filter(({ health }) => health === 'answers' || health === 'half-works').length,
        total: own.length,
      },
      onlineNow: online.get(site.id) ?? 0,
      createdAt: createdAt.toISOString(),
    }
  })
}
