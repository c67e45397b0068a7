import type { JSX } from 'preact'
import { changeArrival, countRelease } from '../db/access/arrivals.ts'
import { codeOfArrival } from '../db/access/codes.ts'
import { type Grant, rememberedGrant } from '../db/access/grants.ts'
import type { Left } from '../db/access/metering.ts'
import { openPortalSession } from '../db/access/sessions.ts'
import { liveGrantOf, renewed } from '../db/access/sign-in.ts'
import { currentTexts } from '../db/crm/consents.ts'
import { identitiesOf } from '../db/crm/identities.ts'
import { transaction } from '../db/index.ts'
import { findNas, type Nas, nasSecrets } from '../db/network/nas.ts'
import { findPlan } from '../db/network/plans.ts'
import type { Mac } from '../db/values/mac.ts'
import { callingCode, lastFour, maskPhone, phoneExample, phoneSpaced } from '../db/values/phone.ts'
import { type ArrivalNews, GatewayError, parseWantedUrl } from './gateways/gateway.ts'
import { gateways } from './gateways/index.ts'
import { type SmsTyped, servedCountries } from './login/sms.ts'
import { type ArrivedPlace, frameOf, hrefOf, type Place } from './place.ts'
import { openWay } from './release.ts'
import { Code, type CodeProps } from './splash/code.tsx'
import { clock, megabits, moment, octets, planLine } from './splash/format.ts'
import { Online } from './splash/online.tsx'
import { Refused } from './splash/refused.tsx'
import { Release } from './splash/release.tsx'
import { Splash, type SplashProps } from './splash/splash.tsx'
import { Welcome } from './splash/welcome.tsx'
import { wordsOf } from './splash/words/index.ts'
import { leftHere, leftText, showClosed, showUsedUp } from './used-up.tsx'

/** Hand-overs after which the access point is said not to answer. */
const slowAfterTries = 3
/** A code page is kept this long after its code ran out; then the guest starts anew. */
const codePageGraceMs = 600_000

export type Telling = {
  /** From the gateway's redirect; undefined where the guest only opened our own address. */
  news?: ArrivalNews | undefined
  /** The guest wants to type another number. */
  wantsChange?: boolean
  /** Shown though nothing was tried in vain yet: the browser waited ten seconds. */
  isSlow?: boolean
  wantsRetry?: boolean
  justSent?: 'again' | 'new' | undefined
  typed?: Partial<SmsTyped> & { code?: string }
}

/** The page of the step an arrival is on. Sends nothing, changes no step but to say that the guest is online. */
export async function showStep(place: ArrivedPlace, telling: Telling = {}): Promise<JSX.Element> {
  const { ctx, arrival, site } = place
  const { news } = telling
  const closed = await showClosed(place)
  if (closed) return closed
  if (telling.wantsChange) return showSplash(place, telling.typed)
  const { live, remembered } = await transaction(ctx, async (tx) => ({
    live: await liveGrantOf(tx, ctx, arrival),
    remembered: await rememberedGrant(tx, ctx, site.id, arrival.mac as Mac),
  }))
  const right = live ?? remembered
  const usedUp = right && news !== 'online' && (await showUsedUp(place, right))
  if (usedUp && arrival.step !== 'code') return usedUp
  if (live) {
    const isThrough = arrival.step === 'online' || live.boundAt !== null
    if (news === 'online' || (news === undefined && isThrough && !telling.wantsRetry))
      return showOnline(place, live)
    // Let through before and here again: the gateway ended it. One tap, and the time that is left goes on.
    if (news === 'left' || (news === 'captured' && isThrough)) return showWelcome(place, live)
    return showRelease(place, live, telling)
  }
  if (news === 'online') return showOnline(place, remembered)
  if (arrival.step === 'code') {
    const waiting = await showCode(place, {
      typed: telling.typed?.code,
      justSent: telling.justSent,
      onlyFresh: true,
    })
    if (waiting) return waiting
  }
  if (remembered) return showWelcome(place, remembered)
  return showSplash(place, telling.typed)
}

