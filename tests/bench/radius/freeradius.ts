import type { ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine, Tuned } from './machine.ts'

const templates = join(import.meta.dirname, 'freeradius')

export type Person = { name: string; password: string }
export const peerSecret = 'testing123'

/**
 * The peer: FreeRADIUS 3.2 with rlm_sql_postgresql, its own schema and queries, configured as the anchor figures were
 * measured: threads and connections are the best found on two cores, no reject delay, Message-Authenticator required.
 */
export class FreeRadius {
  #child: ChildProcess | undefined

  constructor(
    private readonly machine: Machine,
    private readonly postgres: Tuned,
    private readonly ports: { auth: number; acct: number },
    private readonly people: Person[],
  ) {}

  /** Makes its database; once. */
  prepare() {
    const schema = readFileSync('/etc/freeradius/3.0/mods-config/sql/main/postgresql/schema.sql', 'utf8')
    this.postgres.psql('postgres', `create role radius login password 'radpass'; `)
    this.postgres.psql('postgres', 'create database radius owner radius')
    this.postgres.psql('radius', `set role radius;\n${schema}`)
    const rows = this.people
      .map(({ name, password }) => `${name}\tCleartext-Password\t:=\t${password}`)
      .join('\n')
    this.postgres.psql(
      'radius',
      `copy radcheck(username,attribute,op,value) from stdin;\n${rows}\n\\.\nanalyze radcheck;`,
    )
  }

  async start(kind: 'files' | 'sql', threads: number) {
    await this.stop()
    const folder = join(this.machine.folder, 'freeradius')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    const words: Record<string, string> = {
      DIR: folder,
      AUTH_PORT: String(this.ports.auth),
      ACCT_PORT: String(this.ports.acct),
      THREADS: String(threads),
      POOL: String(threads),
      READ_GROUPS: 'no',
      POSTAUTH: 'ok',
      PGHOST: this.postgres.socket,
      PGPORT: String(this.postgres.port),
      REQUIRE_MA: 'yes',
    }
    for (const [from, to] of [
      ['radiusd', 'radiusd'],
      [`module-${kind}`, 'module'],
      [`site-${kind}`, 'site'],
    ]) {
      const text = readFileSync(join(templates, `${from}.conf.in`), 'utf8')
      writeFileSync(
        join(folder, `${to}.conf`),
        text.replace(/@([A-Z_]+)@/g, (whole, name) => words[name] ?? whole),
      )
    }
    const lines = this.people.map(({ name, password }) => `${name} Cleartext-Password := "${password}"`)
    writeFileSync(join(folder, 'authorize'), `${lines.join('\n')}\n`)
    const log = join(folder, 'radius.log')
    const command = ['-d', folder, '-n', 'radiusd', '-f', '-l', log]
    this.#child = await this.machine.start(
      'freeradius',
      command,
      (text) => text.includes('Ready to process'),
      { log },
    )
  }

  async stop() {
    if (this.#child) await this.machine.stop(this.#child)
    this.#child = undefined
  }

  /** An empty accounting table, as at the start of each run. */
  wipe() {
    this.postgres.psql('radius', 'truncate radacct restart identity; checkpoint;')
  }
}
