import type { Hono } from 'hono'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { JobHandlers, JobName } from '../../db/jobs.ts'
import type { Pulse } from '../../db/pulse.ts'
import { nasMetrics, type RadiusNumbers } from './nas-metrics.ts'

export type HttpMetrics = {
  /** Begins one request; call what it gives with the status. */
  begin(method: string, path: string, app: Hono): (status: number) => void
}
export type Metrics = {
  http: HttpMetrics
  /** The same handlers, counted and timed. */
  jobs(handlers: Partial<JobHandlers>): Partial<JobHandlers>
  text(): Promise<string>
  contentType: string
}

/** Figures for Prometheus. No label is a person, a device or a merchant. */
export function createMetrics(deps: {
  version: string
  /** What the ledger counts; undefined where it can not be asked now. */
  pulse(): Promise<Pulse | undefined>
  /** Counters of the RADIUS wing, where this process has it. */
  radius?: RadiusNumbers | undefined
}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  new Gauge({ name: 'doorman_info', help: 'Version.', labelNames: ['version'], registers }).set(
    { version: deps.version },
    1,
  )
  const askLedger = ledgerMetrics(registry, deps.pulse)
  if (deps.radius) {
    radiusMetrics(registry, deps.radius.stats)
    nasMetrics(registry, deps.radius)
  }
  return {
    http: httpMetrics(registry),
    jobs: (handlers) => countedJobs(registry, handlers),
    text: async () => {
      await askLedger()
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}

function httpMetrics(registry: Registry): HttpMetrics {
  const seconds = new Histogram({
    name: 'doorman_http_request_seconds',
    help: 'Requests by route and status, until the answer begins.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  const routers = new WeakMap<Hono, (method: string, path: string) => string>()
  return {
    begin: (method, path, app) => {
      let routeOf = routers.get(app)
      if (!routeOf) {
        routeOf = routeNames(app)
        routers.set(app, routeOf)
      }
      const route = routeOf(method, path)
      const end = seconds.startTimer({ method: knownMethods.has(method) ? method : 'other', route })
      return (status) => void end({ status: String(status) })
    },
  }
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** The pattern an address is served by ('/s/:slug'): addresses themselves are without end. */
function routeNames(app: Hono) {
  const router = new SmartRouter<string>({ routers: [new RegExpRouter(), new TrieRouter()] })
  const added = new Set<string>()
  for (const { method, path } of app.routes) {
    // What stands on '/*' is in front of the routes, not one of them.
    if (path === '/*' || added.has(`${method} ${path}`)) continue
    added.add(`${method} ${path}`)
    router.add(method, path, path)
  }
  return (method: string, path: string): string => {
    const [found] = router.match(method === 'HEAD' ? 'GET' : method, path)
    const names = found.map(([name]) => name)
    return names.findLast((name) => !name.includes('*')) ?? names.at(-1) ?? 'other'
  }
}

function countedJobs(registry: Registry, handlers: Partial<JobHandlers>): Partial<JobHandlers> {
  const seconds = new Histogram({
    name: 'doorman_job_seconds',
    help: 'Jobs of this process by name and outcome.',
    labelNames: ['name', 'outcome'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30],
    registers: [registry],
  })
  const counted = ([name, handler]: [string, (payload: never) => Promise<void>]) => [
    name,
    async (payload: never) => {
      const end = seconds.startTimer({ name: name as JobName })
      try {
        await handler(payload)
        end({ outcome: 'done' })
      } catch (error) {
        end({ outcome: 'failed' })
        throw error
      }
    },
  ]
  return Object.fromEntries(
    (Object.entries(handlers) as [string, (payload: never) => Promise<void>][]).map(counted),
  )
}

/** 'auth.dropped.unknown-nas' becomes port, event and reason. */
function radiusMetrics(registry: Registry, stats: () => Record<string, number>) {
  const registers = [registry]
  new Counter({
    name: 'doorman_radius_packets_total',
    help: 'RADIUS packets by port, what became of them and why.',
    labelNames: ['port', 'event', 'reason'],
    registers,
    collect() {
      this.reset()
      for (const [name, count] of Object.entries(stats())) {
        const [port = '', event = '', reason = ''] = name.split('.')
        if (event !== 'waiting') this.inc({ port, event, reason }, count)
      }
    },
  })
  new Gauge({
    name: 'doorman_radius_waiting',
    help: 'RADIUS requests waiting for the database.',
    labelNames: ['port'],
    registers,
    collect() {
      const { 'auth.waiting': auth = 0, 'acct.waiting': acct = 0 } = stats()
      this.set({ port: 'auth' }, auth)
      this.set({ port: 'acct' }, acct)
    },
  })
}

/** Asked once for each reading of the figures, before they are written out. */
function ledgerMetrics(registry: Registry, pulse: () => Promise<Pulse | undefined>) {
  const registers = [registry]
  const up = new Gauge({ name: 'doorman_database_up', help: '1 where the database answers.', registers })
  const open = new Gauge({ name: 'doorman_sessions_open', help: 'Sessions open at all gateways.', registers })
  const waiting = new Gauge({
    name: 'doorman_jobs_waiting',
    help: 'Jobs that wait for a process to take them.',
    labelNames: ['name'],
    registers,
  })
  const rows = new Counter({
    name: 'doorman_rows_total',
    help: 'Rows written by all processes since the statistics of PostgreSQL began.',
    labelNames: ['table'],
    registers,
  })
  return async () => {
    const now = await pulse()
    up.set(now ? 1 : 0)
    if (!now) return
    open.set(now.openSessions)
    waiting.reset()
    for (const [name, count] of Object.entries(now.jobsWaiting)) waiting.set({ name }, count)
    rows.reset()
    for (const [table, count] of Object.entries(now.rowsWritten)) rows.inc({ table }, count)
  }
}
