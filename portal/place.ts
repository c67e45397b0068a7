import type { Context } from 'hono'
import type { Arrival } from '../db/access/arrivals.ts'
import { findArrival } from '../db/access/arrivals.ts'
import type { Ctx } from '../db/context.ts'
import { type Db, transaction } from '../db/index.ts'
import type { Merchant } from '../db/network/merchants.ts'
import { findSiteBySlug, type Site } from '../db/network/sites.ts'
import type { MessengerConfig } from './messengers/index.ts'
import type { Messenger } from './messengers/messenger.ts'
import { lookOf } from './splash/looks/looks.ts'
import type { Frame } from './splash/page.tsx'
import { chooseLocale, type Locale, parseLocale, wordsOf } from './splash/words/index.ts'
import { parseWindow, type Window, windowOf } from './window.ts'

export type PortalConfig = {
  /** As guests' phones and gateways know us: https://wifi.example.com. Unset: what the request says. */
  publicUrl?: string | undefined
  trustedProxies?: readonly string[] | undefined
  messenger: MessengerConfig
}

export type Log = {
  info(facts: object, text: string): void
  warn(facts: object, text: string): void
  error(facts: object, text: string): void
}

export type Deps = {
  db: Db
  config: PortalConfig
  log: Log
  /** For tests: what time it is. */
  now?: () => Date
}
export type Room = Deps & { messenger: Promise<Messenger>; now: () => Date }

/** Whose page it is, in which language, and which arrival it is for. */
export type Place = {
  ctx: Ctx
  site: Site
  merchant: Merchant
  locale: Locale
  /** /s/:siteSlug */
  base: string
  publicUrl: string | undefined
  /** Scheme and host we are reached at. */
  origin: string
}
export type ArrivedPlace = Place & { arrival: Arrival; window: Window; given: string }

/** The site an address names, or undefined. The merchant comes from our own registration, never from input. */
export async function placeOf(room: Room, c: Context, slug: string | undefined): Promise<Place | undefined> {
  const found = slug ? await findSiteBySlug(room.db, slug) : undefined
  if (!found) return undefined
  const { site, merchant } = found
  return {
    site,
    merchant,
    ctx: { db: room.db, merchantId: merchant.id, actor: { kind: 'guest' }, now: room.now() },
    locale: chooseLocale(c.req.header('accept-language'), site.locale),
    base: `/s/${site.slug}`,
    publicUrl: room.config.publicUrl,
    origin: room.config.publicUrl ? new URL(room.config.publicUrl).origin : new URL(c.req.url).origin,
  }
}

/** The arrival a form or an address carries, at this site; undefined for one that is not there. */
export async function arrivedAt(
  place: Place,
  carried: string | undefined,
): Promise<ArrivedPlace | undefined> {
  const given = parseWindow(carried)
  if (!given) return undefined
  const arrival = await transaction(place.ctx, (tx) =>
    findArrival(tx, place.ctx, place.site.id, given.arrivalId),
  )
  return arrival && withArrival(place, arrival, given.key)
}

export function withArrival(place: Place, arrival: Arrival, key = ''): ArrivedPlace {
  return {
    ...place,
    arrival,
    given: key ? `${arrival.id}.${key}` : arrival.id,
    window: windowOf(arrival, key),
    // A language chosen by hand, or the one the guest signed in with, stays.
    locale: parseLocale(arrival.locale) ?? place.locale,
  }
}

export function frameOf(place: Place | ArrivedPlace): Frame {
  const arrival = 'given' in place ? place.given : undefined
  const { site, merchant, base, locale } = place
  return {
    locale,
    words: wordsOf(locale),
    look: lookOf(site.look.name),
    // Guests know the business; which of its shops they are in stands below.
    brand: merchant.name,
    subtitle: site.subtitle ?? (site.name === merchant.name ? undefined : site.name),
    base,
    arrival,
    terms: `${base}/terms${arrival ? `?a=${arrival}` : ''}`,
    myData: `/me?s=${site.slug}${arrival ? `&a=${arrival}` : ''}`,
  }
}

/** The frame of a page that belongs to no site. */
export function bareFrame(locale: Locale): Frame {
  return {
    locale,
    words: wordsOf(locale),
    look: lookOf('ink'),
    brand: 'Wi-Fi',
    base: '/s/-',
    terms: '/s/-/terms',
    myData: '/me',
  }
}

/** The page of an arrival. */
export const hrefOf = (place: ArrivedPlace, more = '') => `${place.base}?a=${place.given}${more}`
