import { forgetDevice } from '../../db/access/endings.ts'
import type { Ctx } from '../../db/context.ts'
import { withdrawConsent } from '../../db/crm/consents.ts'
import { blockGuest, renameGuest } from '../../db/crm/guests.ts'
import { markIdentity, revealPhone } from '../../db/crm/identities.ts'
import { addInteraction } from '../../db/crm/interactions.ts'
import { notFound } from '../../db/errors.ts'
import { transaction } from '../../db/index.ts'
import { findMerchant } from '../../db/network/merchants.ts'
import { countViews, listGuests } from '../../db/reports/guest-list.ts'
import { guestProfile, revealedToday } from '../../db/reports/guest-profile.ts'
import { guestTimeline } from '../../db/reports/guest-timeline.ts'
import { mustSeeGuest } from '../../db/reports/places.ts'
import { narrowed } from '../../db/reports/scope.ts'
import { phoneSpaced } from '../../db/values/phone.ts'
import { type Asker, type Handlers, maySeeSite } from './handler.ts'
import type { GuestProfile } from './schemas/guests.ts'
import { shownGuest, shownProfile } from './shown/guest.ts'
import { shownText } from './shown/message.ts'

export const guestHandlers = {
  'GET /guests': ({ ctx, asker, query }) =>
    transaction(ctx, async (tx) => {
      const { segment, site, online, q, ...rest } = query
      // Only a search reads numbers as the merchant's country writes them.
      const country = q ? (await findMerchant(tx, ctx)).country : 'CN'
      const page = await listGuests(tx, ctx, {
        ...rest,
        q,
        country,
        scope: asker.siteIds,
        view: segment,
        siteId: site,
        online: online === undefined ? undefined : online === 'true',
      })
      return { ...page, items: page.items.map((row) => shownGuest(row, asker)) }
    }),

  'GET /guests/views': ({ ctx, asker, query }) =>
    transaction(ctx, async (tx) => ({
      items: await countViews(tx, ctx, narrowed(asker.siteIds, query.site)),
    })),

  'GET /guests/:id': ({ ctx, asker, params }) => profile(ctx, asker, params.id),

  'PATCH /guests/:id': async ({ ctx, asker, params, body }) => {
    await within(ctx, asker, params.id)
    if (body.name !== undefined)
      await renameGuest(ctx, { guestId: params.id, name: body.name, source: sourceOf(asker) })
    if (body.blocked !== undefined) await blockGuest(ctx, { guestId: params.id, blocked: body.blocked })
    return profile(ctx, asker, params.id)
  },

  'GET /guests/:id/timeline': ({ ctx, asker, params, query, deps }) =>
    transaction(ctx, async (tx) => {
      await mustSeeGuest(tx, ctx, asker.siteIds, params.id)
      const page = await guestTimeline(tx, ctx, { guestId: params.id, scope: asker.siteIds, ...query })
      const items = page.items.map((item) =>
        item.kind === 'message'
          ? { ...item, text: shownText(item.text, item.messageKind, deps.config.messenger) }
          : item,
      )
      return { ...page, items }
    }),

  'POST /guests/:id/interactions': async ({ ctx, asker, params, body }) => {
    await within(ctx, asker, params.id)
    if (body.siteId && !maySeeSite(asker, body.siteId)) throw notFound('site')
    const { id, kind, text, at, staffName } = await addInteraction(ctx, { guestId: params.id, ...body })
    return { id, kind, text, at: at.toISOString(), by: staffName }
  },

  'POST /guests/:id/reveal': async ({ ctx, asker, params, body }) => {
    await within(ctx, asker, params.id)
    const phone = await revealPhone(ctx, { guestId: params.id, ...body })
    return {
      phone,
      spaced: phoneSpaced(phone),
      revealedToday: await transaction(ctx, (tx) => revealedToday(tx, ctx)),
    }
  },

  'PATCH /guests/:id/identities/:identityId': async ({ ctx, asker, params, body }) => {
    await within(ctx, asker, params.id)
    await markIdentity(ctx, { guestId: params.id, identityId: params.identityId, ...body })
    return profile(ctx, asker, params.id)
  },

  'DELETE /guests/:id/devices/:deviceId': async ({ ctx, asker, params }) => {
    await within(ctx, asker, params.id)
    await forgetDevice(ctx, { guestId: params.id, deviceId: params.deviceId })
    return { ok: true }
  },

  'POST /guests/:id/consents/withdraw': async ({ ctx, asker, params, body }) => {
    await within(ctx, asker, params.id)
    await withdrawConsent(ctx, { guestId: params.id, purpose: body.purpose, surface: 'panel' })
    return profile(ctx, asker, params.id)
  },
} satisfies Partial<Handlers>

const profile = (ctx: Ctx, asker: Asker, guestId: string): Promise<GuestProfile> =>
  transaction(ctx, async (tx) => shownProfile(await guestProfile(tx, ctx, guestId, asker.siteIds), asker))

/** Before anything is changed: staff of one site have no hand on the guests of another. */
const within = (ctx: Ctx, asker: Asker, guestId: string) =>
  transaction(ctx, (tx) => mustSeeGuest(tx, ctx, asker.siteIds, guestId))

const sourceOf = (asker: Asker) => (asker.role === 'apiKey' ? 'api' : 'panel')