/** Without an arrival it is only to look at: its form leads nowhere. */
export async function showSplash(
  place: Place | ArrivedPlace,
  typed: Partial<SmsTyped> = {},
  problems?: { phone?: string | undefined; terms?: boolean },
): Promise<JSX.Element> {
  const { ctx, site, locale } = place
  const { texts, plan } = await transaction(ctx, async (tx) => ({
    texts: await currentTexts(tx, ctx, locale),
    plan: await findPlan(tx, ctx, site.planId),
  }))
  const own = 'arrival' in place && place.window !== 'reopened' ? (place.arrival.phone ?? '') : ''
  const props: Omit<SplashProps, 'frame'> = {
    welcome: site.look.welcome?.[locale] ?? planLine(plan, wordsOf(locale)),
    countries: servedCountries(place).flatMap((code) => {
      const calling = callingCode(code)
      return calling ? [{ code, calling }] : []
    }),
    example: phoneExample(site.country),
    terms: texts.terms,
    marketing: texts.marketing,
    typed: {
      country: typed.country || site.country,
      phone: typed.phone ?? (own && phoneSpaced(own)),
      terms: typed.terms ?? false,
      marketing: typed.marketing ?? false,
    },
    ...(problems ? { problems } : {}),
  }
  return <Splash frame={frameOf(place)} {...props} />
}

/** @returns undefined where the code is gone and `onlyFresh` is asked. */
export async function showCode(
  place: ArrivedPlace,
  telling: {
    typed?: string | undefined
    problem?: string
    justSent?: 'again' | 'new' | undefined
    onlyFresh?: boolean
  },
): Promise<JSX.Element | undefined> {
  const { ctx, arrival, site } = place
  const words = wordsOf(place.locale).code
  const found = await transaction(ctx, (tx) => codeOfArrival(tx, ctx, arrival))
  if (!found || !arrival.phone) return undefined
  const { code, nextSendAt } = found
  if (
    telling.onlyFresh &&
    (code.consumedAt || code.expiresAt.getTime() + codePageGraceMs < ctx.now.getTime())
  )
    return undefined
  const inSeconds = Math.max(0, Math.ceil(((nextSendAt ?? ctx.now).getTime() - ctx.now.getTime()) / 1000))
  const isOver = code.expiresAt <= ctx.now
  const problem = telling.problem ?? (isOver ? words.expired : undefined)
  const props: Omit<CodeProps, 'frame'> = {
    phone: place.window === 'reopened' ? maskPhone(arrival.phone) : phoneSpaced(arrival.phone),
    sentAt: clock(code.lastSentAt ?? ctx.now, site.timeZone),
    worksUntil: clock(code.expiresAt, site.timeZone),
    changeHref: hrefOf(place, '&change=1'),
    typed: telling.typed ?? '',
    problem,
    notice:
      telling.justSent === 'again' ? words.sentAgain : telling.justSent === 'new' ? words.newSent : undefined,
    again: inSeconds <= 900 ? { inSeconds, at: clock(nextSendAt ?? ctx.now, site.timeZone) } : undefined,
  }
  return <Code frame={frameOf(place)} {...props} />
}

async function showWelcome(place: ArrivedPlace, right: Grant): Promise<JSX.Element> {
  const { ctx, locale } = place
  const { phone, plan } = await transaction(ctx, async (tx) => ({
    phone: (await identitiesOf(tx, ctx, right.guestId)).find((one) => one.kind === 'phone')?.value ?? '',
    plan: await findPlan(tx, ctx, right.planId),
  }))
  return (
    <Welcome
      frame={frameOf(place)}
      plan={planLine(plan, wordsOf(locale))}
      lastDigits={lastFour(phone)}
      otherHref={hrefOf(place, '&change=1')}
    />
  )
}

async function showOnline(place: ArrivedPlace, grant: Grant | undefined): Promise<JSX.Element> {
  const { arrival, site, locale } = place
  const words = wordsOf(locale).online
  if (grant && grant.id === arrival.grantId && arrival.step !== 'online') await becomeOnline(place, grant)
  const left = grant && (await leftHere(place, grant))
  const offer = site.look.offer
  const hasMacAuth = gateways[(await nasOf(place)).gateway].hasMacAuth
  return (
    <Online
      frame={frameOf(place)}
      grant={grant && factsOf(place, grant, left)}
      offer={offer && { title: inLanguage(offer.title, locale), text: inLanguage(offer.text, locale) }}
      wanted={wantedOf(place)}
      next={site.rememberedDays === 0 ? undefined : hasMacAuth ? words.next : words.nextTap}
    />
  )
}

/** Where no RADIUS will ever report this guest, the page they came back to is the report. */
async function becomeOnline({ ctx, arrival }: ArrivedPlace, grant: Grant): Promise<void> {
  await transaction(ctx, (tx) => changeArrival(tx, ctx, arrival.id, { step: 'online' }))
  if (grant.admits === 'portal') await openPortalSession(ctx, grant.id)
}

