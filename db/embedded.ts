import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { type Home, prepareHome } from './embedded-home.ts'
import { joinUsers } from './embedded-users.ts'
import { dial } from './index.ts'

export type Embedded = {
  url: string /** Stops the server, unless another process still uses it. */
  close(): Promise<void>
}

type State = { home: Home; dataDir: string; port: number; password: string; log: (line: string) => void }

/**
 * Runs the PostgreSQL that npm brought, in `dataDir`/postgres, on a port of 127.0.0.1 with a random password.
 * Many processes may call this on one folder: the first starts the server, the others use it, the last stops it.
 * A server that survived our own kill -9 is adopted; one that dies is started again.
 * Throws one sentence where it can not run.
 */
export async function startEmbedded(options: {
  dataDir: string
  log: (line: string) => void
}): Promise<Embedded> {
  const dataDir = resolve(options.dataDir)
  const home = prepareHome(dataDir, options.log)
  const users = await joinUsers(dataDir)
  try {
    const state: State = { home, dataDir, log: options.log, ...(await settings(dataDir)) }
    const server = await users.alone(async () => {
      const found = await adopt(state)
      if (found) return found
      if (!existsSync(join(home.cluster, 'PG_VERSION'))) initialise(state)
      return launch(state)
    })
    const guard = supervise(state, server)
    return {
      url: urlOf(state, 'doorman'),
      close: () =>
        users.leave(async (isLast) => {
          guard.stop()
          if (isLast) await shutDown(guard.pid(), 'SIGINT')
        }),
    }
  } catch (error) {
    await users.leave(async () => {})
    throw error
  }
}

/** Port and password, made once and kept where only this account reads them. */
async function settings(dataDir: string): Promise<{ port: number; password: string }> {
  const file = join(dataDir, 'postgres.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const made = { port: await freePort(), password: randomBytes(24).toString('base64url') }
  writeFileSync(file, JSON.stringify(made), { mode: 0o600, flag: 'wx' })
  return made
}

const freePort = () =>
  new Promise<number>((done, failed) => {
    const probe = createServer().on('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => done(port))
    })
  })

/** By its Unix socket where it has one: a folder with a long name, or a system that knows none, leaves TCP. */
function urlOf({ home, password, port }: State, database: string): string {
  const url = `postgres://doorman:${password}@127.0.0.1:${port}/${database}`
  return existsSync(join(home.cluster, `.s.PGSQL.${port}`))
    ? `${url}?host=${encodeURIComponent(home.cluster)}`
    : url
}

/** A path that fits into an address of a Unix socket, 104 octets on some systems. */
const socketFolder = (cluster: string, port: number) =>
  process.platform !== 'win32' && Buffer.byteLength(join(cluster, `.s.PGSQL.${port}.lock`)) < 100
    ? cluster
    : ''

function initialise({ home, password }: State) {
  const file = join(home.cluster, '..', `.pw-${randomBytes(6).toString('hex')}`)
  writeFileSync(file, password, { mode: 0o644 })
  try {
    const words = [
      '-D',
      home.cluster,
      '-U',
      'doorman',
      `--pwfile=${file}`,
      '-A',
      'scram-sha-256',
      '-E',
      'UTF8',
    ]
    execFileSync(
      home.bin('initdb'),
      [...words, '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
      {
        ...home.as,
        stdio: ['ignore', 'ignore', 'pipe'],
        cwd: '/',
      },
    )
  } catch (error) {
    const text = String((error as { stderr?: Buffer }).stderr ?? error).trim()
    throw new Error(`The embedded database could not be made: ${text.split('\n').slice(-2).join(' ')}`)
  } finally {
    rmSync(file, { force: true })
  }
}

/** A server that is alive already: ours from another process, or one that survived our kill -9. */
async function adopt(state: State): Promise<number | undefined> {
  const pid = postmasterPid(state.home.cluster)
  if (!pid || !isPostgres(pid)) return undefined
  for (let tries = 0; tries < 20 && isPostgres(pid); tries++) {
    if (await answers(state)) return pid
    await pause(250)
  }
  await shutDown(pid, 'SIGINT')
  return undefined
}

function postmasterPid(cluster: string): number | undefined {
  try {
    return Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]) || undefined
  } catch {
    return undefined
  }
}

