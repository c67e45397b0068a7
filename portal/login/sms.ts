import { askCode } from '../../db/access/codes.ts'
import { signInByCode } from '../../db/access/sign-in.ts'
import { parsePhone, phoneProblem } from '../../db/values/phone.ts'
import { wordsOf } from '../splash/words/index.ts'
import type { Begun, LoginMethod, SignInPlace } from './login.ts'
import { codeText } from './sms-text.ts'

export type SmsTyped = {
  phone: string
  country: string
  terms: boolean
  marketing: boolean
}

/** A code by text message. */
export const sms: LoginMethod<SmsTyped> & {
  again(place: SignInPlace): ReturnType<LoginMethod<SmsTyped>['begin']>
} = {
  name: 'sms',

  async begin(place, typed) {
    const terms = typed.terms ? {} : { terms: true }
    const countries = servedCountries(place)
    const country = countries.includes(typed.country) ? typed.country : place.site.country
    if (!typed.phone.trim()) return { ok: false, problems: { ...terms, phone: { kind: 'missing' } } }
    const phone = parsePhone(typed.phone, country)
    if (!phone) return { ok: false, problems: { ...terms, phone: phoneProblem(typed.phone, country) } }
    if (!countries.includes(phone.country))
      return { ok: false, problems: { ...terms, phone: { kind: 'country' } } }
    if (phone.type !== 'mobile' && phone.type !== 'either')
      return { ok: false, problems: { ...terms, phone: { kind: 'not-mobile' } } }
    if (!typed.terms) return { ok: false, problems: terms }
    return ask(place, phone.e164, { terms: true, marketing: typed.marketing, locale: place.locale })
  },

  async again(place) {
    if (!place.arrival.phone) return { ok: false, problems: { phone: { kind: 'missing' } } }
    return ask(place, place.arrival.phone)
  },

  complete: ({ ctx, site, arrival }, answer, admits) =>
    signInByCode(ctx, {
      siteId: site.id,
      arrivalId: arrival.id,
      code: answer,
      admits,
      ip: arrival.ip ?? arrival.peerIp ?? undefined,
    }),
}

/** Codes go to the merchant's own country, the site's, and those the merchant chose: toll fraud lives elsewhere. */
export function servedCountries({ site, merchant }: Pick<SignInPlace, 'site' | 'merchant'>): string[] {
  return [...new Set([site.country, merchant.country, ...(merchant.settings.smsCountries ?? [])])]
}

async function ask(
  place: SignInPlace,
  phone: string,
  accepted?: { terms: boolean; marketing: boolean; locale: string },
): Promise<Begun> {
  const asked = await askCode(place.ctx, {
    arrival: place.arrival,
    phone,
    again: accepted === undefined,
    ...(accepted ? { accepted } : {}),
    compose: (code) => codeText(wordsOf(place.locale), place.merchant.name, code, place.publicUrl),
  })
  if (asked.ok) return { ok: true, key: phone, sent: asked.sent }
  const seconds = Math.max(1, Math.ceil((asked.refusal.until.getTime() - place.ctx.now.getTime()) / 1000))
  return { ok: false, problems: { phone: { kind: asked.refusal.reason, seconds } } }
}
