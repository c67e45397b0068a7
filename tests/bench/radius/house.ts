import type { ChildProcess } from 'node:child_process'
import { connect, type Db } from '../../../db/index.ts'
import { prepareJobs } from '../../../db/jobs.ts'
import { migrate } from '../../../db/migrate.ts'
import { credentialSecret } from '../../../db/values/credential.ts'
import { initKeys } from '../../../db/values/keys.ts'
import { letIn, openShop, type Shop } from '../../support/people.ts'
import { nodeFlags } from '../../support/service.ts'
import { peerSecret } from './freeradius.ts'
import type { Machine, Tuned } from './machine.ts'

/** The secret key of the benchmark; the server of it derives the same passwords. */
export const benchSecretKey = 'a secret key of the benchmark alone'

/** Ours: a whole migrated ledger on the same PostgreSQL, with people in it, and the product's own RADIUS wing. */
export class House {
  readonly #children: ChildProcess[] = []
  #shop: Shop | undefined
  #db: Db | undefined
  #credentials = 0

  constructor(
    private readonly machine: Machine,
    private readonly postgres: Tuned,
    private readonly ports: { auth: number; acct: number },
    readonly guests: number,
  ) {}

  get db(): Db {
    if (!this.#db) throw new Error('prepare first')
    return this.#db
  }

  /** Migrates, opens a shop and fills it with guests who each have a device with a right to come back. */
  async prepare() {
    initKeys(Buffer.from(benchSecretKey))
    this.postgres.psql('postgres', 'create database doorman')
    const url = this.postgres.url('doorman')
    await migrate(url)
    this.#db = connect({ url, statementTimeoutMs: 600_000 })
    await prepareJobs(this.#db)
    this.#shop = await openShop(this.#db, { nas: { secret: peerSecret, address: '127.0.0.1' } })
    await letIn(this.#shop, { phone: '13800138000', mac: mac(0, '-') })
    await this.#copies('guests', { id: `'gst_' || n` }, this.guests)
    await this.#copies('devices', { id: `'dev_' || n`, guest_id: `'gst_' || n`, mac: macSql }, this.guests)
    await this.#copies(
      'grants',
      { id: `'grt_m' || n`, guest_id: `'gst_' || n`, device_id: `'dev_' || n`, mac: macSql },
      this.guests,
      `t.admits = 'mac'`,
    )
    await this.db.sql`delete from grants where id !~ '^grt_m[0-9]'`
    this.#tidy('grants, guests, devices')
  }

  /** As the tables are after a night; by their owner, for the roles of the product may not. */
  #tidy(tables: string) {
    this.postgres.psql('doorman', `vacuum analyze ${tables}; checkpoint;`)
  }

  /** A file of devices that come back: name and password are the MAC address. */
  returning(): string {
    const lines = Array.from(
      { length: this.guests },
      (_, n) => `${mac(n + 1, '')} ${mac(n + 1, '')} ${mac(n + 1, '-')}`,
    )
    return this.machine.file('returning.txt', lines.join('\n'))
  }

  /** A file of guests for accounting: whom each device belongs to is on file. */
  reporting(): string {
    const lines = Array.from({ length: this.guests }, (_, n) => `${mac(n + 1, '')} x ${mac(n + 1, '-')}`)
    return this.machine.file('reporting.txt', lines.join('\n'))
  }

  /** Fresh one-time credentials, none used yet, and a file that uses each once. */
  async credentials(count: number): Promise<string> {
    const from = this.#credentials + 1
    this.#credentials += count
    await this.db.sql`delete from grants where admits = 'credential'`
    // Before they are made, not after: a credential is used moments later, in the pages it was written to.
    this.#tidy('grants')
    await this.#copies(
      'grants',
      {
        id: `'grt_c' || n`,
        guest_id: `'gst_' || (n % ${this.guests}) + 1`,
        device_id: `'dev_' || (n % ${this.guests}) + 1`,
        mac: macOf(`(n % ${this.guests}) + 1`),
        admits: `'credential'`,
        method: `'sms'`,
        nas_id: `'${this.#shop?.nas.id}'`,
        credential_user_name: `'g-' || lpad(n::text, 16, '0')`,
        credential_expires_at: `now() + interval '1 day'`,
      },
      count,
      `t.id = 'grt_m1'`,
      from,
    )
    this.postgres.psql('doorman', 'analyze grants')
    const lines = Array.from({ length: count }, (_, index) => {
      const n = from + index
      const name = `g-${String(n).padStart(16, '0')}`
      return `${name} ${credentialSecret(name)} ${mac((n % this.guests) + 1, '-')}`
    })
    return this.machine.file('credentials.txt', lines.join('\n'))
  }

