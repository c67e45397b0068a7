import type postgres from 'postgres'

export type Progress = (table: string, rows: number, total: number) => void

/**
 * A backup is one gzip file of lines: a header, then for each table its name, its rows as JSON, an empty line,
 * and its count and SHA-256, then a closing line. Everything sealed stays sealed; the key is never in it, only its
 * id. Read in one REPEATABLE READ transaction: the picture of one moment while the shop goes on.
 */
export const format = 'doorman-backup/1'

/** Queues and migrations are made anew by the program that restores; news counts for the running server alone. */
const notBackedUp = ['admission_news', 'schema_migrations']

export type Mark = { table: string } | { end: string; rows: number; sha256: string } | { done: number }

/** Tables of the ledger with their columns, in an order in which every row finds what it refers to. */
export async function tablesOf(tx: postgres.TransactionSql): Promise<{ table: string; columns: string[] }[]> {
  const rows = await tx<{ table: string; columns: string[]; needs: string[] }[]>`
    select c.relname as table,
      array(select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
              and a.attgenerated = '' order by a.attnum) as columns,
      array(select distinct r.relname from pg_constraint k join pg_class r on r.oid = k.confrelid
              where k.conrelid = c.oid and k.contype = 'f' and r.oid <> c.oid) as needs
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname`
  const left = new Map(rows.filter((row) => !notBackedUp.includes(row.table)).map((row) => [row.table, row]))
  const ordered: { table: string; columns: string[] }[] = []
  while (left.size > 0) {
    const ready = [...left.values()].find((row) => row.needs.every((need) => !left.has(need)))
    if (!ready) throw new Error('tables refer to each other in a circle')
    left.delete(ready.table)
    ordered.push({ table: ready.table, columns: ready.columns })
  }
  return ordered
}
