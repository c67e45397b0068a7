import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { dial } from '../../db/index.ts'
import { Service } from '../support/service.ts'
import { onBothDatabases } from './databases.ts'

type Made = { bytes: number; rows: number; sha256: string }

// One key for both: without the key of the first, what is sealed in its backup could not be opened.
const env = { SECRET_KEY: 'a secret key of two services, one after the other' }

onBothDatabases('A backup', (start) => {
  let from: Service
  let to: Service
  let file: string
  let made: Made
  let rows: Record<string, string>
  beforeAll(async () => {
    from = await start(env)
    to = await start(env)
    const demo = await from.doorman('demo', '--guests', '80', '--days', '60')
    if (demo.code !== 0) throw new Error(demo.stderr)
    await writeStrangeNote(from)
    file = join(from.dataDir, 'shop.backup')
    const saved = await from.doorman<Made>('backup', file)
    if (!saved.json) throw new Error(saved.stderr)
    made = saved.json
    rows = await fingerprints(from)
  }, 120_000)

  it('refuses a damaged file and leaves the database as it was', async () => {
    const before = await fingerprints(to)
    const damaged = join(to.dataDir, 'damaged.backup')
    writeFileSync(damaged, readFileSync(file).subarray(0, -100))
    const { code, stderr } = await to.doorman('restore', damaged)
    expect(code).toBe(1)
    expect(stderr).toMatch(/damaged.*Nothing was changed\.$/m)
    expect(await fingerprints(to)).toEqual(before)
  }, 60_000)

  it('restores every row into an empty database, while the service runs on it', async () => {
    const restored = await to.doorman<{ rows: number }>('restore', file)
    expect({ code: restored.code, rows: restored.json?.rows }).toEqual({ code: 0, rows: made.rows })
    expect(await fingerprints(to)).toEqual(rows)
    expect((await fetch(`${to.url}/s/qinglan-nanjing`)).status).toBe(200)
  }, 60_000)

  it('refuses a database that is not empty, but for --force', async () => {
    const refused = await to.doorman('restore', file)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('not empty')
    const forced = await to.doorman<{ rows: number }>('restore', file, '--force')
    expect({ code: forced.code, rows: forced.json?.rows }).toEqual({ code: 0, rows: made.rows })
    expect(await fingerprints(to)).toEqual(rows)
  }, 60_000)

  it('holds no phone number in the clear', () => {
    expect(gunzipSync(readFileSync(file)).toString()).not.toMatch(/\+861[3-9][0-9]{9}/)
  })
})

describe('A backup sealed with another key', () => {
  it('is refused, in a sentence', async () => {
    const from = await Service.prepare({ SECRET_KEY: 'the key of one service, thirty-two and more' })
    const to = await Service.prepare({ SECRET_KEY: 'the key of another, thirty-two and more' })
    const file = join(from.dataDir, 'empty.backup')
    await from.doorman('backup', file)
    const { code, stderr } = await to.doorman('restore', file)
    expect(code).toBe(1)
    expect(stderr).toContain('another SECRET_KEY')
    for (const service of [from, to]) await service.close()
  }, 60_000)
})

/** Characters that some readers take for the end of a line. */
async function writeStrangeNote(service: Service) {
  const sql = dial(service.databaseUrl, { max: 1, onnotice: () => {} })
  await sql`update guests set name = ${'Lin\u2028Xia\u2029\u0085 \r\n "\\'} where id = (select min(id) from guests)`
  await sql.end()
}

/** A count and a checksum of each table, whatever order its rows are in. */
async function fingerprints(service: Service): Promise<Record<string, string>> {
  const sql = dial(service.databaseUrl, { max: 1, onnotice: () => {} })
  const tables = await sql<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
      and relname not in ('admission_news', 'schema_migrations', 'setup_codes', 'unknown_nas') order by relname`
  const found: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await sql.unsafe(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' order by t::text)), '') as print from ${name} t`,
    )
    found[name] = String(row?.print)
  }
  await sql.end()
  return found
}
