import { betterAuth } from 'better-auth'
import { twoFactor } from 'better-auth/plugins/two-factor'
import type { Context } from 'hono'
import type { Db } from '../db/index.ts'
import { endSession, endSessionOf } from '../db/staff/accounts.ts'
import { authStore } from '../db/staff/auth-store.ts'
import { forgetSignInTries, takeSignInTry } from '../db/staff/lock-out.ts'
import { hashPassword, passwordLength, verifyPassword } from '../db/staff/passwords.ts'
import { spendCode } from '../db/staff/spent-codes.ts'
import { type AdminConfig, type Log, publicUrlOf } from './config.ts'
import { isRead, refuse, requestIp, sourceOf } from './http.ts'

/** Who is signed in, as far as a cookie proves; `cookies` are to be set again (a session lives on by use). */
export type SignedIn = { accountId: string; sessionId: string; cookies: string[] }

export type Auth = {
  /** Answers /api/auth/*: sign-in, second factor, sign-out, change of password. */
  handle(c: Context): Promise<Response>
  signedIn(c: Context): Promise<SignedIn | undefined>
  /** Signs in by a password that was just set; the cookies to send. */
  signIn(c: Context, email: string, password: string): Promise<string[]>
}

/**
 * A session ends after 12 hours without use, so that a counter tablet stays signed in through the day and not over
 * night; after 30 days it ends in any case (NIST SP 800-63B §2.1.3: AAL1).
 */
const idleSeconds = 12 * 3600
const absoluteSeconds = 30 * 86_400

/** All that the sign-in library may be asked. Accounts come from set-up and invitations only. */
const open = [
  'POST /sign-in/email',
  'POST /sign-out',
  'GET /get-session',
  'POST /change-password',
  'POST /two-factor/enable',
  'POST /two-factor/disable',
  'POST /two-factor/verify-totp',
  'POST /two-factor/verify-backup-code',
  'POST /two-factor/generate-backup-codes',
  'POST /two-factor/get-totp-uri',
]

/** Sign-in of staff: better-auth on our tables, behind our own lock-out and words. */
export function createAuth(deps: { db: Db; config: AdminConfig; log: Log; now: () => Date }): Auth {
  const { db, config, now } = deps
  const library = createLibrary(deps)
  const base = publicUrlOf(config)

  /** What the library reads: our address, our origin, the address of the browser as we know it. */
  const headersFor = (c: Context): Headers => {
    const headers = new Headers(c.req.raw.headers)
    headers.set('origin', new URL(base).origin)
    headers.delete('x-forwarded-host')
    headers.delete('x-forwarded-proto')
    headers.delete('content-length')
    headers.delete('sec-fetch-site')
    const ip = requestIp(c, config.trustedProxies)
    if (ip) headers.set(ipHeader, ip)
    else headers.delete(ipHeader)
    return headers
  }

  const ask = (c: Context, path: string, body: unknown): Promise<Response> =>
    library.handler(
      new Request(`${base}/api/auth${path}`, {
        method: c.req.method,
        headers: headersFor(c),
        ...(isRead(c.req.method) ? {} : { body: JSON.stringify(body) }),
      }),
    )

  const signedIn = async (c: Context): Promise<SignedIn | undefined> => {
    if (!c.req.header('cookie')?.includes(`${cookiePrefix}.session_token`)) return undefined
    const { headers, response: found } = await library.api.getSession({
      headers: headersFor(c),
      returnHeaders: true,
    })
    if (!found) return undefined
    const { id: sessionId, userId: accountId, createdAt } = found.session
    if (now().getTime() - createdAt.getTime() > absoluteSeconds * 1000) {
      await endSession(db, accountId, sessionId)
      return undefined
    }
    return { accountId, sessionId, cookies: headers.getSetCookie() }
  }

  return {
    handle: async (c) => {
      const path = new URL(c.req.url).pathname.slice('/api/auth'.length)
      if (!open.includes(`${c.req.method} ${path}`)) return refuse(c, 404, 'request.not-found')
      const source = sourceOf(c, config)
      const mayBeForged = !isRead(c.req.method) && source !== 'own'
      if (mayBeForged && (source === 'foreign' || c.req.header('cookie')))
        return refuse(c, 403, 'request.cross-site')
      const body = isRead(c.req.method) ? undefined : await c.req.json().catch(() => undefined)
      if (body === undefined && !isRead(c.req.method)) return refuse(c, 400, 'request.not-json')
      const email = path === '/sign-in/email' && typeof body.email === 'string' ? body.email : undefined
      if (email !== undefined) {
        const tried = await takeSignInTry(db, email, now())
        if (!tried.ok) return refuse(c, 429, 'sign-in.locked', { retryAfterSeconds: tried.retryAfterSeconds })
      }
      const signsIn = path === '/two-factor/verify-totp' && !(await signedIn(c))
      const response = await ask(c, path, body)
      if (!response.ok) return inOurWords(c, response)
      if (email !== undefined) await forgetSignInTries(db, email)
      if (signsIn && !(await spent(response, body))) return refuse(c, 401, 'INVALID_CODE')
      return notKept(response)
    },

    signedIn,

    signIn: async (c, email, password) => {
      const { headers } = await library.api.signInEmail({
        body: { email, password },
        headers: headersFor(c),
        returnHeaders: true,
      })
      return headers.getSetCookie()
    },
  }

  /** Whether the code was still unspent. Who read it over a shoulder and uses it once more is signed out at once. */
  async function spent(response: Response, body: { code?: unknown }): Promise<boolean> {
    const { user, token } = (await response.clone().json()) as { user: { id: string }; token: string }
    if (await spendCode(db, user.id, String(body.code), now())) return true
    await endSessionOf(db, token)
    return false
  }
}

