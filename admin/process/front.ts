import type { Hono } from 'hono'
import type { HttpMetrics } from './metrics.ts'

export type Wings = { portal?: Hono | undefined; admin?: Hono | undefined }
type Front = (request: Request, env: object) => Promise<Response>

/**
 * Which wing a request is for, by the beginning of its path, and the three addresses for machines. Each wing keeps
 * its own pages for what it does not know and for its own faults.
 */
export function createFront(deps: {
  wings: Wings
  metrics: { http: HttpMetrics; text(): Promise<string>; contentType: string }
  /** Names of what is not ready; empty where all is. */
  waitingFor(): Promise<string[]>
}): Front {
  const { wings, metrics } = deps
  const own: Record<string, () => Promise<Response>> = {
    '/healthz': async () => plain('ok\n', 200),
    '/readyz': async () => {
      const waiting = await deps.waitingFor()
      return waiting.length ? plain(`waiting for ${waiting.join(', ')}\n`, 503) : plain('ready\n', 200)
    },
    '/metrics': async () =>
      new Response(await metrics.text(), { headers: { ...notKept, 'content-type': metrics.contentType } }),
  }
  if (wings.admin)
    own['/'] = async () => new Response(null, { status: 302, headers: { location: '/admin/' } })

  return async (request, env) => {
    const path = pathOf(request.url)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const machine = isRead ? own[path] : undefined
    if (machine) return machine()
    const wing = /^\/(?:admin|api)(?:\/|$)/.test(path) ? wings.admin : wings.portal
    if (!wing) return plain('There is nothing here.\n', 404)
    const done = metrics.http.begin(request.method, path, wing)
    const response = await wing.fetch(request, env)
    done(response.status)
    return response
  }
}

const notKept = { 'cache-control': 'no-store' }
const plain = (text: string, status: number) =>
  new Response(text, { status, headers: { ...notKept, 'content-type': 'text/plain; charset=utf-8' } })

/** The path of an absolute address, without taking it all apart: this runs for every request. */
function pathOf(url: string): string {
  const from = url.indexOf('/', url.indexOf('://') + 3)
  if (from < 0) return '/'
  const end = url.slice(from).search(/[?#]/)
  return end < 0 ? url.slice(from) : url.slice(from, from + end)
}
