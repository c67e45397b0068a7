import type { Hono } from 'hono'
import type { Answer, Operation } from '../../admin/api/contract.ts'
import type { Failure } from '../../admin/api/schemas/shared.ts'
import { type AdminConfig, createAdmin } from '../../admin/index.ts'
import type { Ctx } from '../../db/context.ts'
import { type Db, systemTransaction, transaction } from '../../db/index.ts'
import { insertPlan } from '../../db/network/plans.ts'
import { insertSite, type Site } from '../../db/network/sites.ts'
import { insertAccount } from '../../db/staff/accounts.ts'
import { issueApiKey } from '../../db/staff/api-keys.ts'
import { insertMember } from '../../db/staff/members.ts'
import { hashPassword } from '../../db/staff/passwords.ts'
import { newId } from '../../db/values/id.ts'
import { testSecretKey } from '../support/database.ts'
import type { Shop } from '../support/people.ts'

const origin = 'http://panel.test'
const password = 'a long enough password'

/** The panel's API in front of a ledger that is there already, with a clock that only tests move. */
export function openApi(db: Db, more: Partial<AdminConfig> = {}) {
  const clock = { now: new Date() }
  const log: { facts: object; text: string }[] = []
  const note = (facts: object, text: string) => void log.push({ facts, text })
  const { app } = createAdmin({
    db,
    config: {
      publicUrl: origin,
      port: 8080,
      messenger: 'outbox',
      secretMin: 8,
      radius: { authPort: 1812, acctPort: 1813 },
      trustedProxies: [],
      authSecret: testSecretKey,
      version: 'test',
      ...more,
    },
    log: { info: note, warn: note, error: note },
    // A moment later each time, so that what came first is told first.
    now: () => {
      clock.now = new Date(clock.now.getTime() + 1)
      return clock.now
    },
  })
  return { app, clock, log }
}

export type Asked = { params?: Record<string, string>; query?: Record<string, string>; body?: unknown }
export type Answered = { status: number; text: string }

/** Somebody who asks: a browser that is signed in, or a program with a key. */
export class Asker {
  readonly #app: Hono
  readonly #headers: Record<string, string>
  readonly name: string
  constructor(app: Hono, name: string, headers: Record<string, string>) {
    this.#app = app
    this.name = name
    this.#headers = headers
  }

  async send(method: string, path: string, body?: unknown): Promise<Answered> {
    const response = await this.#app.request(`${origin}/api/v1${path}`, {
      method,
      headers: {
        'accept-language': 'en',
        origin,
        'sec-fetch-site': 'same-origin',
        ...this.#headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, text: await response.text() }
  }

  /** One operation of the contract, whatever comes of it. */
  try(operation: Operation, asked: Asked = {}): Promise<Answered> {
    const [method = '', template = ''] = operation.split(' ')
    const path = template.replace(/:(\w+)/g, (_all, name: string) =>
      encodeURIComponent(asked.params?.[name] ?? 'none'),
    )
    const query = new URLSearchParams(asked.query).toString()
    return this.send(method, query ? `${path}?${query}` : path, asked.body)
  }

  /** The same, where it has to succeed. */
  async ask<K extends Operation>(operation: K, asked: Asked = {}): Promise<Answer<K>> {
    const { status, text } = await this.try(operation, asked)
    if (status >= 300) throw new Error(`${operation}: ${status} ${text}`)
    return JSON.parse(text) as Answer<K>
  }

  /** The refusal it has to end with, as `404 guest.not-found`. */
  async refusal(operation: Operation, asked: Asked = {}): Promise<string> {
    const { status, text } = await this.try(operation, asked)
    return status < 300 ? `${status}` : `${status} ${(JSON.parse(text) as Failure).error.code}`
  }
}

/** A program of this merchant. */
export async function program(app: Hono, ctx: Ctx, mayReveal = false): Promise<Asker> {
  const { key } = await issueApiKey(ctx, { name: mayReveal ? 'till' : 'board', mayReveal })
  return new Asker(app, mayReveal ? 'a key that may reveal' : 'a key', { authorization: `Bearer ${key}` })
}

let passwordHash: Promise<string> | undefined

/** A member of staff of this merchant, signed in through the front door. */
export async function member(
  app: Hono,
  ctx: Ctx,
  role: 'owner' | 'manager' | 'staff',
  siteIds: string[] | null = null,
): Promise<Asker> {
  const id = newId('stf')
  const email = `${id}@example.com`
  const name = `Lin Xia ${id.slice(-4)}`
  passwordHash ??= hashPassword(password)
  const hash = await passwordHash
  const accountId = await systemTransaction(ctx.db, (tx) =>
    insertAccount(tx, { email, name, passwordHash: hash, now: ctx.now }),
  )
  await transaction(ctx, (tx) => insertMember(tx, ctx, { id, accountId, name, email, role, siteIds }))
  const response = await app.request(`${origin}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin, 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ email, password }),
  })
  if (!response.ok) throw new Error(`sign-in: ${response.status} ${await response.text()}`)
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return new Asker(app, siteIds ? `${role} of one site` : role, { cookie })
}

/** One more site of the same merchant. */
export const addSite = (shop: Shop, name: string): Promise<Site> =>
  transaction(shop.ctx, async (tx) => {
    const plan = await insertPlan(tx, shop.ctx, { name: `Guests of ${name}` })
    const slug = `${name.toLowerCase().replaceAll(' ', '-')}-${newId('x').slice(-8)}`
    return insertSite(tx, shop.ctx, { name, slug, planId: plan.id })
  })
