import { createHmac } from 'node:crypto'
import type { Hono } from 'hono'
import type { Operation } from '../../admin/api/contract.ts'
import { type AdminConfig, createAdmin } from '../../admin/index.ts'
import type { Ctx } from '../../db/context.ts'
import { inviteMember, takeInvitation } from '../../db/staff/invitations.ts'
import type { StaffRole } from '../../db/staff/memberships.ts'
import { setUp } from '../../db/staff/set-up.ts'
import { freshDatabase, testSecretKey } from '../support/database.ts'

export const password = 'three blue teapots'
export const origin = 'https://wifi.example.com'

/** The admin wing in front of a database of its own, with a clock that only tests move. */
export type Panel = Awaited<ReturnType<typeof openPanel>>

export async function openPanel(config: Partial<AdminConfig> = {}) {
  const database = await freshDatabase()
  const { db } = database
  const clock = { now: new Date() }
  const log: { facts: object; text: string }[] = []
  const note = (facts: object, text: string) => void log.push({ facts, text })
  const admin = createAdmin({
    db,
    config: {
      publicUrl: origin,
      port: 8080,
      messenger: 'outbox',
      secretMin: 8,
      radius: { authPort: 1812, acctPort: 1813 },
      trustedProxies: [],
      authSecret: testSecretKey,
      version: '0.0.0-test',
      ...config,
    },
    log: { info: note, warn: note, error: note },
    now: () => clock.now,
  })
  return {
    db,
    admin,
    clock,
    log,
    pass: (seconds: number) => {
      clock.now = new Date(clock.now.getTime() + seconds * 1000)
    },
    browser: (locale = 'en') => new Browser(admin.app, locale),
    /** A business with an owner and one site, as set-up makes them. */
    openBusiness: async (name = 'Qinglan', email = 'owner@qinglan.example') => {
      const made = await setUp(
        db,
        {
          owner: { name: 'Lan', email, password },
          merchant: { name, country: 'CN', locale: 'zh-CN' },
          site: { name: `${name} Road` },
        },
        clock.now,
      )
      const ctx: Ctx = {
        db,
        merchantId: made.merchantId,
        actor: { kind: 'job', name: 'test' },
        now: clock.now,
      }
      return { ...made, ctx, email }
    },
    /** Somebody who was invited and joined with the usual password. */
    join: async (ctx: Ctx, email: string, role: StaffRole, siteIds: string[] | null = null) => {
      const { member, code } = await inviteMember(ctx, { name: email, email, role, siteIds })
      await takeInvitation(db, { code, name: email, password }, clock.now)
      return member
    },
    close: async () => {
      await admin.close()
      await database.close()
    },
  }
}

export type Reply = {
  status: number
  headers: Headers
  json: Record<string, unknown>
  code?: string
  message?: string
}

/** A browser with a cookie jar that says where its requests come from, or a program with a key. */
export class Browser {
  cookies = new Map<string, string>()
  headers: Record<string, string>
  readonly #app: Hono

  constructor(app: Hono, locale: string) {
    this.#app = app
    this.headers = { 'accept-language': locale, 'sec-fetch-site': 'same-origin', origin }
  }

  withKey(key: string): this {
    this.headers = { 'accept-language': 'en', authorization: `Bearer ${key}` }
    return this
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await this.#app.request(`${origin}${path}`, {
      method,
      headers: {
        ...this.headers,
        ...(cookie ? { cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value && !/max-age=0/i.test(line)) this.cookies.set(name, value)
      else this.cookies.delete(name)
    }
    const json = (await response.json().catch(() => ({}))) as Record<string, unknown>
    const error = json.error as { code: string; message: string } | undefined
    return { status: response.status, headers: response.headers, json, ...error }
  }

  /** `api('GET /guests/:id', { id })`. */
  api(
    operation: Operation,
    params: Record<string, string> = {},
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply> {
    const [method = '', path = ''] = operation.split(' ')
    const address = path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? '')
    return this.send(method, `/api/v1${address}`, body, headers)
  }

  auth(path: string, body: unknown = {}): Promise<Reply> {
    return this.send('POST', `/api/auth/${path}`, body)
  }

  signIn(email: string, typed = password): Promise<Reply> {
    return this.auth('sign-in/email', { email, password: typed })
  }
}

/** What an authenticator app shows (RFC 6238) for the address in its QR code. */
export function totp(uri: string, at = Date.now()): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const secret = new URL(uri).searchParams.get('secret') ?? ''
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const mac = createHmac('sha1', key).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
