import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type postgres from 'postgres'
import { format, type Progress, tablesOf } from './backup-format.ts'
import { dial } from './index.ts'
import { keyId } from './values/keys.ts'

/** @returns bytes of the file, rows in it, SHA-256 of the file. */
export async function backup(
  url: string,
  file: string,
  onProgress: Progress = () => {},
): Promise<{ bytes: number; rows: number; sha256: string }> {
  const sql = dial(url, { max: 1, onnotice: () => {}, connection: { role: 'doorman_system' } })
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

const put = (to: Writable, chunk: string | Buffer) =>
  new Promise<void>((resolve, reject) => to.write(chunk, (error) => (error ? reject(error) : resolve())))