  async consumed(): Promise<number> {
    const [row] = await this.db
      .sql`select count(*)::int as count from grants where admits = 'credential' and bound_at is not null`
    return row?.count ?? 0
  }

  async count(table: 'sessions' | 'accounting_log'): Promise<number> {
    const [row] = await this.db.sql.unsafe(`select count(*)::int as count from ${table}`)
    return row?.count ?? 0
  }

  /** No session and no visit, as at the start of each run. */
  async wipe() {
    this.postgres.psql(
      'doorman',
      `truncate sessions, accounting_log, visits, guest_sites; update guests set visit_count = 0, regular_until = null;
       vacuum analyze guests; vacuum analyze sessions; vacuum analyze visits; checkpoint;`,
    )
  }

  /** Sessions of long ago, each with its log row, so that the tables are as big as after a year. */
  async grow(sessions: number) {
    this.postgres.psql(
      'doorman',
      `insert into sessions (merchant_id, id, site_id, nas_id, acct_session_id, calling_station_id, user_name, guest_id, device_id,
          started_at, updated_at, stopped_at, session_time_seconds, input_octets, output_octets)
        select s.merchant_id, 'ses_old' || n, s.site_id, s.id, 'old' || n, ${macOf(`(n % ${this.guests}) + 1`)}, 'old',
          'gst_' || (n % ${this.guests}) + 1, 'dev_' || (n % ${this.guests}) + 1, now() - n * interval '30 seconds' - interval '1 day',
          now() - n * interval '30 seconds' - interval '23 hours', now() - n * interval '30 seconds' - interval '23 hours', 3600, 1000 + n, 9000 + n
        from nas s, generate_series(1, ${sessions}) n;
       insert into accounting_log (merchant_id, id, nas_id, received_at, packet)
        select s.merchant_id, 'acl_old' || n, s.id, now() - n * interval '30 seconds', repeat('2a', 150) from nas s, generate_series(1, ${sessions}) n;
       vacuum analyze sessions; vacuum analyze accounting_log; checkpoint;`,
    )
  }

  /** Starts so many processes on the same two ports. */
  async start(processes = 1) {
    for (let index = 0; index < processes; index++)
      await this.#launch('serve.ts', { BENCH_SHARED: processes > 1 ? '1' : '' })
  }

  /** Starts what shows a limit in the place of the server: see limit.ts. */
  startLimit(limit: 'echo' | 'memory') {
    return this.#launch('limit.ts', { BENCH_LIMIT: limit })
  }

  async #launch(file: string, env: Record<string, string>) {
    const flags = process.env.BENCH_NODE_FLAGS?.split(' ') ?? []
    const script = new URL(file, import.meta.url).pathname
    const child = await this.machine.start(
      process.execPath,
      [...nodeFlags, ...flags, '--import', 'tsx', script],
      (printed) => printed.includes('ready'),
      {
        env: {
          CWD: process.cwd(),
          BENCH_URL: this.postgres.url('doorman'),
          BENCH_AUTH_PORT: String(this.ports.auth),
          BENCH_ACCT_PORT: String(this.ports.acct),
          ...env,
        },
      },
    )
    this.#children.push(child)
  }

  async stop() {
    for (const child of this.#children.splice(0)) await this.machine.stop(child)
  }

  async close() {
    await this.stop()
    await this.#db?.close()
  }

  /** Copies rows of a table with some columns changed; the rest is as the product itself wrote it. */
  async #copies(
    table: 'guests' | 'devices' | 'grants',
    changes: Record<string, string>,
    count: number,
    where = 'true',
    from = 1,
  ) {
    const columns = await this.db.sql<
      { name: string }[]
    >`select column_name as name from information_schema.columns
      where table_name = ${table} and table_schema = 'public' and is_generated = 'NEVER'`
    const names = columns.map(({ name }) => name)
    const values = names.map((name) => changes[name] ?? `t.${name}`)
    await this.db.sql.unsafe(`insert into ${table} (${names.join(', ')})
      select ${values.join(', ')} from (select * from ${table} t where ${where} order by id limit 1) t,
        generate_series(${from}, ${from + count - 1}) n`)
  }
}

const macSql = macOf('n')

/** The MAC address of a number, in SQL. */
function macOf(number: string): string {
  return `'02' || lpad(to_hex(${number}), 10, '0')`
}

const mac = (n: number, between: string) =>
  (`02${n.toString(16).padStart(10, '0')}`.match(/../g) ?? []).join(between).toUpperCase()
