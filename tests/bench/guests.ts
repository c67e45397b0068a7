import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { createAdmin } from '../../admin/index.ts'
import type { Ctx } from '../../db/context.ts'
import { seedDemo } from '../../db/demo.ts'
import { dial } from '../../db/index.ts'
import { openLedger } from '../../db/ledger.ts'
import { issueApiKey } from '../../db/staff/api-keys.ts'
import { initKeys, open } from '../../db/values/keys.ts'
import { startSystemPostgres } from '../support/system-postgres.ts'
import type { BenchOptions } from './run.ts'

const guests = 20_000
/** Visits the demo makes are believable; a busy chain over years has these. */
const visits = { full: 1_000_000, quick: 100_000 }
const limitMs = 50
/** What that limit is promised for; the rest is measured beside it. */
const promises = ['first page', 'search by name', 'search by last four digits']
const rounds = { full: 200, quick: 20 }

type Figures = Record<string, { p50: number; p95: number }>

/**
 * The page Guests of a merchant with 20,000 guests and a million visits: list, filters, search by name and by last
 * four digits, over real HTTP with an API key, one request after another. Beside each stands what the same machine
 * needs in the same minute for a bare round trip and for the bare rows.
 */
export async function run(options: BenchOptions): Promise<object> {
  const embedded = await measureEmbedded(options)
  const system = await measureSystem(options)
  const all = [embedded, system].flatMap((one) => (one ? Object.entries(one.http) : []))
  const worst = (of: typeof all) => Math.max(...of.map(([, { p95 }]) => p95))
  const promised = worst(all.filter(([name]) => promises.includes(name)))
  return {
    guests,
    limitMs,
    promisedP95: promised,
    worstP95: worst(all),
    ok: promised <= limitMs,
    embedded,
    ...(system ? { system } : {}),
  }
}

