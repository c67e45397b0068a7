import type { GatewayFamily } from '../../db/network/nas.ts'
import type { Mac } from '../../db/values/mac.ts'

export type { GatewayFamily }

/** What the gateway sent the browser with. Every byte of it is a claim of whoever typed the address. */
export type ArrivalRequest = {
  /** The address as the gateway may have built it (configured origin first): signatures cover the literal text. */
  urls: string[]
  query: URLSearchParams
}

export type NasSecrets = {
  /** RADIUS shared secret. */
  secret: string
  /** uamsecret, faskey. */
  portalSecret?: string | undefined
}

/**
 * captured: wants to sign in. refused: the gateway or RADIUS said no. timed-out: the challenge or the answer was late.
 * online: let through. left: logged off.
 */
export type ArrivalNews = 'captured' | 'refused' | 'timed-out' | 'online' | 'left'

export type Arrival = {
  /** Whichever the family names; compared with our registration, never trusted over it. */
  nas: { identifier?: string; mac?: Mac }
  deviceMac: Mac
  deviceIp?: string
  ssid?: string
  wantedUrl?: string
  news: ArrivalNews
  /** signed: the family's hash over the address checked out with our secret. */
  trust: 'signed' | 'claimed'
  /** What release() needs back: challenge, hid, log-on address. Strings only. */
  handle: Record<string, string>
}

export type Reading =
  | { ok: true; arrival: Arrival }
  /** malformed: no usable device or gateway in it. bad-signature: a secret is set and the hash is missing or wrong. */
  | { ok: false; reason: 'malformed' | 'bad-signature' }

export type Opening = {
  handle: Record<string, string>
  /** Times this grant was carried to the gateway before: a family may try another way the second time. */
  tries: number
  /** One-time RADIUS credential; absent where the portal itself opens the way. */
  credential?: { userName: string; secret: string }
  secrets: NasSecrets
  /** Our own page to come back to. */
  returnUrl: string
}

/** Data only: portal/release.ts checks the host, and one component renders and escapes. */
export type Release =
  | { how: 'redirect'; to: URL }
  | { how: 'form'; action: URL; fields: Record<string, string> }
  /** We told the controller; the device is online. */
  | { how: 'done' }
  /** The gateway will come and ask. */
  | { how: 'pending' }

/** One gateway family. A vendor is a value; what differs between vendors of a family is data in the row. */
export type Gateway = {
  family: GatewayFamily
  /** credential: the browser carries one to the gateway, which asks us by RADIUS. portal: we open the way ourselves. */
  admits: 'credential' | 'portal'
  /** Can the gateway let a remembered device on by itself (MAC authentication)? */
  hasMacAuth: boolean
  /** Is this the shape of this family's redirect? */
  recognises(query: URLSearchParams): boolean
  /** Reads what the gateway put in the redirect. Pure; never throws. A claim, not a fact. */
  readArrival(request: ArrivalRequest, secrets: NasSecrets): Reading
  /** Says how the browser can open the way. Throws GatewayError where the handle lacks what it takes. */
  release(opening: Opening): Promise<Release>
}

export class GatewayError extends Error {
  readonly code: 'handle-incomplete' | 'host-not-allowed' | 'unreachable' | 'refused'
  /** True: trying again changes nothing. */
  readonly permanent: boolean
  constructor(code: GatewayError['code'], options: { permanent: boolean }) {
    super(code)
    this.name = 'GatewayError'
    this.code = code
    this.permanent = options.permanent
  }
}

/** The one value of a parameter: undefined where it is missing, doubled, too long or holds control characters. */
export function single(query: URLSearchParams, name: string, longest = 512): string | undefined {
  const values = query.getAll(name)
  const value = values.length === 1 ? values[0] : undefined
  return value !== undefined && value.length <= longest && !hasControl(value) ? value : undefined
}

/** True for C0, DEL and C1 characters. */
export const hasControl = (text: string) => /\p{Cc}/u.test(text)

/** What the guest asked for, as far as it may ever be shown as a link: http(s), no name or password in it. */
export function parseWantedUrl(text: string | undefined): string | undefined {
  if (!text || text.length > 2000 || !/^https?:\/\//i.test(text) || text.includes('\\') || hasControl(text))
    return undefined
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.username || url.password || !url.hostname.includes('.')) return undefined
  return url.href.length <= 2000 ? url.href : undefined
}
