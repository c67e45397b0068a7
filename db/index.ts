import { join } from 'node:path'
import { sql as query } from 'drizzle-orm'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import type { Ctx } from './context.ts'
import { driver } from './driver.ts'
import * as schema from './schema/index.ts'

export type Drizzle = PostgresJsDatabase<typeof schema>
export type Tx = Parameters<Parameters<Drizzle['transaction']>[0]>[0]

export type Db = {
  url: string
  /** postgres.js, role doorman_system: the RADIUS path. Kept apart from Drizzle, which changes a connection's parsers. */
  sql: postgres.Sql
  /** Drizzle, role doorman_system: what must look across merchants before the merchant is known. */
  system: Drizzle
  /** Drizzle, role doorman_tenant: sees nothing until a transaction names its merchant. */
  tenant: Drizzle
  /**
   * The same, with one connection of its own for `sql`. What is asked while it is busy is sent at once and answered in
   * order, so there is no gap between two statements, and one server process keeps all it needs at hand: for the same
   * work it takes a fifth less of the processor than several that take turns.
   */
  lane(): Lane
  /** Closed before the pools: what else holds a connection to the same database. */
  onClose(close: () => Promise<void>): void
  close(): Promise<void>
}

export type Lane = Db & {
  /** What is asked from now on goes by another connection: this one may be dead and not know it, or wait for ever. */
  renew(): void
}

/** Seconds that what is under way on a connection given up may still take, before it fails. */
const renewalSeconds = 5

/**
 * For the same few statements with arrays of any length, many times a second: planning one anew costs more than running
 * it, and a plan made while a table was small (read it whole, hash it) is a disaster once it has grown. Everything on this
 * path is looked up by key, so it goes through indexes, row by row, from the first packet on.
 */
const steadyPlans = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
}

/**
 * postgres.js for a URL. `?host=/folder` is the folder of a Unix socket, as libpq and pg-boss's driver read it: on one
 * machine it takes a tenth less of both sides' time than TCP. Other words of the query are postgres.js's own.
 */
export function dial(url: string, options: postgres.Options<Record<string, never>> = {}): postgres.Sql {
  const parsed = new URL(url)
  const folder = parsed.searchParams.get('host')
  if (!folder?.startsWith('/')) return driver(url, options)
  parsed.searchParams.delete('host')
  return driver(parsed.href, { ...options, path: join(folder, `.s.PGSQL.${parsed.port || 5432}`) })
}

/** Connects three small pools to one PostgreSQL ≥ 15. Nothing is opened before the first query. */
export function connect(options: { url: string; max?: number; statementTimeoutMs?: number }): Db {
  const { url, max = 4, statementTimeoutMs = 10_000 } = options
  const pool = (role: string, size: number, more: Record<string, string> = {}) =>
    dial(url, {
      max: size,
      onnotice: () => {},
      connect_timeout: 5,
      // Back within a second of the database, however long it was away; the driver's own wait grows to 20 s.
      backoff: (attempt: number) => Math.min(attempt * 0.1, 1),
      // Compiling a plan pays off after seconds; nothing here takes so long, but an estimate that is off calls for it.
      connection: {
        application_name: 'doorman',
        role,
        statement_timeout: statementTimeoutMs,
        jit: 'off',
        ...more,
      },
    })
  const sql = pool('doorman_system', max, steadyPlans)
  const systemSql = pool('doorman_system', max)
  const tenantSql = pool('doorman_tenant', max + 2)
  const lanes = new Set<postgres.Sql>()
  const closers: (() => Promise<void>)[] = []
  const db: Db = {
    url,
    sql,
    system: drizzle(systemSql, { schema }),
    tenant: drizzle(tenantSql, { schema }),
    lane: () => {
      const begin = () => {
        const own = pool('doorman_system', 1, steadyPlans)
        lanes.add(own)
        return own
      }
      let own = begin()
      return {
        ...db,
        get sql() {
          return own
        },
        renew: () => {
          const former = own
          own = begin()
          void former.end({ timeout: renewalSeconds }).finally(() => lanes.delete(former))
        },
      }
    },
    onClose: (close) => void closers.push(close),
    close: async () => {
      await Promise.all(closers.map((close) => close()))
      await Promise.all([sql, systemSql, tenantSql, ...lanes].map((pool) => pool.end({ timeout: 5 })))
    },
  }
  return db
}

/**
 * Runs `fn` in one transaction that can see and write only the rows of `ctx.merchantId`.
 * Throws what `fn` throws, after rolling back.
 */
export function transaction<T>(ctx: Ctx, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return ctx.db.tenant.transaction(async (tx) => {
    await tx.execute(query`select set_config('doorman.merchant_id', ${ctx.merchantId}, true)`)
    return fn(tx)
  })
}

/** Runs `fn` in one transaction over the whole installation. Only for what has no merchant yet. */
export function systemTransaction<T>(db: Db, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return db.system.transaction(fn)
}