async function measureEmbedded(options: BenchOptions) {
  const dataDir = mkdtempSync(join(tmpdir(), 'doorman-bench-'))
  try {
    return await measure(options, 'embedded', { dataDir })
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** The one of DATABASE_URL, in a database of its own, else the system's own programs where they are installed. */
async function measureSystem(options: BenchOptions) {
  const system = await startSystemPostgres()
  if (!system) return undefined
  try {
    return await measure(options, 'system', { url: await system.newDatabase(), dataDir: '' })
  } finally {
    await system.close()
  }
}

async function measure(options: BenchOptions, which: string, at: { url?: string; dataDir: string }) {
  const { log } = options
  initKeys(randomBytes(32))
  const ledger = await openLedger({ ...at, log: () => {} })
  try {
    const started = Date.now()
    const demo = await seedDemo(ledger.db, { guests, days: 730, seed: 20, now: new Date() })
    log(`${which}: ${guests} guests, ${demo.visits} visits of the demo in ${seconds(started)} s`)
    const total = await addVisits(
      ledger.url,
      demo.merchantId,
      visits[options.quick ? 'quick' : 'full'] - demo.visits,
    )
    log(`${which}: ${total} visits after ${seconds(started)} s`)
    const ctx: Ctx = {
      db: ledger.db,
      merchantId: demo.merchantId,
      actor: { kind: 'job', name: 'bench' },
      now: new Date(),
    }
    const { key } = await issueApiKey(ctx, { name: 'bench', mayReveal: false })
    const server = await listen(ledger.db)
    const count = options.quick ? rounds.quick : rounds.full
    try {
      const limits = await rawLimits(ledger.url, demo.merchantId, count)
      const http = await overHttp(
        server.port,
        key,
        await askingsOf(ledger.url, demo.sites[1]?.id ?? ''),
        count,
      )
      for (const [name, { p50, p95 }] of Object.entries(http))
        log(`${which}: ${name.padEnd(34)} p50 ${p50} ms, p95 ${p95} ms`)
      const [version] = await ledger.db.sql`select current_setting('server_version') as version`
      return { postgres: version?.version, visits: total, http, limits }
    } finally {
      await server.close()
    }
  } finally {
    await ledger.close()
  }
}

/** Spreads more visits over the guests there are, as the owner of the tables and by the same triggers. */
async function addVisits(url: string, merchantId: string, more: number): Promise<number> {
  const sql = dial(url, { max: 1, onnotice: () => {} })
  try {
    for (let done = 0; done < more; done += 100_000)
      await sql`
        insert into visits (merchant_id, id, guest_id, site_id, nth, started_at, ended_at)
        select ${merchantId}, 'vis_' || md5(n::text || ':' || ${done}::text), g.id, g.first_site_id, 0, t.at, t.at + interval '50 minutes'
        from generate_series(1, ${Math.min(100_000, more - done)}::int) n
        join (select id, first_site_id, row_number() over (order by id) as row from guests where merchant_id = ${merchantId}) g
          on g.row = 1 + (n::bigint * 7919) % ${guests}
        cross join lateral (select now() - make_interval(secs => (n::bigint * 104729) % 63072000) as at) t`
    await sql`update guests g set visit_count = c.visits, last_seen_at = greatest(g.last_seen_at, least(c.last, now()))
      from (select guest_id, count(*)::int as visits, max(ended_at) as last from visits where merchant_id = ${merchantId} group by 1) c
      where g.merchant_id = ${merchantId} and g.id = c.guest_id`
    await sql`vacuum analyze`
    const [row] = await sql`select count(*)::int as total from visits`
    return row?.total ?? 0
  } finally {
    await sql.end()
  }
}

type Asking = { name: string; path: (round: number) => string }

/** What is asked, with other words each round, so that nothing is answered from a warm place alone. */
async function askingsOf(url: string, siteId: string): Promise<Asking[]> {
  const sql = dial(url, { max: 1, connection: { role: 'doorman_system' } })
  const names = (await sql`select name from guests where name is not null order by id limit 500`).map((row) =>
    String(row.name),
  )
  const phones = (await sql`select value_sealed as sealed from identities order by id limit 500`).map((row) =>
    open(String(row.sealed)),
  )
  await sql.end()
  const nth = <T>(from: T[], round: number) => from[(round * 37) % from.length] as T
  const guestsWith = (query: Record<string, string>) => `/api/v1/guests?${new URLSearchParams(query)}`
  return [
    { name: 'first page', path: () => guestsWith({}) },
    { name: 'search by name', path: (round) => guestsWith({ q: nth(names, round) }) },
    { name: 'search by one sign', path: (round) => guestsWith({ q: nth(names, round).slice(-1) }) },
    { name: 'search by a name nobody has', path: (round) => guestsWith({ q: `zq${round}` }) },
    { name: 'search by last four digits', path: (round) => guestsWith({ q: nth(phones, round).slice(-4) }) },
    { name: 'search by whole number', path: (round) => guestsWith({ q: nth(phones, round) }) },
    { name: 'view regulars', path: () => guestsWith({ segment: 'regulars' }) },
    { name: 'view slipping', path: () => guestsWith({ segment: 'slipping' }) },
    { name: 'one site', path: () => guestsWith({ site: siteId }) },
    { name: 'agreed to offers', path: () => guestsWith({ consent: 'granted' }) },
    { name: 'lifecycle', path: () => guestsWith({ lifecycle: 'active,key,dormant' }) },
    { name: 'sorted by name', path: () => guestsWith({ sort: 'name' }) },
    { name: 'sorted by visits', path: () => guestsWith({ sort: 'visits' }) },
    {
      name: 'all filters together',
      path: (round) =>
        guestsWith({
          q: nth(names, round).slice(0, 1),
          site: siteId,
          consent: 'granted',
          lifecycle: 'active,key',
          visitsMin: '2',
        }),
    },
    { name: 'views with counts', path: () => '/api/v1/guests/views' },
  ]
}

async function overHttp(port: number, key: string, askings: Asking[], count: number): Promise<Figures> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (path: string) =>
    new Promise<number>((done, failed) => {
      const begun = performance.now()
      get({ port, path, agent, headers: { authorization: `Bearer ${key}` } }, (response) => {
        response.resume()
        response.on('end', () =>
          response.statusCode === 200
            ? done(performance.now() - begun)
            : failed(new Error(`${path}: ${response.statusCode}`)),
        )
      }).on('error', failed)
    })
  const figures: Figures = {}
  for (const { name, path } of askings) {
    for (let round = 0; round < 5; round++) await ask(path(round))
    const times: number[] = []
    for (let round = 0; round < count; round++) times.push(await ask(path(round)))
    figures[name] = percentiles(times)
  }
  agent.destroy()
  return figures
}

/** What no answer over this database can be faster than: one round trip, and the bare rows of a page with their count. */
async function rawLimits(url: string, merchantId: string, count: number): Promise<Figures> {
  const sql = dial(url, { max: 1, connection: { role: 'doorman_system' } })
  const timed = async (ask: () => Promise<unknown>) => {
    const times: number[] = []
    for (let round = 0; round < count; round++) {
      const begun = performance.now()
      await ask()
      times.push(performance.now() - begun)
    }
    return percentiles(times)
  }
  try {
    return {
      'select 1': await timed(() => sql`select 1`),
      'bare rows of a page': await timed(
        () =>
          sql`select * from guests where merchant_id = ${merchantId} order by last_seen_at desc, id desc limit 50`,
      ),
      'bare count by name': await timed(
        () => sql`select count(*) from guests where merchant_id = ${merchantId} and name_folded like '%静%'`,
      ),
    }
  } finally {
    await sql.end()
  }
}

async function listen(db: Ctx['db']) {
  const quiet = {
    info: () => {},
    warn: () => {},
    error: (facts: object, text: string) => process.stderr.write(`${text} ${JSON.stringify(facts)}\n`),
  }
  const { app } = createAdmin({
    db,
    config: {
      port: 0,
      messenger: 'outbox',
      secretMin: 8,
      radius: { authPort: 1812, acctPort: 1813 },
      trustedProxies: [],
      authSecret: randomBytes(32),
      version: 'bench',
    },
    log: quiet,
  })
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise<void>((done) => server.once('listening', () => done()))
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise<void>((done) => void server.close(() => done())),
  }
}

function percentiles(times: number[]): { p50: number; p95: number } {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (share: number) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10
  return { p50: at(0.5), p95: at(0.95) }
}

const seconds = (since: number) => Math.round((Date.now() - since) / 1000)
