import type { Context, Hono } from 'hono'
import { changeArrival } from '../db/access/arrivals.ts'
import { comeBack, liveGrantOf } from '../db/access/sign-in.ts'
import { transaction } from '../db/index.ts'
import { findNas } from '../db/network/nas.ts'
import { noSuchPlace, refuse } from './arrive.tsx'
import { gateways } from './gateways/index.ts'
import { field, page, readForm, seeOther } from './http.ts'
import type { PhoneProblem } from './login/login.ts'
import { type SmsTyped, sms } from './login/sms.ts'
import { type ArrivedPlace, arrivedAt, frameOf, hrefOf, type Place, placeOf, type Room } from './place.ts'
import { referenceOf, showCode, showSplash, showStep } from './show.tsx'
import { Refused } from './splash/refused.tsx'
import { parseLocale, wordsOf } from './splash/words/index.ts'
import { provedIn, typedIn } from './window.ts'

/** The forms of a guest. Each carries the arrival's id; each answers with a full page or leads to one. */
export function signInRoutes(app: Hono, room: Room) {
  app.post('/s/:slug/phone', posted(room, phone))
  app.post('/s/:slug/code', posted(room, code))
  app.post('/s/:slug/resend', posted(room, resend))
  app.post('/s/:slug/back', posted(room, back))
  app.post('/s/:slug/language', async (c) => {
    const place = await placeOf(room, c, c.req.param('slug'))
    const form = await readForm(c)
    if (!place || !form) return noSuchPlace(c)
    const locale = parseLocale(field(form, 'lang', 20)) ?? place.locale
    const arrived = await arrivedAt(place, form.get('arrival') ?? undefined)
    if (!arrived) return refuse(c, { ...place, locale }, 'elsewhere')
    return language(c, { ...arrived, locale }, form)
  })
}

type Answer = (c: Context, place: ArrivedPlace, form: URLSearchParams, room: Room) => Promise<Response>

function posted(room: Room, answer: Answer) {
  return async (c: Context) => {
    const place: Place | undefined = await placeOf(room, c, c.req.param('slug'))
    if (!place) return noSuchPlace(c)
    const form = await readForm(c)
    const arrived = form && (await arrivedAt(place, form.get('arrival') ?? undefined))
    return form && arrived ? answer(c, arrived, form, room) : refuse(c, place, 'stale')
  }
}

const typedOf = (form: URLSearchParams): SmsTyped => ({
  phone: field(form, 'phone', 40),
  country: field(form, 'country', 2).toUpperCase(),
  terms: form.has('terms'),
  marketing: form.has('marketing'),
})

async function phone(c: Context, place: ArrivedPlace, form: URLSearchParams, room: Room) {
  const typed = typedOf(form)
  const begun = await sms.begin(place, typed)
  if (begun.ok) return seeOther(c, `${place.base}?a=${typedIn(place.arrival.id, begun.key)}`)
  const { problems } = begun
  const shown = { phone: problems.phone && told(place, problems.phone), terms: problems.terms ?? false }
  const status = notSent(c, place, problems.phone, room)
  return page(c, await showSplash(place, typed, shown), status)
}

function told({ locale }: ArrivedPlace, problem: PhoneProblem): string {
  const words = wordsOf(locale)
  const texts = words.phoneProblems
  if (problem.kind === 'length') return texts.length(problem.difference, problem.calling, problem.takes)
  if (problem.kind === 'wait' || problem.kind === 'sms-off')
    return texts[problem.kind](words.wait(problem.seconds))
  return texts[problem.kind]
}

/** The status that says the same thing; a limit also says when to come back, to programs and in the log. */
function notSent(c: Context, place: ArrivedPlace, problem: PhoneProblem | undefined, room: Room): 422 | 429 {
  if (problem?.kind !== 'wait' && problem?.kind !== 'sms-off') return 422
  c.header('retry-after', String(problem.seconds))
  room.log.info({ siteId: place.site.id, reason: problem.kind }, 'A code was not sent.')
  return 429
}

async function code(c: Context, place: ArrivedPlace, form: URLSearchParams, room: Room) {
  const words = wordsOf(place.locale).code
  const typed = field(form, 'code', 20).normalize('NFKC').replace(/[\s-]/g, '')
  const again = async (problem: string, status: 422 | 429 = 422) => {
    const shown = await showCode(place, { typed: typed.slice(0, 6), problem })
    return page(c, shown ?? (await showSplash(place)), status)
  }
  // What can not be a code costs no try.
  if (!/^[0-9]{6}$/.test(typed)) return again(words.shape)
  const signed = await sms.complete(place, typed, await admitsOf(place))
  if (signed.ok) {
    room.log.info(
      { siteId: place.site.id, grantId: signed.grant.id, isNew: signed.isNew },
      'A guest signed in.',
    )
    return seeOther(c, `${place.base}?a=${provedIn(place.arrival.id, signed.grant.id)}`)
  }
  switch (signed.reason) {
    case 'wrong':
      return again(words.wrong(signed.triesLeft))
    case 'exhausted':
      return again(words.exhausted)
    case 'locked':
      return again(words.locked, 429)
    case 'used': {
      // Another window of this phone was faster: its grant is this one's too.
      const now = await arrivedAt(place, place.given)
      const isIn = now && (await transaction(now.ctx, (tx) => liveGrantOf(tx, now.ctx, now.arrival)))
      return isIn ? seeOther(c, hrefOf(place)) : again(words.expired)
    }
    case 'blocked':
      return page(c, <Refused frame={frameOf(place)} why="blocked" reference={referenceOf(place)} />, 403)
    case 'too-many-devices':
      return page(c, <Refused frame={frameOf(place)} why="devices" againHref={hrefOf(place)} />, 403)
    case 'none':
    case 'no-arrival':
      return refuse(c, place, 'stale')
    default:
      return again(words.expired)
  }
}

async function resend(c: Context, place: ArrivedPlace, _form: URLSearchParams, room: Room) {
  const begun = await sms.again(place)
  if (begun.ok) {
    const kind = begun.sent ? 'again' : 'new'
    return seeOther(c, hrefOf(place, `&sent=${kind}`))
  }
  const problem = begun.problems.phone ?? { kind: 'missing' as const }
  const status = notSent(c, place, problem, room)
  const shown = await showCode(place, { problem: told(place, problem) })
  return page(c, shown ?? (await showSplash(place)), status)
}

/** The one tap of a device that is known. */
async function back(c: Context, place: ArrivedPlace) {
  const { ctx, site, arrival } = place
  const grant = await comeBack(ctx, { siteId: site.id, arrivalId: arrival.id, admits: await admitsOf(place) })
  return seeOther(c, hrefOf(place, grant ? '' : '&change=1'))
}

/** The same step in another language, with all that was typed still in it. */
async function language(c: Context, place: ArrivedPlace, form: URLSearchParams) {
  const { ctx, arrival, locale } = place
  await transaction(ctx, (tx) => changeArrival(tx, ctx, arrival.id, { locale }))
  const isSplash = form.has('phone')
  const typed = isSplash ? typedOf(form) : { code: field(form, 'code', 6) }
  return page(c, isSplash ? await showSplash(place, typedOf(form)) : await showStep(place, { typed }))
}

async function admitsOf({ ctx, arrival }: ArrivedPlace) {
  return gateways[(await transaction(ctx, (tx) => findNas(tx, ctx, arrival.nasId))).gateway].admits
}
