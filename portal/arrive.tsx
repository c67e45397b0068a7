import type { Context, Hono } from 'hono'
import { arrive } from '../db/access/arrivals.ts'
import { currentTexts } from '../db/crm/consents.ts'
import { transaction } from '../db/index.ts'
import { listNas, type Nas, nasSecrets } from '../db/network/nas.ts'
import { recordNasNews } from '../db/network/nas-health.ts'
import type { Arrival as Claim, Gateway } from './gateways/gateway.ts'
import { familyOf } from './gateways/index.ts'
import { field, page, readForm, requestIp } from './http.ts'
import {
  arrivedAt,
  bareFrame,
  frameOf,
  hrefOf,
  type Place,
  placeOf,
  type Room,
  withArrival,
} from './place.ts'
import { showStep } from './show.tsx'
import { type Refusal, Refused } from './splash/refused.tsx'
import { Terms } from './splash/terms.tsx'
import { chooseLocale, parseLocale, wordsOf } from './splash/words/index.ts'

/** Where a gateway sends a guest, and where the guest's own page lives. */
export function arriveRoutes(app: Hono, room: Room) {
  app.get('/s/:slug', async (c) => {
    const place = await placeOf(room, c, c.req.param('slug'))
    if (!place) return noSuchPlace(c)
    const query = new URL(c.req.url).searchParams
    const gateway = familyOf(query)
    if (gateway) return redirected(room, c, place, gateway, query)
    const arrived = await arrivedAt(place, query.get('a') ?? undefined)
    if (!arrived) return refuse(c, place, query.has('a') ? 'stale' : 'elsewhere')
    return page(
      c,
      await showStep(arrived, {
        news: query.get('news') === 'online' ? 'online' : undefined,
        wantsChange: query.has('change'),
        isSlow: query.has('slow'),
        wantsRetry: query.has('retry'),
        justSent: query.get('sent') === 'again' ? 'again' : query.get('sent') === 'new' ? 'new' : undefined,
      }),
    )
  })
  app.get('/s/:slug/terms', (c) => terms(room, c))
  app.post('/s/:slug/terms', (c) => terms(room, c))
}

/** One redirect by a gateway. The step it finds is the one stored for this gateway and device. */
async function redirected(room: Room, c: Context, place: Place, gateway: Gateway, query: URLSearchParams) {
  const request = { urls: literalUrls(room, c), query }
  const found = await claimOf(place, gateway, request)
  if (!found.ok) {
    room.log.warn(
      { siteId: place.site.id, family: gateway.family, reason: found.reason },
      'A redirect was not usable.',
    )
    return refuse(c, place, found.reason)
  }
  const { claim, nas } = found
  await heardOf(place, gateway, nas)
  const arrival = await arrive(place.ctx, {
    siteId: place.site.id,
    nasId: nas.id,
    mac: claim.deviceMac,
    ip: claim.deviceIp,
    peerIp: requestIp(c, room.config.trustedProxies ?? []),
    ssid: claim.ssid,
    wantedUrl: claim.wantedUrl,
    trust: claim.trust,
    handle: claim.handle,
  })
  const arrived = withArrival(place, arrival)
  return page(c, await showStep(arrived, { news: claim.news }))
}

/** A gateway without RADIUS shows that it is alive by the guests it sends; told at most twice a minute. */
async function heardOf({ ctx }: Place, gateway: Gateway, nas: Nas): Promise<void> {
  if (
    gateway.admits !== 'portal' ||
    (nas.lastSeenAt && ctx.now.getTime() - nas.lastSeenAt.getTime() < 30_000)
  )
    return
  const news = {
    merchantId: ctx.merchantId,
    nasId: nas.id,
    authAt: ctx.now,
    problems: new Map(),
    cleared: new Set<never>(),
  }
  await recordNasNews(ctx.db, [news], ctx.now)
}