function factsOf({ ctx, site, locale }: ArrivedPlace, grant: Grant, left: Left | undefined) {
  const all = wordsOf(locale)
  const words = all.online
  const leftUntil = left?.seconds == null ? undefined : new Date(ctx.now.getTime() + left.seconds * 1000)
  const until = leftUntil && leftUntil < grant.endsAt ? leftUntil : grant.endsAt
  return {
    until: moment(until, ctx.now, site.timeZone, locale),
    left: leftText(left, all),
    speed: grant.bandwidthDownBps === null ? words.noLimit : all.speed(megabits(grant.bandwidthDownBps)),
    volume: grant.quotaOctets === null ? words.noLimit : octets(grant.quotaOctets),
    devices: grant.devicesMax === null ? words.noLimit : words.devicesOf(grant.devicesMax),
  }
}

const inLanguage = (texts: Record<string, string>, locale: string) =>
  texts[locale] ?? Object.values(texts)[0] ?? ''

/** Names that only phones' own tests ask for: nobody wants to go on there. */
const probeHost =
  /(?:^|\.)(?:captive\.apple\.com|msftconnecttest\.com|msftncsi\.com|gstatic\.com|detectportal\.firefox\.com|nmcheck\.gnome\.org|connectivity-check\.ubuntu\.com|status\.client)$|connectivity|generate_204|wifi\.vivo|conn[12]\.|rom\.miui/

/** What the guest asked for, as a link they can see and choose: never followed by itself, never our own host. */
function wantedOf({ arrival, origin }: ArrivedPlace) {
  const href = parseWantedUrl(arrival.wantedUrl ?? undefined)
  if (!href) return undefined
  const { hostname, pathname, host } = new URL(href)
  const isProbe =
    probeHost.test(hostname) ||
    /generate_204|gen_204|hotspot-detect|ncsi|success\.(?:html|txt)/.test(pathname)
  if (isProbe || host === new URL(origin).host || /^[0-9.]+$|^\[/.test(hostname)) return undefined
  return { href, host: hostname.replace(/^www\./, '') }
}

async function showRelease(
  place: ArrivedPlace,
  live: Grant,
  { news, isSlow, wantsRetry }: Telling,
): Promise<JSX.Element> {
  const { ctx, arrival, site, locale } = place
  if (news === 'refused' && arrival.releaseTries >= slowAfterTries && !wantsRetry)
    return (
      <Refused
        frame={frameOf(place)}
        why="refused"
        reference={referenceOf(place)}
        againHref={hrefOf(place, '&retry=1')}
      />
    )
  const { grant, nas, secrets } = await transaction(ctx, async (tx) => ({
    grant: await renewed(tx, ctx, live),
    nas: await findNas(tx, ctx, arrival.nasId),
    secrets: await nasSecrets(tx, ctx, arrival.nasId),
  }))
  if (!grant) return showSplash(place)
  const tries = isSlow ? arrival.releaseTries : await countRelease(ctx, arrival.id)
  try {
    const way = await openWay(gateways[nas.gateway], {
      handle: arrival.handle,
      trust: arrival.trust,
      tries: Math.max(0, tries - 1),
      credentialUserName: grant.credentialUserName,
      nas,
      secrets,
      returnUrl: `${place.origin}${hrefOf(place, '&news=online')}`,
    })
    if (way.how === 'done') return showOnline(place, grant)
    return (
      <Release
        frame={frameOf(place)}
        way={way.how === 'pending' ? { how: 'pending', pollHref: hrefOf(place) } : way}
        known={{
          by: grant.method === 'remembered' ? 'phone' : 'number',
          at: clock(grant.createdAt, site.timeZone, true),
        }}
        slowHref={hrefOf(place, '&slow=1')}
        {...(isSlow || tries > slowAfterTries ? { slow: slowOf(place, nas, tries) } : {})}
      />
    )
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return <Refused frame={frameOf(place)} why="refused" reference={referenceOf(place)} />
  }

  function slowOf(at: ArrivedPlace, gateway: Nas, times: number) {
    const words = wordsOf(locale).release
    const heard = gateway.lastSeenAt
    const neverAsked = gateways[gateway.gateway].admits === 'credential' && gateway.lastAuthAt === null
    return {
      tries: times,
      lastAt: clock(ctx.now, site.timeZone, true),
      nas: heard
        ? words.heard(gateway.name, moment(heard, ctx.now, site.timeZone, locale))
        : words.never(gateway.name),
      check: neverAsked ? words.checkRadius : words.checkPower,
      reference: referenceOf(at),
      network: arrival.ssid ?? site.ssid ?? site.name,
    }
  }
}

/** Enough to find the arrival in the panel by, too little to open its page. */
export const referenceOf = ({ arrival }: ArrivedPlace) => arrival.id.slice(-6).toUpperCase()

const nasOf = ({ ctx, arrival }: ArrivedPlace) => transaction(ctx, (tx) => findNas(tx, ctx, arrival.nasId))
