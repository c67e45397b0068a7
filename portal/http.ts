import type { Context } from 'hono'
import type { JSX } from 'preact'
import { clientIp } from '../db/values/ip.ts'
import { renderPage } from './splash/page.tsx'

/** Octets of a posted form; the longest thing a guest types is a name. */
export const formMaxOctets = 16_384

/** The page with headers that hold for every guest page: never stored, never framed, nothing but our own bytes. */
export function page(
  c: Context,
  jsx: JSX.Element,
  status: 200 | 403 | 404 | 410 | 413 | 415 | 422 | 429 | 500 = 200,
): Response {
  const { html, policy } = renderPage(jsx)
  c.header('content-security-policy', policy)
  c.header('content-type', 'text/html; charset=utf-8')
  guard(c)
  return c.body(html, status)
}

export function guard(c: Context) {
  c.header('cache-control', 'no-store')
  c.header('x-content-type-options', 'nosniff')
  c.header('x-frame-options', 'DENY')
  // The arrival's id stands in our addresses: other hosts never learn it, our own forms keep their Origin.
  c.header('referrer-policy', 'same-origin')
  c.header('vary', 'accept-language')
}

/** Where the browser goes after a form: a full navigation, which login windows wait for before they test again. */
export function seeOther(c: Context, to: string): Response {
  guard(c)
  return c.redirect(to, 303)
}

/**
 * The fields of a posted form; undefined for anything a form of ours would not send. There is no cookie, so a foreign
 * page has nothing to ride on; the arrival's id in the form is what counts, and this only shuts the door early.
 */
export async function readForm(c: Context): Promise<URLSearchParams | undefined> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') return undefined
  if (c.req.header('sec-fetch-site') === 'cross-site') return undefined
  const origin = c.req.header('origin')
  if (origin && origin !== 'null' && !isOwnOrigin(c, origin)) return undefined
  return new URLSearchParams(await c.req.text())
}

function isOwnOrigin(c: Context, origin: string): boolean {
  if (!URL.canParse(origin)) return false
  const { host } = new URL(origin)
  return (
    host === new URL(c.req.url).host ||
    host === c.req.header('host') ||
    host === publicHosts.get(c.env as object)
  )
}

const publicHosts = new WeakMap<object, string>()

/** Behind a proxy the name in the address bar is the configured one. */
export function rememberPublicHost(c: Context, publicUrl: string | undefined) {
  if (publicUrl && c.env && typeof c.env === 'object') publicHosts.set(c.env, new URL(publicUrl).host)
}

/** Where the request came from. */
export function requestIp(c: Context, trustedProxies: readonly string[]): string | undefined {
  const env = c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined
  return clientIp(env?.incoming?.socket?.remoteAddress, c.req.header('x-forwarded-for'), trustedProxies)
}

/** The one value of a field as a person may have typed it: no control characters, never longer than asked. */
export function field(form: URLSearchParams, name: string, longest: number): string {
  return (form.get(name) ?? '').replace(/\p{Cc}/gu, ' ').slice(0, longest)
}
