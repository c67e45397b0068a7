import type { Context } from 'hono'
import { clientIp } from '../db/values/ip.ts'
import type { AdminConfig } from './config.ts'
import { type Locale, localeOf, wordsOf } from './words/index.ts'

/** The address of this service as people reach it: the configured one, else the one the asker used. */
export const reachedAt = (c: Context, config: Pick<AdminConfig, 'publicUrl'>): string =>
  config.publicUrl ?? new URL(c.req.url).origin

/** Octets of a body; the longest thing sent is a consent text in Chinese. */
export const bodyMaxOctets = 262_144

export const askerLocale = (c: Context): Locale => localeOf(c.req.header('accept-language'))

/** Any refusal or failure: `code` for programs, a sentence in the asker's language for people. */
export function refuse(
  c: Context,
  status: number,
  code: string,
  more: { message?: string | undefined; retryAfterSeconds?: number | undefined } = {},
): Response {
  const { errors } = wordsOf(askerLocale(c))
  const minutes = String(Math.ceil((more.retryAfterSeconds ?? 60) / 60))
  const message = more.message ?? errors[code] ?? errors[fallbacks[status] ?? 'request.failed'] ?? code
  guard(c)
  if (more.retryAfterSeconds !== undefined) c.header('retry-after', String(more.retryAfterSeconds))
  if (status === 401) c.header('www-authenticate', 'Bearer')
  return c.json({ error: { code, message: message.replace('{minutes}', minutes) } }, status as 400)
}

const fallbacks: Record<number, string> = {
  400: 'request.invalid',
  401: 'sign-in.none',
  403: 'right.missing',
  404: 'request.not-found',
  409: 'request.invalid',
  422: 'request.invalid',
  429: 'request.too-many',
}

/** Nothing that the API says is kept by anybody. */
export function guard(c: Context) {
  c.header('cache-control', 'no-store')
  c.header('x-content-type-options', 'nosniff')
  c.header('vary', 'accept-language, cookie, authorization')
}

/**
 * Whether a request that changes something may ride on a cookie: only where the browser says that it comes from our
 * own pages. A browser sends Sec-Fetch-Site or Origin with each of them (OWASP CSRF cheat sheet); one that came
 * without both is no browser, and has an API key to use.
 * @returns 'own', 'foreign', or 'unsaid'.
 */
export function sourceOf(c: Context, config: Pick<AdminConfig, 'publicUrl'>): 'own' | 'foreign' | 'unsaid' {
  const site = c.req.header('sec-fetch-site')
  if (site) return site === 'same-origin' || site === 'none' ? 'own' : 'foreign'
  const origin = c.req.header('origin')
  if (!origin) return 'unsaid'
  if (!URL.canParse(origin)) return 'foreign'
  const { host } = new URL(origin)
  const own = [
    c.req.header('host'),
    new URL(c.req.url).host,
    config.publicUrl ? new URL(config.publicUrl).host : undefined,
  ]
  return own.includes(host) ? 'own' : 'foreign'
}

export const isRead = (method: string) => method === 'GET' || method === 'HEAD'

/** Where the request came from. */
export function requestIp(c: Context, trustedProxies: readonly string[]): string | undefined {
  const env = c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined
  return clientIp(env?.incoming?.socket?.remoteAddress, c.req.header('x-forwarded-for'), trustedProxies)
}

/** Where it broke, without what it broke on: texts of database errors repeat values. */
export function faultOf(error: unknown): object {
  const { name, code, stack, cause } = (error ?? {}) as Error & { code?: unknown }
  const inner = code ?? (cause as { code?: unknown } | undefined)?.code
  const frame = stack?.split('\n').find((line) => line.includes('at '))
  return { name, ...(typeof inner === 'string' ? { code: inner } : {}), at: frame?.trim() }
}
