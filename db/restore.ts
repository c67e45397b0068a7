import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip } from 'node:zlib'
import type postgres from 'postgres'
import { format, type Mark, type Progress, tablesOf } from './backup-format.ts'
import { DomainError } from './errors.ts'
import { dial } from './index.ts'
import { keyId } from './values/keys.ts'

/**
 * Reads a backup into a database that has the same migrations, all or nothing: every count and checksum must fit.
 * Throws `backup.unreadable`, `backup.other-key`, `backup.other-version`, `backup.not-empty` (without `force`),
 * `backup.damaged`.
 */
export async function restore(
  url: string,
  file: string,
  options: { force?: boolean } = {},
  onProgress: Progress = () => {},
): Promise<{ rows: number }> {
  const sql = dial(url, { max: 1, onnotice: () => {} })
  const zipped = createReadStream(file)
  const reader = linesOf(zipped)
  try {
    const header = await readHeader(reader)
    if (header.keyId !== keyId()) throw new DomainError('backup.other-key')
    return await sql.begin(async (tx) => {
      const here = (await tx`select name from schema_migrations order by name`).map((row) => String(row.name))
      if (JSON.stringify(here) !== JSON.stringify(header.migrations))
        throw new DomainError('backup.other-version')
      const tables = await tablesOf(tx)
      await emptyTables(
        tx,
        tables.map(({ table }) => table),
        options.force ?? false,
      )
      // What triggers keep true stands in the file as well: told twice, a row would be there twice.
      await switchTriggers(tx, tables, 'disable')
      const rows = await readTables(tx, reader, onProgress)
      await switchTriggers(tx, tables, 'enable')
      await followSequences(tx)
      return { rows }
    })
  } finally {
    zipped.destroy()
    await sql.end()
  }
}

type Lines = AsyncIterator<string>

/** Lines end at a line feed and nowhere else: a note may hold U+2028, which readline takes for an end too. */
async function* linesOf(zipped: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  const unzipped = zipped.pipe(createGunzip())
  zipped.on('error', (error) => unzipped.destroy(error))
  // Also after the reader has gone: what is wrong with the rest of the file is nobody's business then.
  unzipped.on('error', () => {})
  let rest = ''
  try {
    for await (const chunk of unzipped) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch (error) {
    // zlib's own codes: cut off, or with a wrong byte in it. The reader meets the end too early and says so.
    if (!/^Z_/.test((error as { code?: string }).code ?? '')) throw error
  }
}

const next = async (reader: Lines) => {
  const { value, done } = await reader.next()
  if (done || value === undefined) throw new DomainError('backup.damaged')
  return value as string
}

async function readHeader(reader: Lines): Promise<{ keyId: string; migrations: string[] }> {
  try {
    const header = JSON.parse(await next(reader))
    if (header.format === format) return header
  } catch {
    // Told below in one sentence, whatever the file is.
  }
  throw new DomainError('backup.unreadable')
}

async function readTables(tx: postgres.TransactionSql, reader: Lines, onProgress: Progress): Promise<number> {
  let total = 0
  for (;;) {
    const mark = parsed<Mark & { columns?: string[] }>(await next(reader))
    if ('done' in mark) {
      if (mark.done !== total) throw new DomainError('backup.damaged')
      return total
    }
    if (!('table' in mark) || !mark.columns) throw new DomainError('backup.damaged')
    const end = await copyIn(tx, mark.table, mark.columns, reader).catch((error: { code?: string }) => {
      // Rows that do not fit the table, or each other (SQLSTATE 22 and 23): somebody wrote in the file.
      throw /^2[23]/.test(error.code ?? '') ? new DomainError('backup.damaged') : error
    })
    total += end.rows
    onProgress(mark.table, end.rows, total)
  }
}

function parsed<T>(line: string): T {
  try {
    return JSON.parse(line) as T
  } catch {
    throw new DomainError('backup.damaged')
  }
}

async function copyIn(tx: postgres.TransactionSql, table: string, columns: string[], reader: Lines) {
  const hash = createHash('sha256')
  let rows = 0
  let batch: string[] = []
  const flush = async () => {
    if (batch.length === 0) return
    await tx`insert into ${tx(table)} (${tx(columns)}) overriding system value
      select ${tx(columns)} from jsonb_populate_recordset(null::${tx(table)}, ${`[${batch.join(',')}]`}::text::jsonb)`
    batch = []
  }
  for (let text = await next(reader); text !== ''; text = await next(reader)) {
    hash.update(`${text}\n`)
    rows++
    if (batch.push(text) === 1000) await flush()
  }
  await flush()
  const end = parsed<{ end?: string; rows?: number; sha256?: string }>(await next(reader))
  if (end.end !== table || end.rows !== rows || end.sha256 !== hash.digest('hex'))
    throw new DomainError('backup.damaged')
  return { rows }
}

/** What a service writes before anybody uses it: no loss where it goes. */
const byItself = ['setup_codes', 'unknown_nas']

async function emptyTables(tx: postgres.TransactionSql, tables: string[], force: boolean) {
  for (const table of tables) {
    const [row] = await tx`select exists (select from ${tx(table)}) as used`
    if (row?.used && !force && !byItself.includes(table)) throw new DomainError('backup.not-empty')
  }
  await tx.unsafe(`truncate ${tables.map((table) => `"${table}"`).join(', ')}`)
}

/** Our own triggers; those of foreign keys stay on. */
async function switchTriggers(
  tx: postgres.TransactionSql,
  tables: { table: string }[],
  how: 'disable' | 'enable',
) {
  for (const { table } of tables) await tx.unsafe(`alter table "${table}" ${how} trigger user`)
}

/** Sequences go on after the highest number read. */
async function followSequences(tx: postgres.TransactionSql) {
  await tx`do $$ declare r record; begin
    for r in select c.relname as t, a.attname as k, pg_get_serial_sequence(c.relname, a.attname) as s
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attidentity <> ''
      where c.relnamespace = 'public'::regnamespace loop
      execute format('select setval(%L, coalesce((select max(%I) from %I), 0) + 1, false)', r.s, r.k, r.t);
    end loop; end $$`.simple()
}
