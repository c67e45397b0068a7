import { readdir } from 'node:fs/promises'
import type { Db } from './index.ts'
import { open } from './values/keys.ts'

/** What `doctor` asks the ledger. Reads only; across all merchants, no guest among it. */
export type Checkup = {
  version: string
  answeredInMs: number
  clockAheadMs: number
  fsync: boolean
  /** Names of migrations this release has and the database has not. */
  migrationsDue: string[]
  connections: { used: number; max: number }
  jobs: { waiting: number; oldestSeconds: number }
  texts: { all: number; failed: number; problems: string[] }
  /** Whether what is sealed in it can be opened with our key; undefined where nothing is sealed yet. */
  keyFits: boolean | undefined
}

export async function checkUp(db: Db): Promise<Checkup> {
  const { sql } = db
  const from = performance.now()
  const sentAt = Date.now()
  const [server] = await sql<
    { version: string; now: Date; fsync: string; used: number; max: number }[]
  >`select current_setting('server_version') as version, clock_timestamp() as now, current_setting('fsync') as fsync,
      (select count(*)::int from pg_stat_activity where datname = current_database()) as used,
      current_setting('max_connections')::int as max`
  const answeredInMs = performance.now() - from
  const [jobs] = await sql<{ waiting: number; seconds: number }[]>`
    select count(*)::int as waiting, coalesce(extract(epoch from now() - min(created_on)), 0)::int as seconds
    from pgboss.job where state < 'active' and start_after <= now() and name not like E'\\\\_\\\\_pgboss%'`
  const texts = await sql<{ state: string; problem: string | null; count: number }[]>`
    select state, problem, count(*)::int as count from messages
    where created_at > now() - interval '1 day' group by state, problem`
  return {
    version: server?.version ?? '',
    answeredInMs: Math.round(answeredInMs * 10) / 10,
    clockAheadMs: server ? Math.round(server.now.getTime() - (sentAt + answeredInMs / 2)) : 0,
    fsync: server?.fsync === 'on',
    migrationsDue: await migrationsDue(db),
    connections: { used: server?.used ?? 0, max: server?.max ?? 0 },
    jobs: { waiting: jobs?.waiting ?? 0, oldestSeconds: jobs?.seconds ?? 0 },
    texts: {
      all: texts.reduce((sum, row) => sum + row.count, 0),
      failed: texts.reduce((sum, row) => sum + (row.state === 'failed' ? row.count : 0), 0),
      problems: [...new Set(texts.flatMap((row) => row.problem ?? []))],
    },
    keyFits: await keyFits(db),
  }
}

async function migrationsDue({ sql }: Db): Promise<string[]> {
  const done = new Set((await sql`select name from schema_migrations`).map((row) => String(row.name)))
  const files = await readdir(new URL('./migrations/', import.meta.url))
  return files.filter((file) => file.endsWith('.sql') && !done.has(file)).sort()
}

async function keyFits({ sql }: Db): Promise<boolean | undefined> {
  const [row] = await sql<{ sealed: string }[]>`
    (select value_sealed as sealed from identities limit 1) union all (select secret_sealed from nas limit 1) limit 1`
  if (!row) return undefined
  try {
    open(row.sealed)
    return true
  } catch {
    return false
  }
}

export type NasCheckup = {
  name: string
  site: string
  gateway: string
  address: string | null
  secretLength: number
  lastSeenAt: Date | null
  lastAuthAt: Date | null
  lastAcctAt: Date | null
  messageAuthenticator: string
  problems: { kind: string; count: number; lastAt: Date }[]
}

/** Every gateway in service, or those of one site, and what was wrong with its packets lately. */
export async function checkUpNas(db: Db, siteSlug?: string): Promise<NasCheckup[]> {
  const rows = await db.sql<(Omit<NasCheckup, 'secretLength'> & { sealed: string })[]>`
    select n.name, s.slug as site, n.gateway, n.address, n.secret_sealed as sealed, n.last_seen_at as "lastSeenAt",
      n.last_auth_at as "lastAuthAt", n.last_acct_at as "lastAcctAt", n.message_authenticator as "messageAuthenticator",
      coalesce((select json_agg(json_build_object('kind', p.kind, 'count', p.count, 'lastAt', p.last_at) order by p.kind)
        from nas_problems p where p.merchant_id = n.merchant_id and p.nas_id = n.id and p.cleared_at is null), '[]') as problems
    from nas n join sites s on s.merchant_id = n.merchant_id and s.id = n.site_id
    where n.removed_at is null and (${siteSlug ?? null}::text is null or s.slug = ${siteSlug ?? null})
    order by s.slug, n.created_at`
  return rows.map(({ sealed, ...row }) => ({ ...row, secretLength: lengthOf(sealed) }))
}

function lengthOf(sealed: string): number {
  try {
    return Buffer.byteLength(open(sealed))
  } catch {
    return 0
  }
}

/** Sources that sent RADIUS within the last hour and belong to no gateway. */
export async function recentStrangers(
  db: Db,
): Promise<{ address: string; nasIdentifier: string; count: number }[]> {
  return db.sql`select address, nas_identifier as "nasIdentifier", count from unknown_nas
    where last_at > now() - interval '1 hour' order by last_at desc limit 10`
}

export async function countSites(db: Db, slug?: string): Promise<number> {
  const [row] = await db.sql<{ count: number }[]>`
    select count(*)::int as count from sites where ${slug ?? null}::text is null or slug = ${slug ?? null}`
  return row?.count ?? 0
}
