import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freeTcpPort, freeUdpPort } from './ports.ts'

const root = new URL('../../', import.meta.url).pathname
const node = join(root, 'node_modules/.bin/node')
/** What `npm start` and `npm run doorman` say to Node, word for word. */
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
export const startWords: string[] = scripts.start.split(' ').slice(2)
export const doormanWords: string[] = scripts.doorman.split(' ').slice(2)
/** Those of them that are for Node itself. */
export const nodeFlags = startWords.slice(0, startWords.indexOf('--import'))

export type Ended = { code: number | null; signal: NodeJS.Signals | null; afterMs: number }
export type Answer<T = unknown> = { code: number; json: T | undefined; stdout: string; stderr: string }

/**
 * The whole product on loopback, in processes of its own, as `npm start` and `doorman` run them: one folder, one set
 * of ports, and as many lives as a test wants.
 */
export class Service {
  readonly env: Record<string, string>
  readonly dataDir: string
  readonly url: string
  readonly ports: { http: number; auth: number; acct: number }
  /** All that was printed, over all lives. */
  output = ''
  child: ChildProcess | undefined

  private constructor(ports: Service['ports'], dataDir: string, env: Record<string, string>) {
    this.ports = ports
    this.dataDir = dataDir
    this.url = `http://127.0.0.1:${ports.http}`
    this.env = {
      DATABASE_URL: '',
      DATA_DIR: dataDir,
      HOST: '127.0.0.1',
      PORT: String(ports.http),
      RADIUS_AUTH_PORT: String(ports.auth),
      RADIUS_ACCT_PORT: String(ports.acct),
      LOG_LEVEL: 'warn',
      MESSENGER: 'outbox',
      PUBLIC_URL: '',
      SECRET_KEY: '',
      ROLE: '',
      ...env,
    }
  }

  /** A place for it; nothing runs yet. */
  static async prepare(env: Record<string, string> = {}): Promise<Service> {
    const ports = { http: await freeTcpPort(), auth: await freeUdpPort(), acct: await freeUdpPort() }
    const dataDir = mkdtempSync(join(tmpdir(), 'doorman-service-'))
    // As a folder in a home is: the account of the database may enter it.
    chmodSync(dataDir, 0o755)
    return new Service(ports, dataDir, env)
  }

  static async start(env: Record<string, string> = {}): Promise<Service> {
    const service = await Service.prepare(env)
    await service.begin()
    return service
  }

  /** Begins a life and waits until it is ready. Throws with what it said where it does not get there. */
  async begin(): Promise<{ readyAfterMs: number }> {
    const from = performance.now()
    const child = this.launch()
    while (performance.now() - from < 60_000) {
      if (await this.isReady()) return { readyAfterMs: performance.now() - from }
      if (child.exitCode !== null || child.signalCode !== null) break
      await pause(25)
    }
    throw new Error(`the product did not start:\n${this.output}`)
  }

  /** Begins a life without waiting for anything. */
  launch(env: Record<string, string> = {}): ChildProcess {
    const child = spawn(node, startWords, {
      cwd: root,
      env: { ...process.env, ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        this.output += chunk
      })
    this.child = child
    return child
  }

  async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(3000) })).ok
    } catch {
      return false
    }
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    const { child } = this
    if (!child) throw new Error('it does not run')
    const from = performance.now()
    child.kill(signal)
    return { ...(await ended(child)), afterMs: performance.now() - from }
  }

  /** Ends it where it runs, and removes its folder. */
  async close(): Promise<void> {
    if (this.child && this.child.exitCode === null && this.child.signalCode === null) await this.end()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  /** The command line on the same data, with --json. */
  doorman<T>(...words: string[]): Promise<Answer<T>> {
    return new Promise((done) => {
      execFile(
        node,
        [...doormanWords, ...words, '--json'],
        { cwd: root, env: { ...process.env, ...this.env }, maxBuffer: 1 << 26 },
        (error, stdout, stderr) => {
          const code = error ? ((error as { code?: number }).code ?? 1) : 0
          done({ code, stdout, stderr, json: parsed<T>(stdout) })
        },
      )
    })
  }

  /** What the API answers to a key. */
  async api<T>(key: string, path: string, init: RequestInit = {}): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${key}`, ...init.headers },
    })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as T
  }

  /** The database behind it, as its owner. */
  get databaseUrl(): string {
    if (this.env.DATABASE_URL) return this.env.DATABASE_URL
    const { port, password } = JSON.parse(readFileSync(join(this.dataDir, 'postgres.json'), 'utf8'))
    return `postgres://doorman:${password}@127.0.0.1:${port}/doorman`
  }

  /** The process of the embedded database. */
  get postgresPid(): number {
    return Number(readFileSync(join(this.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
  }

  /** A figure of /metrics without labels; undefined where it does not answer. */
  async metric(name: string): Promise<number | undefined> {
    try {
      const page = await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(3000) })
      const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(await page.text())?.[1]
      return found === undefined ? undefined : Number(found)
    } catch {
      return undefined
    }
  }

  /** Waits until all accounting that was kept on disk is in the ledger. @returns milliseconds it took. */
  async spoolDrained(waitMs = 60_000): Promise<number> {
    const from = performance.now()
    while ((await this.metric('doorman_radius_spool_octets')) !== 0) {
      if (performance.now() - from > waitMs) throw new Error(`the spool was not drained:\n${this.output}`)
      await pause(100)
    }
    return performance.now() - from
  }

  get secretKey(): Buffer {
    return Buffer.from(readFileSync(join(this.dataDir, 'secret-key'), 'utf8').trim(), 'hex')
  }
}

export const ended = (child: ChildProcess) =>
  new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) => {
    if (child.exitCode !== null || child.signalCode !== null)
      return done({ code: child.exitCode, signal: child.signalCode })
    child.once('exit', (code, signal) => done({ code, signal }))
  })

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}

export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
