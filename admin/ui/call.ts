import type { Answer, BodyIn, Operation, ParamsOf, QueryIn } from '../api/contract.ts'
import { currentLocale } from './locale.ts'
import { currentPath, go } from './router.ts'

export type Options<K extends Operation> = {
  params?: ParamsOf<K>
  query?: QueryIn<K>
  body?: BodyIn<K>
  signal?: AbortSignal
}

/** `code` is 'noun.problem' of the API, or `network.unreachable`; `message` is a sentence in the reader's language, or ''. */
export class Failure extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, message: string, status: number) {
    super(message)
    this.name = 'Failure'
    this.code = code
    this.status = status
  }
}

/** One operation of the API: `await call('GET /guests/:id', { params: { id } })`. Throws Failure. */
export async function call<K extends Operation>(operation: K, options: Options<K> = {}): Promise<Answer<K>> {
  const [method = 'GET', pattern = ''] = operation.split(' ')
  const params: Record<string, string> = options.params ?? {}
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const address = `/api/v1${path}${searchOf(options.query)}`
  return (await send(address, method, options.body, options.signal)) as Answer<K>
}

/** The sign-in library's own addresses, outside the contract: `auth('sign-in/email', { email, password })`. */
export async function auth<T>(path: string, body?: unknown): Promise<T> {
  return (await send(`/api/auth/${path}`, body === undefined ? 'GET' : 'POST', body)) as T
}

async function send(address: string, method: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
  let response: Response
  try {
    response = await fetch(address, {
      method,
      headers: {
        accept: 'application/json',
        'accept-language': currentLocale(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Failure('network.unreachable', '', 0)
  }
  const content: unknown = await response.json().catch(() => undefined)
  if (!response.ok) throw failureOf(response, content, address)
  return content
}

/** Ours are `{ error: { code, message } }`; the sign-in library's are `{ code, message }`. */
function failureOf(response: Response, content: unknown, address: string): Failure {
  const outer = (content ?? {}) as {
    error?: { code?: string; message?: string }
    code?: string
    message?: string
  }
  const told = outer.error ?? outer
  if (response.status === 401 && address.startsWith('/api/v1/')) leaveForSignIn()
  return new Failure(told.code ?? `http.${response.status}`, told.message ?? '', response.status)
}

const withoutSession = ['/sign-in', '/setup', '/invitation']

/** Whoever is not signed in comes back to where they were afterwards. */
function leaveForSignIn(): void {
  const path = currentPath()
  if (withoutSession.includes(path)) return
  const back = path === '/' && !location.search ? '' : `?to=${encodeURIComponent(path + location.search)}`
  go(`/sign-in${back}`, { replace: true })
}

function searchOf(query: unknown): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '' && value !== null) search.set(name, String(value))
  }
  const text = search.toString()
  return text ? `?${text}` : ''
}
