import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installedPostgres } from '../../support/system-postgres.ts'
import { spentBy, ticksNow } from './spent.ts'

const here = import.meta.dirname

/** One folder for everything a benchmark starts, and the processes it has started; all gone after `close`. */
export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'doorman-bench-'))
  readonly #started = new Set<ChildProcess>()
  readonly #radload = join(this.folder, 'radload')
  /** The one of them that is the database. */
  database: ChildProcess | undefined

  constructor() {
    chmodSync(this.folder, 0o755)
    execFileSync('cc', ['-O2', '-o', this.#radload, join(here, 'radload.c')])
  }

  /** Starts a process and waits until `isReady` says so of what it has printed. */
  start(
    command: string,
    words: string[],
    isReady: (printed: string) => boolean,
    options: { env?: Record<string, string>; uid?: number; gid?: number; log?: string } = {},
  ): Promise<ChildProcess> {
    const { log, env, ...rest } = options
    const child = spawn(command, words, { ...rest, env: { ...process.env, ...env }, cwd: env?.CWD ?? '/' })
    this.#started.add(child)
    let printed = ''
    return new Promise((done, failed) => {
      const look = (text: string) => {
        printed += text
        if (isReady(printed)) done(child)
      }
      child.stdout?.on('data', (bytes) => look(String(bytes)))
      child.stderr?.on('data', (bytes) => look(String(bytes)))
      const timer = log
        ? setInterval(() => {
            try {
              if (isReady(readFileSync(log, 'utf8'))) done(child)
            } catch {}
          }, 50)
        : undefined
      child.once('exit', (code) => {
        clearInterval(timer)
        this.#started.delete(child)
        failed(new Error(`${command} ended with ${code}: ${printed.slice(-2000)}`))
      })
      child.once('spawn', () => setTimeout(() => clearInterval(timer), 20_000))
    })
  }

  async stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM') {
    if (!this.#started.has(child)) return
    const gone = new Promise((done) => child.once('exit', done))
    child.kill(signal)
    await gone
  }

  /** Runs the load generator; its one line of figures. */
  async load(words: Record<string, string | number>): Promise<Load> {
    const flags = Object.entries(words).flatMap(([name, value]) => [`--${name}`, String(value)])
    const child = spawn(this.#radload, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
    let line = ''
    child.stdout.on('data', (bytes) => {
      line += bytes
    })
    const before = ticksNow()
    await new Promise((done) => child.once('exit', done))
    const after = ticksNow()
    const load: Omit<Load, 'spent'> & { generator_cpu_s: number } = JSON.parse(line)
    const by = (children: Iterable<ChildProcess>) =>
      [...children].reduce((sum, { pid = -1 }) => sum + spentBy(pid, before, after), 0) / load.accepted
    return {
      ...load,
      spent: {
        server: by([...this.#started].filter((child) => child !== this.database)),
        database: this.database ? by([this.database]) : 0,
        generator: (load.generator_cpu_s * 1e6) / load.accepted,
        idle: (after.idle - before.idle) / (after.all - before.all),
      },
    }
  }

  /** Writes a file into the folder; its path. */
  file(name: string, text: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, text)
    return path
  }

  async close() {
    for (const child of [...this.#started].reverse()) await this.stop(child, 'SIGINT')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What radload says of a run. */
export type Load = {
  rps: number
  p50_ms: number
  p99_ms: number
  sent: number
  accepted: number
  rejected: number
  lost: number
  bad_authenticator: number
  no_message_authenticator: number
  wrong_verdict: number
  /** Microseconds of processor for each accepted packet, and the share of both cores that nobody had use for. */
  spent: { server: number; database: number; generator: number; idle: number }
}

export type Tuned = {
  port: number
  socket: string
  url(database: string, user?: string): string
  psql(database: string, text: string): string
}

/** The system's PostgreSQL, tuned as both sides use it. */
export async function startPostgres(machine: Machine, port: number): Promise<Tuned> {
  const bin = installedPostgres()
  if (!bin) throw new Error('No PostgreSQL of the system: apt-get install postgresql')
  const as: { uid?: number; gid?: number } = process.getuid?.() === 0 ? account('postgres') : {}
  const socket = join(machine.folder, 'socket')
  const data = join(machine.folder, 'postgres')
  for (const folder of [socket, data]) {
    mkdirSync(folder)
    if (as.uid !== undefined) chownSync(folder, as.uid, as.gid as number)
  }
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale'],
    {
      ...as,
      stdio: 'ignore',
      cwd: '/',
    },
  )
  const conf = readFileSync(join(here, 'freeradius/postgresql.conf.in'), 'utf8')
  writeFileSync(
    join(data, 'postgresql.conf'),
    conf.replace('@PGPORT@', String(port)).replace('@PGHOST@', socket),
  )
  machine.database = await machine.start(
    join(bin, 'postgres'),
    ['-D', data],
    (printed) => printed.includes('ready to accept'),
    as,
  )
  const tuned: Tuned = {
    port,
    socket,
    url: (database, user = 'postgres') => `postgres://${user}@127.0.0.1:${port}/${database}?host=${socket}`,
    psql: (database, text) =>
      execFileSync(
        'psql',
        ['-qAt', '-h', socket, '-p', String(port), '-U', 'postgres', '-d', database, '-v', 'ON_ERROR_STOP=1'],
        {
          input: text,
          encoding: 'utf8',
          stdio: ['pipe', 'pipe', 'ignore'],
          maxBuffer: 1 << 28,
        },
      ),
  }
  // As in a database that has run for a day: files of the log to write on are there. A young one makes each of them,
  // 16 MB of zeros and a flush, while everybody waits; whoever is measured at that moment looks bad by chance.
  tuned.psql(
    'postgres',
    `create table filler (n int); ${'insert into filler values (1); select pg_switch_wal();'.repeat(40)} drop table filler; checkpoint; checkpoint;`,
  )
  return tuned
}

function account(name: string): { uid: number; gid: number } {
  const of = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
  return { uid: of('-u'), gid: of('-g') }
}
