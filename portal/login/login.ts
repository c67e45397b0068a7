import type { Arrival } from '../../db/access/arrivals.ts'
import type { SignedIn } from '../../db/access/sign-in.ts'
import type { Ctx } from '../../db/context.ts'
import type { Merchant } from '../../db/network/merchants.ts'
import type { Site } from '../../db/network/sites.ts'
import type { Locale } from '../splash/words/index.ts'

/** Where a sign-in happens, as every method needs it. */
export type SignInPlace = {
  ctx: Ctx
  site: Site
  merchant: Merchant
  arrival: Arrival
  locale: Locale
  publicUrl: string | undefined
}

/** A problem of a field, told beside it in the guest's language; `seconds` where time alone helps. */
export type PhoneProblem =
  | { kind: 'missing' | 'invalid' | 'not-mobile' | 'country' }
  | { kind: 'length'; difference: number; calling: string; takes: number }
  | { kind: 'wait' | 'sms-off'; seconds: number }

/** `key`: what this window typed, for `typedIn`. */
export type Begun =
  | { ok: true; key: string; sent: boolean }
  | { ok: false; problems: { phone?: PhoneProblem; terms?: boolean } }

/** A way of proving who you are. Carrying a text is another thing: see messengers. */
export type LoginMethod<Typed> = {
  name: string
  /** Takes what the splash asked for and sends the challenge. */
  begin(place: SignInPlace, typed: Typed): Promise<Begun>
  /** Takes the answer; the right one writes guest, consents and grant in one transaction. */
  complete(place: SignInPlace, answer: string, admits: 'credential' | 'portal'): Promise<SignedIn>
}