const cookiePrefix = 'doorman'
/** Only we write it: a browser's own is taken off before. */
const ipHeader = 'x-doorman-ip'

function createLibrary({ db, config, log }: { db: Db; config: AdminConfig; log: Log }) {
  const base = publicUrlOf(config)
  return betterAuth({
    appName: 'Doorman',
    baseURL: base,
    basePath: '/api/auth',
    secret: config.authSecret.toString('hex'),
    database: authStore(db),
    telemetry: { enabled: false },
    // Its texts may repeat an address: only that something failed is told.
    logger: { level: 'error', log: () => log.error({ part: 'sign-in' }, 'The sign-in library failed.') },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(hash, password) },
    },
    session: { expiresIn: idleSeconds, updateAge: 300 },
    // Per address of a browser, counted in the database: it holds over every process.
    rateLimit: {
      enabled: true,
      storage: 'database',
      window: 60,
      max: 120,
      customRules: {
        '/sign-in/email': { window: 60, max: 30 },
        '/two-factor/*': { window: 60, max: 20 },
        '/get-session': false,
      },
    },
    advanced: {
      cookiePrefix,
      useSecureCookies: base.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [ipHeader] },
    },
    // One step of clock on either side is accepted; ten wrong codes in a row lock the account for 15 minutes.
    plugins: [
      twoFactor({ issuer: 'Doorman', accountLockout: { maxFailedAttempts: 10, durationSeconds: 900 } }),
    ],
  })
}

/** The library's refusals in the shape and the language of all others. */
async function inOurWords(c: Context, response: Response): Promise<Response> {
  const told = (await response.json().catch(() => ({}))) as { code?: string; message?: string }
  const retryAfter = Number(response.headers.get('x-retry-after')) || undefined
  const isLimit = response.status === 429
  const code = told.code ?? (isLimit ? 'request.too-many' : 'request.invalid')
  const answer = refuse(c, response.status, code, {
    retryAfterSeconds: isLimit ? (retryAfter ?? 900) : undefined,
  })
  for (const cookie of response.headers.getSetCookie()) answer.headers.append('set-cookie', cookie)
  return answer
}

function notKept(response: Response): Response {
  const answer = new Response(response.body, response)
  answer.headers.set('cache-control', 'no-store')
  return answer
}