/** The address as the gateway may have built it: by our configured name, or by the one the browser used. */
function literalUrls(room: Room, c: Context): string[] {
  const { pathname, origin } = new URL(c.req.url)
  const raw = c.req.url
  const at = raw.indexOf('?')
  const tail = `${pathname}${at < 0 ? '' : raw.slice(at)}`
  const host = c.req.header('host')
  const origins = [
    room.config.publicUrl?.replace(/\/$/, ''),
    origin,
    host && `http://${host}`,
    host && `https://${host}`,
  ]
  return [...new Set(origins.filter((one): one is string => Boolean(one)))].map((one) => one + tail)
}

type Found =
  | { ok: true; claim: Claim; nas: Nas }
  | { ok: false; reason: Extract<Refusal, 'elsewhere' | 'unsigned' | 'unregistered'> }

/**
 * Which of the site's gateways sent this. A signature decides; else the name it gives itself; else there must be only
 * one of its family. Another site's gateway is never looked at.
 */
async function claimOf(
  place: Place,
  gateway: Gateway,
  request: { urls: string[]; query: URLSearchParams },
): Promise<Found> {
  const { ctx, site } = place
  const readings = await transaction(ctx, async (tx) => {
    const own = (await listNas(tx, ctx, site.id)).filter((nas) => nas.gateway === gateway.family)
    return Promise.all(
      own.map(async (nas) => ({
        nas,
        reading: gateway.readArrival(request, await nasSecrets(tx, ctx, nas.id)),
      })),
    )
  })
  if (readings.length === 0) return { ok: false, reason: 'unregistered' }
  const read = readings.flatMap(({ nas, reading }) => (reading.ok ? [{ nas, claim: reading.arrival }] : []))
  const named = read.filter(
    ({ nas, claim }) => nas.nasIdentifier !== null && nas.nasIdentifier === claim.nas.identifier,
  )
  const signed = read.filter(({ claim }) => claim.trust === 'signed')
  const chosen =
    named.find((one) => signed.includes(one)) ??
    (signed.length === 1 ? signed[0] : undefined) ??
    named[0] ??
    (read.length === 1 ? read[0] : undefined)
  if (chosen) return { ok: true, claim: chosen.claim, nas: chosen.nas }
  if (read.length > 1) return { ok: false, reason: 'unregistered' }
  const unsigned = readings.some(({ reading }) => !reading.ok && reading.reason === 'bad-signature')
  return { ok: false, reason: unsigned ? 'unsigned' : 'elsewhere' }
}

async function terms(room: Room, c: Context) {
  const site = await placeOf(room, c, c.req.param('slug'))
  if (!site) return noSuchPlace(c)
  const form = c.req.method === 'POST' ? await readForm(c) : undefined
  const arrived = await arrivedAt(site, form?.get('arrival') ?? c.req.query('a'))
  const chosen = parseLocale(form && field(form, 'lang', 20))
  const place = { ...(arrived ?? site), locale: chosen ?? arrived?.locale ?? site.locale }
  const words = wordsOf(place.locale).terms
  const texts = await transaction(place.ctx, (tx) => currentTexts(tx, place.ctx, place.locale))
  const told = (heading: string, { label, text, version, hash }: typeof texts.terms) => ({
    heading,
    label,
    text,
    version,
    fingerprint: (hash.slice(0, 12).match(/..../g) ?? []).join(' '),
  })
  return page(
    c,
    <Terms
      frame={frameOf(place)}
      texts={[told(words.terms, texts.terms), told(words.offers, texts.marketing)]}
      contact={place.merchant.settings.privacyContact}
      backHref={arrived && hrefOf(arrived)}
    />,
  )
}

/** A page that says no, and why. A person who typed the address did nothing wrong. */
export function refuse(c: Context, place: Place, why: Refusal) {
  const status = why === 'elsewhere' ? 200 : why === 'stale' ? 410 : 403
  const network = why === 'elsewhere' ? (place.site.ssid ?? undefined) : undefined
  return page(c, <Refused frame={frameOf(place)} why={why} network={network} />, status)
}

export function noSuchPlace(c: Context) {
  const locale = chooseLocale(c.req.header('accept-language'), 'en')
  return page(c, <Refused frame={bareFrame(locale)} why="notFound" />, 404)
}
