import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Readable, Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip, createGzip } from 'node:zlib'
import postgres from 'postgres'
import { DomainError } from './errors.ts'
import { keyId } from './values/keys.ts'

export type Progress = (table: string, rows: number, total: number) => void

/**
 * A backup is one gzip file of lines: a header, then for each table its name, its rows as JSON, an empty line,
 * and its count and SHA-256, then a closing line. Everything sealed stays sealed; the key is never in it, only its
 * id. Read in one REPEATABLE READ transaction: the picture of one moment while the shop goes on.
 */
const format = 'doorman-backup/1'

/** Queues and migrations are made anew by the program that restores. */
const notBackedUp = ['schema_migrations']

type Mark = { table: string } | { end: string; rows: number; sha256: string } | { done: number }

/** @returns bytes of the file, rows in it, SHA-256 of the file. */
export async function backup(
  url: string,
  file: string,
  onProgress: Progress = () => {},
): Promise<{ bytes: number; rows: number; sha256: string }> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { role: 'doorman_system' } })
  const zip = createGzip()
  const whole = createHash('sha256')
  const hashing = new Transform({
    transform(chunk, _encoding, done) {
      whole.update(chunk)
      done(null, chunk)
    },
  })
  const written = pipeline(zip, hashing, createWriteStream(file, { mode: 0o600 }))
  const line = (value: object) => put(zip, `${JSON.stringify(value)}\n`)
  try {
    const rows = await sql.begin('isolation level repeatable read read only', async (tx) => {
      const migrations = await tx`select name from schema_migrations order by name`
      await line({
        format,
        keyId: keyId(),
        migrations: migrations.map((row) => row.name),
        at: new Date().toISOString(),
      })
      let total = 0
      for (const { table, columns } of await tablesOf(tx)) {
        await line({ table, columns })
        const { rows, sha256 } = await copyOut(tx, table, columns, zip)
        await line({ end: table, rows, sha256 })
        total += rows
        onProgress(table, rows, total)
      }
      await line({ done: total })
      return total
    })
    zip.end()
    await written
    return { bytes: (await stat(file)).size, rows, sha256: whole.digest('hex') }
  } catch (error) {
    zip.destroy()
    await written.catch(() => {})
    throw error
  } finally {
    await sql.end()
  }
}

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
  const sql = postgres(url, { max: 1, onnotice: () => {} })
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
      const rows = await readTables(tx, reader, onProgress)
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

/** Rows travel as JSON, one line a row, which PostgreSQL itself writes and reads: no type is understood here. */
async function copyOut(tx: postgres.TransactionSql, table: string, columns: string[], to: Writable) {
  const hash = createHash('sha256')
  let count = 0
  const rows = tx<
    { line: string }[]
  >`select to_jsonb(r)::text as line from (select ${tx(columns)} from ${tx(table)}) r`
  for await (const batch of rows.cursor(2000)) {
    const text = batch.map((row) => `${row.line}\n`).join('')
    hash.update(text)
    count += batch.length
    await put(to, text)
  }
  await put(to, '\n')
  return { rows: count, sha256: hash.digest('hex') }
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

/** Tables of the ledger with their columns, in an order in which every row finds what it refers to. */
async function tablesOf(tx: postgres.TransactionSql): Promise<{ table: string; columns: string[] }[]> {
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

/** What a service writes before anybody uses it: no loss where it goes. */
const byItself = ['setup_codes', 'unknown_nas']

async function emptyTables(tx: postgres.TransactionSql, tables: string[], force: boolean) {
  for (const table of tables) {
    const [row] = await tx`select exists (select from ${tx(table)}) as used`
    if (row?.used && !force && !byItself.includes(table)) throw new DomainError('backup.not-empty')
  }
  await tx.unsafe(`truncate ${tables.map((table) => `"${table}"`).join(', ')}`)
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

const put = (to: Writable, chunk: string | Buffer) =>
  new Promise<void>((resolve, reject) => to.write(chunk, (error) => (error ? reject(error) : resolve())))