/** Is this process alive and a PostgreSQL? A number alone may be another program's by now. */
function isPostgres(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres')
  } catch {
    return process.platform !== 'linux'
  }
}

async function answers(state: State): Promise<boolean> {
  const sql = dial(urlOf(state, 'postgres'), { max: 1, connect_timeout: 3, onnotice: () => {} })
  try {
    const rows = await sql`select 1 from pg_database where datname = 'doorman'`
    if (rows.length === 0) await sql`create database doorman`
    return true
  } catch {
    return false
  } finally {
    await sql.end({ timeout: 1 }).catch(() => {})
  }
}

/** Starts the server; orphaned backends of a killed one hold its memory for a second or so, hence the tries. */
async function launch(state: State): Promise<number> {
  const until = Date.now() + 15_000
  for (;;) {
    const child = spawnPostgres(state)
    let gone = false
    child.once('exit', () => {
      gone = true
    })
    while (!gone && Date.now() < until) {
      if (await answers(state)) return child.pid as number
      await pause(50)
    }
    if (Date.now() >= until) {
      child.kill('SIGQUIT')
      throw new Error(`The embedded database did not start. Its last words: ${lastWords(state)}`)
    }
    if (/could not bind|Address already in use/i.test(lastWords(state))) await movePort(state)
    await pause(300)
  }
}

/** Another program took the port while we were away. */
async function movePort(state: State) {
  state.port = await freePort()
  const { port, password } = state
  writeFileSync(join(state.dataDir, 'postgres.json'), JSON.stringify({ port, password }), { mode: 0o600 })
}

function spawnPostgres({ home, port, dataDir }: State): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: socketFolder(home.cluster, port),
    max_connections: '80',
    shared_buffers: '128MB',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    wal_compression: 'on',
    max_wal_size: '1GB',
    checkpoint_timeout: '15min',
    log_min_messages: 'warning',
  }
  const out = openSync(join(dataDir, 'postgres.log'), 'a', 0o600)
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // A group of its own: Ctrl-C in the terminal is for us, and we stop the database after our last write.
  const child = spawn(home.bin('postgres'), ['-D', home.cluster, ...words], {
    ...home.as,
    detached: true,
    stdio: ['ignore', out, out],
    cwd: '/',
  })
  closeSync(out)
  child.on('error', () => {})
  child.unref()
  return child
}

function lastWords({ dataDir }: State): string {
  try {
    return readFileSync(join(dataDir, 'postgres.log'), 'utf8').trim().split('\n').slice(-3).join(' ')
  } catch {
    return ''
  }
}

/** Looks after the server twice a second and starts it again when it has died. */
function supervise(state: State, first: number) {
  let pid = first
  let stopped = false
  let busy = false
  const timer = setInterval(async () => {
    if (busy || stopped || isPostgres(pid)) return
    busy = true
    try {
      state.log('The embedded database has died; starting it again.')
      pid = (await adopt(state)) ?? (await launch(state))
      // Stopped meanwhile: nobody else will end what was just started.
      if (stopped) await shutDown(pid, 'SIGINT')
    } catch (error) {
      state.log((error as Error).message)
    } finally {
      busy = false
    }
  }, 500)
  timer.unref()
  return {
    pid: () => pid,
    stop: () => {
      stopped = true
      clearInterval(timer)
    },
  }
}

/** SIGINT: fast shutdown, open transactions roll back. After 10 s SIGQUIT: the next start recovers from the log. */
async function shutDown(pid: number, signal: NodeJS.Signals) {
  if (!isPostgres(pid)) return
  process.kill(pid, signal)
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (!isPostgres(pid)) return
    await pause(50)
  }
  process.kill(pid, 'SIGQUIT')
  await pause(500)
}

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
