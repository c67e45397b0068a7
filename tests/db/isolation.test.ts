import { sql } from 'drizzle-orm'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyAudit } from '../../db/audit.ts'
import { renameGuest } from '../../db/crm/guests.ts'
import { addInteraction } from '../../db/crm/interactions.ts'
import { dial, systemTransaction, transaction } from '../../db/index.ts'
import { appendOnlyTables } from '../../db/migrate.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'

let database: TestDatabase
let owner: postgres.Sql
let ours: Shop
let theirs: Shop

beforeAll(async () => {
  database = await freshDatabase()
  owner = dial(database.url, { max: 1, onnotice: () => {} })
  ours = await openShop(database.db)
  theirs = await openShop(database.db)
  for (const [index, shop] of [ours, theirs].entries()) {
    const { guestId } = await letIn(shop, { phone: `1380013800${index}`, mac: `02000000000${index}` })
    await renameGuest(shop.ctx, { guestId, name: `Guest ${index}`, source: 'test' })
    await addInteraction(shop.ctx, { guestId, kind: 'note', text: 'Window seat' })
  }
})
afterAll(async () => {
  await owner.end()
  await database.close()
})

type Table = {
  name: string
  enabled: boolean
  forced: boolean
  keyColumns: string[]
  tenantKey: string
  policies: { name: string; using: string | null; check: string | null; roles: string[] }[]
}

/** What PostgreSQL itself says of every table a merchant has rows in. */
const tenantTables = () => owner<Table[]>`
  select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
    case c.relname when 'merchants' then 'id' else 'merchant_id' end as "tenantKey",
    array(select a.attname from pg_index i cross join unnest(i.indkey) with ordinality k(attnum, n)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
      where i.indrelid = c.oid and i.indisprimary order by k.n) as "keyColumns",
    (select coalesce(jsonb_agg(jsonb_build_object('name', p.policyname, 'using', p.qual, 'check', p.with_check, 'roles', p.roles)), '[]')
      from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname) as policies
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (c.relname = 'merchants' or exists (
    select from pg_attribute a where a.attrelid = c.oid and a.attname = 'merchant_id' and not a.attisdropped))
  order by 1`

describe('merchants are held apart by the database', () => {
  it('in every table that has a merchant, by row-level security that binds its owner too', async () => {
    const tables = await tenantTables()
    expect(tables.length).toBeGreaterThan(25)
    for (const table of tables) {
      expect(table, table.name).toMatchObject({ enabled: true, forced: true })
      expect(table.keyColumns[0], `first in the key of ${table.name}`).toBe(table.tenantKey)
      const own = table.policies.filter(({ roles }) => roles.includes('doorman_tenant'))
      expect(own, table.name).toHaveLength(1)
      const rule = `(${table.tenantKey} = current_setting('doorman.merchant_id'::text, true))`
      expect(own[0]).toMatchObject({ using: rule, check: rule })
      expect(table.policies.flatMap(({ roles }) => roles).toSorted(), table.name).toEqual([
        'doorman_system',
        'doorman_tenant',
      ])
    }
  })

  it('and a row refers to rows of its own merchant alone, by the key itself', async () => {
    const keys = await owner<{ name: string; table: string; target: string; first: string }[]>`
      select k.conname as name, k.conrelid::regclass::text as table, k.confrelid::regclass::text as target, a.attname as first
      from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
      where k.contype = 'f' and k.connamespace = 'public'::regnamespace and exists (
        select from pg_attribute m where m.attrelid = k.conrelid and m.attname = 'merchant_id')`
    expect(keys.length).toBeGreaterThan(20)
    for (const { name, first } of keys) expect(`${name}: ${first}`).toBe(`${name}: merchant_id`)
  })

  it('the role of a tenant has no power to look past it', async () => {
    const [role] =
      await owner`select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication
      from pg_roles where rolname = 'doorman_tenant'`
    expect(Object.values(role ?? { missing: true })).toEqual([false, false, false, false, false, false])
    const members = await owner`select 1 from pg_auth_members m join pg_roles r on r.oid = m.member
      where r.rolname = 'doorman_tenant'`
    expect(members).toHaveLength(0)
    const owned = await owner`select relname from pg_class c join pg_roles r on r.oid = c.relowner
      where r.rolname in ('doorman_tenant', 'doorman_system')`
    expect(owned).toHaveLength(0)
  })

  it('shows not one row without a merchant, nor with one that is not there', async () => {
    for (const { name } of await tenantTables()) {
      const unset = await database.db.tenant.execute(sql.raw(`select count(*)::int as rows from "${name}"`))
      expect(unset[0], name).toEqual({ rows: 0 })
      const other = await transaction({ ...ours.ctx, merchantId: 'mer_nobody' }, (tx) =>
        tx.execute(sql.raw(`select count(*)::int as rows from "${name}"`)),
      )
      expect(other[0], name).toEqual({ rows: 0 })
    }
  })

  it('shows a merchant its own rows and no others', async () => {
    let seen = 0
    for (const { name, tenantKey } of await tenantTables()) {
      const rows = await transaction(ours.ctx, (tx) =>
        tx.execute<{ owner: string }>(sql.raw(`select distinct "${tenantKey}" as owner from "${name}"`)),
      )
      for (const row of rows) expect(row.owner, name).toBe(ours.ctx.merchantId)
      seen += rows.length
    }
    expect(seen).toBeGreaterThan(10)
  })

  it('lets a merchant write no row of another: not new, not by moving its own, not by changing', async () => {
    const refused = (statement: string) =>
      expect(
        transaction(ours.ctx, (tx) => tx.execute(sql.raw(statement))),
        statement,
      ).rejects.toMatchObject({ cause: { code: '42501' } })
    const them = theirs.ctx.merchantId
    await refused(
      `insert into guests (merchant_id, id, first_seen_at, last_seen_at) values ('${them}', 'gst_x', now(), now())`,
    )
    await refused(`update plans set merchant_id = '${them}'`)
    const before = await owner`select * from guests where merchant_id = ${them}`
    await transaction(ours.ctx, (tx) =>
      tx.execute(sql`update guests set name = 'taken' where merchant_id = ${them}`),
    )
    expect(await owner`select * from guests where merchant_id = ${them}`).toEqual(before)
  })
})

