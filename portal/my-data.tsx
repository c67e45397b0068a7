import type { Context, Hono } from 'hono'
import { liveGrantOf } from '../db/access/sign-in.ts'
import { type Consent, withdrawConsent } from '../db/crm/consents.ts'
import { allowOffers, type OwnData, ownData, ownDataExport, wish } from '../db/crm/own-data.ts'
import { transaction } from '../db/index.ts'
import { maskMac } from '../db/values/mac.ts'
import { maskPhone, phoneSpaced } from '../db/values/phone.ts'
import { field, guard, page, readForm } from './http.ts'
import { type ArrivedPlace, arrivedAt, bareFrame, frameOf, hrefOf, placeOf, type Room } from './place.ts'
import { day, moment } from './splash/format.ts'
import { type Agreement, MyData, MyDataClosed, type MyDataProps } from './splash/my-data.tsx'
import { chooseLocale, type Locale, parseLocale, wordsOf } from './splash/words/index.ts'

const deeds = ['withdraw', 'allow', 'export', 'erase'] as const
type Deed = (typeof deeds)[number]

/** The guest's own data: for the device whose grant is live. Whole in the window that proved the number, else masked. */
export function myDataRoutes(app: Hono, room: Room) {
  app.get('/me', (c) => answer(room, c, new URL(c.req.url).searchParams, undefined))
  app.post('/me', async (c) => {
    const form = await readForm(c)
    return answer(room, c, form ?? new URLSearchParams(), form)
  })
}

async function answer(room: Room, c: Context, from: URLSearchParams, form: URLSearchParams | undefined) {
  const chosen = parseLocale(form && field(form, 'lang', 20))
  const found = await guestOf(room, c, from, chosen)
  if (!found) {
    const locale: Locale = chosen ?? chooseLocale(c.req.header('accept-language'), 'en')
    return page(c, <MyDataClosed frame={bareFrame(locale)} />)
  }
  const { place, guestId } = found
  const deed = form && field(form, 'do', 20)
  if (deed === 'download' && place.window === 'proved') return download(c, place, guestId)
  const done = deeds.find((one) => one === deed)
  if (done && !(await perform(place, guestId, done)))
    return page(c, <MyDataClosed frame={frameOf(place)} />, 403)
  return page(c, await show(place, guestId, done))
}

/** From the arrival the page was opened from: its site, and the guest of its live grant. */
async function guestOf(room: Room, c: Context, from: URLSearchParams, chosen: Locale | undefined) {
  const place = await placeOf(room, c, from.get('s') ?? slugIn(from.get('arrival')))
  const arrived = place && (await arrivedAt(place, from.get('a') ?? arrivalIn(from.get('arrival'))))
  const grant =
    arrived && (await transaction(arrived.ctx, (tx) => liveGrantOf(tx, arrived.ctx, arrived.arrival)))
  if (!arrived || !grant) return undefined
  const ctx = { ...arrived.ctx, actor: { kind: 'guest' as const, guestId: grant.guestId } }
  return { place: { ...arrived, ctx, locale: chosen ?? arrived.locale }, guestId: grant.guestId }
}

// A form of this page names site and arrival in one field: `tea/arr_….key`.
const slugIn = (text: string | null) => text?.split('/')[0]
const arrivalIn = (text: string | null) => text?.split('/')[1]

/** @returns false where this window may not do it: a yes needs the proof a no does not. */
async function perform(place: ArrivedPlace, guestId: string, deed: Deed): Promise<boolean> {
  const { ctx, site, arrival, locale, merchant } = place
  if (deed === 'withdraw') {
    await withdrawConsent(ctx, { guestId, purpose: 'marketing', surface: 'my-data' })
    return true
  }
  if (deed === 'allow') {
    if (place.window !== 'proved') return false
    await allowOffers(ctx, {
      guestId,
      siteId: site.id,
      mac: arrival.mac,
      locale,
      ...(arrival.ip ? { ip: arrival.ip } : {}),
    })
    return true
  }
  const words = wordsOf(parseLocale(merchant.locale) ?? 'en').myData
  await wish(ctx, { guestId, siteId: site.id, what: deed, text: words.note[deed] })
  return true
}

async function download(c: Context, place: ArrivedPlace, guestId: string) {
  guard(c)
  c.header('content-type', 'application/json; charset=utf-8')
  c.header('content-disposition', 'attachment; filename="my-data.json"')
  return c.body(JSON.stringify(await ownDataExport(place.ctx, guestId), null, 2))
}

async function show(place: ArrivedPlace, guestId: string, done: Deed | undefined) {
  const { ctx, site, locale } = place
  const held = await ownData(ctx, guestId)
  const frame = { ...frameOf(place), arrival: `${site.slug}/${place.given}` }
  const on = (at: Date) => day(at, site.timeZone, locale)
  const props: Omit<MyDataProps, 'frame'> = {
    proved: place.window === 'proved',
    proveHref: hrefOf(place, '&change=1'),
    backHref: hrefOf(place),
    ...contactsOf(held, place.window === 'proved', on),
    visits: {
      count: held.guest.visitCount,
      last: held.lastVisitAt ? moment(held.lastVisitAt, ctx.now, site.timeZone, locale) : '',
    },
    since: on(held.guest.firstSeenAt),
    terms: agreement(held.terms, on),
    marketing: agreement(held.marketing, on),
    done,
  }
  return <MyData frame={frame} {...props} />
}

function contactsOf({ guest, identities, devices }: OwnData, proved: boolean, on: (at: Date) => string) {
  return {
    phones: identities
      .filter((one) => one.kind === 'phone')
      .map(({ value, verifiedAt, createdAt }) => ({
        value: proved ? phoneSpaced(value) : maskPhone(value),
        provedAt: on(verifiedAt ?? createdAt),
      })),
    name: guest.name === null || proved ? guest.name : '••••',
    devices: devices.map(({ mac, label, isRandomised }) => ({
      label: label ?? maskMac(mac),
      randomised: isRandomised,
    })),
  }
}

function agreement(consent: Consent | undefined, on: (at: Date) => string): Agreement {
  if (!consent) return { state: 'never', at: '', version: 0 }
  const state = consent.action === 'granted' ? 'yes' : consent.action === 'denied' ? 'no' : 'withdrawn'
  return { state, at: on(consent.at), version: consent.textVersion }
}
