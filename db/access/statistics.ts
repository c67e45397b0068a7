import { type Db, dial } from '../index.ts'

/** What the path of a packet looks things up in. */
const tables = ['sessions', 'visits', 'grants', 'guests', 'devices', 'guest_sites']

/** Rows written after which the planner is told anew how large the tables are; then PostgreSQL's own analysis follows. */
const after = [200, 1_000, 5_000, 25_000, 100_000]

/**
 * Tells the planner how large young tables have become. Plans of prepared statements are kept, and one made while a
 * table was empty takes any index that begins with the merchant: it reads all of the merchant's rows for each packet,
 * until ANALYZE throws it away, which PostgreSQL does by itself only a minute later.
 * Runs beside the work, never on its path; who may not analyse goes on without.
 * @returns to be called with the rows just written.
 */
export function keepStatistics(db: Db, onError: (error: unknown) => void): (rows: number) => void {
  let written = 0
  let next = 0
  let isBusy = false
  return (rows) => {
    written += rows
    if (isBusy || written < (after[next] ?? Number.POSITIVE_INFINITY)) return
    while (written >= (after[next] ?? Number.POSITIVE_INFINITY)) next++
    isBusy = true
    analyse(db)
      .catch(onError)
      .finally(() => {
        isBusy = false
      })
  }
}

/** By the account that owns the tables: the roles of the product may not. */
async function analyse(db: Db): Promise<void> {
  const sql = dial(db.url, { max: 1, onnotice: () => {}, connect_timeout: 5 })
  try {
    await sql.unsafe(`analyze ${tables.join(', ')}`)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