describe('what is proof stays', () => {
  it.each(appendOnlyTables)('nobody the product works as can change or remove a row of %s', async (table) => {
    for (const statement of [
      `update ${table} set merchant_id = merchant_id`,
      `delete from ${table}`,
      `truncate ${table}`,
    ]) {
      const denied = { cause: { code: '42501' } }
      await expect(
        transaction(ours.ctx, (tx) => tx.execute(sql.raw(statement))),
        statement,
      ).rejects.toMatchObject(denied)
      await expect(
        systemTransaction(database.db, (tx) => tx.execute(sql.raw(statement))),
        statement,
      ).rejects.toMatchObject(denied)
    }
  })

  const verdict = () => transaction(ours.ctx, (tx) => verifyAudit(tx, ours.ctx))
  const m = () => ours.ctx.merchantId

  it('an untouched audit log is whole', async () => {
    const { rows, brokenAt } = await verdict()
    expect(rows).toBeGreaterThanOrEqual(3)
    expect(brokenAt).toBeUndefined()
  })

  it.each([
    ['a changed actor', 'update audit set actor = actor || \'{"name":"Nobody"}\'', 2],
    ['a changed time', "update audit set at = at + interval '1 microsecond'", 2],
    ['a changed action', "update audit set action = 'guest.seen'", 2],
    ['a changed subject', "update audit set subject = 'gst_other'", 2],
    ['a changed detail', "update audit set detail = '{}'", 2],
    [
      'a row with its own hash made anew',
      `update audit set action = 'x', hash = audit_hash(prev_hash, merchant_id, seq, at, actor, 'x', subject, detail)`,
      3,
    ],
    ['a removed row', 'delete from audit', 3],
  ])('%s is found', async (_what, statement, brokenAt) => {
    await tampered(`${statement} where merchant_id = '${m()}' and seq = 2`, brokenAt)
  })

  it('a log cut off at its end is found', async () => {
    const { rows } = await verdict()
    await tampered(`delete from audit where merchant_id = '${m()}' and seq = ${rows}`, rows)
  })

  it('two rows that changed places are found', async () => {
    await tampered(
      `update audit set seq = case seq when 2 then -3 else -2 end where merchant_id = '${m()}' and seq in (2, 3);
       update audit set seq = -seq where merchant_id = '${m()}' and seq < 0`,
      2,
    )
  })

  /** As the owner of the database, the one who can: changes, looks, and puts everything back. */
  async function tampered(statement: string, brokenAt: number) {
    await owner.unsafe(`create temp table kept as select * from audit where merchant_id = '${m()}'`)
    try {
      await owner.unsafe(statement)
      expect((await verdict()).brokenAt).toBe(brokenAt)
    } finally {
      await owner.unsafe(
        `delete from audit where merchant_id = '${m()}'; insert into audit select * from kept; drop table kept`,
      )
    }
    expect((await verdict()).brokenAt).toBeUndefined()
  }
})
