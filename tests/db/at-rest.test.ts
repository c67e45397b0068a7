import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dial } from '../../db/index.ts'
import { open } from '../../db/values/keys.ts'
import { codeIn, openShop, type Shop } from '../portal/shop.ts'

const national = '13712349876'
const e164 = `+86${national}`

let shop: Shop
let owner: postgres.Sql
let code: string
/** Every row of every table of the database, queues too, as PostgreSQL writes it. */
let dump: { table: string; rows: string[] }[]

beforeAll(async () => {
  shop = await openShop()
  owner = dial(shop.database.url, { max: 1, onnotice: () => {} })
  const guest = await (await shop.guest().arrive()).askCode(national, { marketing: '1' })
  code = codeIn((await shop.texts())[0]?.text ?? '')
  await guest.submit('/code', { code })
  expect(guest.step).toBe('release')
  const other = await (await shop.guest().arrive()).askCode('13712349877')
  await other.submit('/code', { code: '000000' })
  const tables = await owner<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_t' order by 1`
  dump = []
  for (const { name } of tables) {
    const rows = await owner.unsafe<{ line: string }[]>(`select to_jsonb(t)::text as line from ${name} t`)
    dump.push({ table: name, rows: rows.map((row) => row.line) })
  }
})
afterAll(async () => {
  await owner.end()
  await shop.close()
})

const tablesWith = (text: string) =>
  dump.filter(({ rows }) => rows.some((row) => row.includes(text))).map(({ table }) => table)

describe('a stolen copy of the database', () => {
  it('is looked through whole: guest, number, code, message, job and audit are in it', () => {
    const filled = dump.filter(({ rows }) => rows.length > 0).map(({ table }) => table)
    expect(filled).toEqual(
      expect.arrayContaining(
        ['arrivals', 'audit', 'codes', 'code_sends', 'grants', 'guests', 'identities', 'messages'].map(
          (table) => `public.${table}`,
        ),
      ),
    )
    expect(filled.some((table) => /^pgboss\.(job|j[0-9a-f]+)/.test(table))).toBe(true)
  })

  it('holds no number, in whatever spelling', () => {
    const spellings = [
      national,
      '137 1234 9876',
      '137-1234-9876',
      '137****9876',
      '12349876',
      Buffer.from(e164).toString('hex'),
      Buffer.from(national).toString('hex'),
      Buffer.from(e164).toString('base64').replace(/=+$/, ''),
      Buffer.from(national).toString('base64').replace(/=+$/, ''),
      Buffer.from(national).toString('base64url'),
    ]
    for (const spelling of spellings) expect(tablesWith(spelling), spelling).toEqual([])
  })

  it('holds no code and no text of a message', () => {
    expect(code).toMatch(/^\d{6}$/)
    // As a word: six digits may stand by chance within a longer number.
    const asWord = new RegExp(`(?<![0-9a-z.])${code}(?![0-9a-z])`)
    expect(dump.filter(({ rows }) => rows.some((row) => asWord.test(row))).map(({ table }) => table)).toEqual(
      [],
    )
    expect(tablesWith('Wi-Fi code')).toEqual([])
  })

  it('and what is sealed in it opens with the key alone', async () => {
    const [row] = await owner`select value_sealed, value_index from identities`
    expect(open(String(row?.value_sealed))).toBe(e164)
    const sealed = String(row?.value_sealed)
    const changed = sealed.slice(0, -4) + (sealed.endsWith('AAAA') ? 'BBBB' : 'AAAA')
    expect(() => open(changed)).toThrow()
  })

  it('tells two merchants’ guests with one number not to be one', async () => {
    const neighbour = await openShop({ database: shop.database })
    const guest = await (await neighbour.guest().arrive()).askCode(national)
    await guest.submit('/code', { code: codeIn((await neighbour.texts())[0]?.text ?? '') })
    const rows = await owner`select distinct value_index, last_four_index, value_sealed from identities`
    expect(rows).toHaveLength(2)
    expect(rows[0]?.value_index).not.toEqual(rows[1]?.value_index)
    expect(rows[0]?.last_four_index).not.toEqual(rows[1]?.last_four_index)
  })
})
