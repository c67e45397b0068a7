import type { Context, Hono } from 'hono'
import type { z } from 'zod'
import { DomainError, notFound } from '../db/errors.ts'
import { contract, type Endpoint, type Operation } from './api/contract.ts'
import type { AdminDeps, Handlers } from './api/handler.ts'
import { authenticate, type Known } from './authenticate.ts'
import { fieldFault } from './field-fault.ts'
import { askerLocale, faultOf, guard, refuse } from './http.ts'

/** A refusal because of what was sent; its message names the field and what it takes. */
class BadRequest extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, status: number, message?: string) {
    super(message)
    this.code = code
    this.status = status
  }
}

/**
 * Puts every operation of the contract at its address. The order is the same for each: who asks, may they, is what
 * they sent right, do it, is the answer what was promised.
 */
export function mountApi(app: Hono, handlers: Handlers, deps: AdminDeps) {
  for (const operation of Object.keys(contract) as Operation[]) {
    const [method = '', path = ''] = operation.split(' ')
    app.on(method, `/api/v1${path}`, (c) => answer(c, operation, handlers, deps))
  }
}

async function answer(
  c: Context,
  operation: Operation,
  handlers: Handlers,
  deps: AdminDeps,
): Promise<Response> {
  const endpoint: Endpoint = contract[operation]
  try {
    const now = deps.now()
    const known = await whoAsks(c, endpoint, deps, now)
    const request = {
      params: paramsOf(c, operation),
      query: checked(c, endpoint.query, c.req.query()),
      body: await bodyOf(c, endpoint),
      locale: askerLocale(c),
      deps,
      c,
    }
    // The schemas of this very operation have just made what its handler takes.
    const handle = handlers[operation] as (asked: object) => Promise<unknown>
    const result = await handle(
      endpoint.access === 'open' ? { ...request, now, signedIn: known } : { ...request, ...known },
    )
    guard(c)
    // Strips what was not promised, too: a column more in a table is no leak.
    return c.json(endpoint.answer.parse(result) as object, endpoint.status ?? 200)
  } catch (error) {
    return refusal(c, error, operation, deps)
  }
}

async function whoAsks(
  c: Context,
  endpoint: Endpoint,
  deps: AdminDeps,
  now: Date,
): Promise<Known | undefined> {
  const { access } = endpoint
  // Where nobody has to be signed in, a session that is over is no obstacle.
  if (access === 'open') return authenticate(c, deps, now).catch(onlyRefusals)
  const known = await authenticate(c, deps, now)
  if (!known) throw new DomainError('sign-in.none', 401)
  if (access !== 'signed-in' && !known.asker.rights.includes(access))
    throw new DomainError('right.missing', 403)
  return known
}

function onlyRefusals(error: unknown): undefined {
  if (error instanceof DomainError && error.status === 401) return undefined
  throw error
}

function paramsOf(c: Context, operation: string): Record<string, string> {
  const params: Record<string, string> = c.req.param()
  for (const value of Object.values(params))
    if (!/^[\w-]{1,64}$/.test(value)) throw notFound(nounOf(operation))
  return params
}

const nouns: Record<string, string> = {
  guests: 'guest',
  sessions: 'session',
  sites: 'site',
  plans: 'plan',
  'api-keys': 'api-key',
  me: 'session',
}
/** What `:id` names: /guests/:id is a guest. */
function nounOf(operation: string): string {
  const [first = ''] = operation.replace(/^\w+ \//, '').split('/')
  return nouns[first] ?? first
}

async function bodyOf(c: Context, endpoint: Endpoint): Promise<unknown> {
  if (!endpoint.body) return undefined
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new BadRequest('request.not-json', 415)
  const text = await c.req.text()
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw new BadRequest('request.not-json', 400)
  }
  return checked(c, endpoint.body, content)
}

function checked(c: Context, schema: z.ZodType | undefined, given: unknown): unknown {
  if (!schema) return undefined
  // No text of the ledger can hold a NUL, and nobody types one.
  if (/(?<!\\)(?:\\\\)*\\u0000/.test(JSON.stringify(given) ?? ''))
    throw new BadRequest('request.invalid', 422)
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new BadRequest('request.invalid', 422, fieldFault(parsed.error, askerLocale(c)))
}

function refusal(c: Context, error: unknown, operation: string, deps: AdminDeps): Response {
  if (error instanceof DomainError) return refuse(c, error.status, error.code)
  if (error instanceof BadRequest)
    return refuse(c, error.status, error.code, error.message ? { message: error.message } : {})
  deps.log.error({ operation, ...faultOf(error) }, 'An operation of the API failed.')
  return refuse(c, 500, 'request.failed')
}
