import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type postgres from 'postgres'
import { dial } from '../../db/index.ts'
import { withDatabase } from './cluster.ts'
import { freeTcpPort } from './ports.ts'

export type SystemPostgres = {
  version: string
  /** An empty database of its own. */
  newDatabase(): Promise<string>
  /** Its process; undefined where it was there before us. */
  pid(): number | undefined
  /** Starts it again after it has died. */
  restart(): void
  close(): Promise<void>
}

const folder = '/usr/lib/postgresql'

/** The newest PostgreSQL that the system has installed, or undefined. */
export function installedPostgres(): string | undefined {
  if (!existsSync(folder)) return undefined
  const versions = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'bin/initdb')))
  const newest = versions.map(Number).sort((one, other) => other - one)[0]
  return newest === undefined ? undefined : join(folder, String(newest), 'bin')
}

/**
 * A PostgreSQL that is not ours: the one of DATABASE_URL, else the system's programs in a folder of their own, on a
 * free port of loopback. undefined where there is neither.
 */
export async function startSystemPostgres(): Promise<SystemPostgres | undefined> {
  const given = process.env.DATABASE_URL
  if (given) return { ...(await cluster(given, async () => {})), pid: () => undefined, restart: () => {} }
  const bin = installedPostgres()
  if (!bin) return undefined
  const home = mkdtempSync(join(tmpdir(), 'doorman-postgres-'))
  const as = account()
  if (as.uid !== undefined) chownSync(home, as.uid, as.gid as number)
  const data = join(home, 'data')
  const port = await freeTcpPort()
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'owner', '-A', 'trust', '-E', 'UTF8', '--no-locale'], {
    ...as,
    stdio: 'ignore',
    cwd: '/',
  })
  const words = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1']
  const start = () =>
    spawn(join(bin, 'postgres'), [...words, '-c', `unix_socket_directories=${home}`], {
      ...as,
      stdio: 'ignore',
      cwd: '/',
    })
  let server = start()
  const close = async () => {
    const child = server
    const gone = new Promise((done) => child.once('exit', done))
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT')
      await gone
    }
    rmSync(home, { recursive: true, force: true })
  }
  return {
    ...(await cluster(`postgres://owner@127.0.0.1:${port}/postgres`, close)),
    pid: () => server.pid,
    restart: () => {
      server = start()
    },
  }
}

/** PostgreSQL refuses root. */
function account(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {}
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('postgres:'))
  const [, , uid, gid] = line?.split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

async function cluster(
  url: string,
  close: () => Promise<void>,
): Promise<Omit<SystemPostgres, 'pid' | 'restart'>> {
  const made: string[] = []
  const once = async <T>(fn: (sql: postgres.Sql) => Promise<T>) => {
    const sql = dial(url, { max: 1, onnotice: () => {}, connect_timeout: 2 })
    try {
      return await fn(sql)
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
  let version = ''
  for (let tries = 0; ; tries++) {
    try {
      version = String((await once((sql) => sql`select current_setting('server_version') as v`))[0]?.v)
      break
    } catch (error) {
      if (tries === 100) throw error
      await new Promise((done) => setTimeout(done, 100))
    }
  }
  return {
    version,
    newDatabase: async () => {
      const name = `doorman_journey_${randomBytes(5).toString('hex')}`
      await once((sql) => sql.unsafe(`create database ${name}`))
      made.push(name)
      return withDatabase(url, name)
    },
    close: async () => {
      for (const name of made)
        await once((sql) => sql.unsafe(`drop database if exists ${name} with (force)`)).catch(() => {})
      await close()
    },
  }
}
