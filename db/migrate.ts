import { readdir, readFile } from 'node:fs/promises'
import type postgres from 'postgres'
import { dial } from './index.ts'

/** Tables whose rows are proof: nobody but the owner of the database may change or remove one. */
export const appendOnlyTables = [
  'accounting_log',
  'audit',
  'balance_entries',
  'code_sends',
  'consent_texts',
  'consents',
  'guest_fields',
  'interactions',
]

const folder = new URL('./migrations/', import.meta.url)

/**
 * Brings the database to the newest migration and sets roles, rights and row-level security.
 * Safe to run by many processes at once (advisory lock) and again at every start.
 * @param onStep told before each migration: name, index from 0, how many in all.
 * @returns the newest migration before and after; '' where there was none.
 */
export async function migrate(
  url: string,
  onStep: (name: string, index: number, total: number) => void = () => {},
): Promise<{ from: string; to: string }> {
  const sql = dial(url, { max: 1, onnotice: () => {}, connect_timeout: 10 })
  try {
    await sql`select pg_advisory_lock(hashtext('doorman.migrate'))`
    await sql`create table if not exists schema_migrations (
      name text primary key, applied_at timestamptz not null default now())`
    const done = new Set((await sql`select name from schema_migrations`).map((row) => String(row.name)))
    const all = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
    const due = all.filter((file) => !done.has(file))
    for (const [index, file] of due.entries()) {
      onStep(file, index, due.length)
      const text = await readFile(new URL(file, folder), 'utf8')
      await sql.begin(async (tx) => {
        await tx.unsafe(text)
        await tx`insert into schema_migrations (name) values (${file})`
      })
    }
    await ensureRoles(sql)
    await guardTables(sql)
    return { from: all.filter((file) => done.has(file)).at(-1) ?? '', to: all.at(-1) ?? '' }
  } finally {
    await sql.end()
  }
}

/**
 * Two roles without any attribute of power. Every connection of the product works as one of them:
 * `doorman_tenant` sees the rows of the merchant set for its transaction, `doorman_system` sees all rows.
 */
async function ensureRoles(sql: postgres.Sql) {
  for (const role of ['doorman_system', 'doorman_tenant']) {
    try {
      // Roles belong to the whole cluster, so another database's migration may be making it right now.
      await sql.unsafe(`do $$ begin
        if not exists (select from pg_roles where rolname = '${role}') then
          create role ${role} nologin nosuperuser nobypassrls nocreatedb nocreaterole;
        end if;
      exception when duplicate_object or unique_violation then null; end $$`)
      await sql.unsafe(`do $$ begin
        if not pg_has_role(current_user, '${role}', 'member') or not (select rolsuper from pg_roles where rolname = current_user) then
          grant ${role} to current_user;
        end if;
      exception when unique_violation then null; end $$`)
    } catch (error) {
      throw new Error(
        `The database account may not make the role ${role}. Ask the database's owner to run: create role ${role} nologin; grant ${role} to <this account>;`,
        { cause: error },
      )
    }
  }
}

/** Row-level security with FORCE on every table that has `merchant_id`, so that a new table cannot be forgotten. */
async function guardTables(sql: postgres.Sql) {
  const tables = await sql<{ name: string; key: string | null }[]>`
    select c.relname as name,
           (select a.attname from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
              and a.attname = case c.relname when 'merchants' then 'id' else 'merchant_id' end) as key
    from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')`
  await sql.begin(async (tx) => {
    await tx.unsafe('grant usage on schema public to doorman_system, doorman_tenant')
    await tx.unsafe('grant usage on all sequences in schema public to doorman_system, doorman_tenant')
    for (const { name, key } of tables) {
      const rights = appendOnlyTables.includes(name) ? 'select, insert' : 'select, insert, update, delete'
      await tx.unsafe(`revoke all on ${name} from doorman_system, doorman_tenant`)
      await tx.unsafe(`grant ${rights} on ${name} to doorman_system`)
      if (key === null) continue
      await tx.unsafe(
        `grant ${name === 'merchants' ? 'select, update' : rights} on ${name} to doorman_tenant`,
      )
      await tx.unsafe(`alter table ${name} enable row level security`)
      await tx.unsafe(`alter table ${name} force row level security`)
      await tx.unsafe(`drop policy if exists one_merchant on ${name}`)
      await tx.unsafe(`drop policy if exists whole_installation on ${name}`)
      await tx.unsafe(`create policy one_merchant on ${name} to doorman_tenant
        using (${key} = current_setting('doorman.merchant_id', true))
        with check (${key} = current_setting('doorman.merchant_id', true))`)
      await tx.unsafe(
        `create policy whole_installation on ${name} to doorman_system using (true) with check (true)`,
      )
    }
  })
}
