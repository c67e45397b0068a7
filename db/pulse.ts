import type { Db } from './index.ts'

/** What the whole installation is doing, for machines that watch it: numbers only, nobody's in particular. */
export type Pulse = {
  openSessions: number
  /** Cumulative, as PostgreSQL counts them: no table is read. */
  rowsWritten: Record<string, number>
  jobsWaiting: Record<string, number>
}

const counted = ['arrivals', 'codes', 'grants', 'guests', 'messages', 'sessions', 'visits', 'consents']

export async function readPulse(db: Db): Promise<Pulse> {
  const [[open], written, waiting] = await Promise.all([
    db.sql<{ count: number }[]>`select count(*)::int as count from sessions where stopped_at is null`,
    db.sql<{ name: string; rows: string }[]>`
      select relname as name, n_tup_ins as rows from pg_stat_user_tables
      where schemaname = current_schema() and relname = any(${counted})`,
    db.sql<{ name: string; count: number }[]>`
      select name, count(*)::int as count from pgboss.job where state < 'active' group by name`,
  ])
  return {
    openSessions: open?.count ?? 0,
    rowsWritten: Object.fromEntries(written.map((row) => [row.name, Number(row.rows)])),
    jobsWaiting: Object.fromEntries(waiting.map((row) => [row.name, row.count])),
  }
}

/** Whether the database answers a question now. */
export async function answersNow(db: Db, timeoutMs: number): Promise<boolean> {
  const late = new Promise<false>((done) => setTimeout(() => done(false), timeoutMs).unref())
  const asked = db.sql`select 1`.then(
    () => true,
    () => false,
  )
  return Promise.race([asked, late])
}
