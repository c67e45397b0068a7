import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, it } from 'vitest'

const root = new URL('../../', import.meta.url).pathname
const node = join(root, 'node_modules/.bin/node')

/** The whole product in a process of its own, as `npm start` runs it; `netns` puts it into a network namespace. */
export type Product = {
  env: NodeJS.ProcessEnv
  dataDir: string
  process: ChildProcess
  output: () => string
  /** The command line on the same data; answers what it prints with --json. */
  doorman<T>(...words: string[]): Promise<T>
  stop(): Promise<void>
}

export async function startProduct(options: {
  env?: Record<string, string>
  netns?: string
  /** Where it answers, as seen from inside its namespace. */
  port: number
  dataDir?: string
}): Promise<Product> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'doorman-peer-'))
  const env = {
    ...process.env,
    DATABASE_URL: '',
    DATA_DIR: dataDir,
    PORT: String(options.port),
    LOG_LEVEL: 'warn',
    MESSENGER: 'outbox',
    ...options.env,
  }
  const within = options.netns ? ['ip', 'netns', 'exec', options.netns] : []
  const [command, ...words] = [...within, node, '--import', 'tsx', 'main.ts'] as [string, ...string[]]
  const child = spawn(command, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => void (text += chunk))
  const curl = [...within, 'curl', '-sf', '-m', '2', `http://127.0.0.1:${options.port}/readyz`]
  const until = Date.now() + 60_000
  for (;;) {
    try {
      execFileSync(curl[0] as string, curl.slice(1), { stdio: 'ignore' })
      break
    } catch {
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`the product did not start:\n${text}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  return {
    env,
    dataDir,
    process: child,
    output: () => text,
    doorman: async <T>(...args: string[]) => {
      const [file, ...rest] = [...within, node, '--import', 'tsx', 'doorman.ts', ...args, '--json'] as [
        string,
        ...string[],
      ]
      const { stdout } = await promisify(execFile)(file, rest, { cwd: root, env })
      return JSON.parse(stdout) as T
    },
    stop: async () => {
      if (child.exitCode === null) {
        const gone = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGTERM')
        await gone
      }
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Shell words, with an error that carries what was printed. */
export async function run(
  command: string,
  options: { netns?: string; timeoutMs?: number } = {},
): Promise<string> {
  const within = options.netns ? ['ip', 'netns', 'exec', options.netns] : []
  const [file, ...rest] = [...within, 'bash', '-c', command] as [string, ...string[]]
  try {
    const { stdout } = await promisify(execFile)(file, rest, { timeout: options.timeoutMs ?? 20_000 })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command}\n${stdout}${stderr}`, { cause: error })
  }
}

const has = (program: string) => {
  try {
    execFileSync('bash', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * A suite that needs programs of other people. Where one is missing it is skipped by name with the command that
 * installs it; with REQUIRE_PEERS=1 a missing program is a failure.
 */
export function describePeer(title: string, needs: Record<string, string>, body: () => void) {
  const missing = Object.keys(needs).filter((program) => !has(program))
  const mayMakeNamespaces = process.getuid?.() === 0
  if (missing.length === 0 && (mayMakeNamespaces || !('ip' in needs))) return describe(title, body)
  const reason = missing.length
    ? `needs ${missing.join(', ')}: apt-get install ${[...new Set(missing.map((program) => needs[program]))].join(' ')}`
    : 'needs root, to make network namespaces'
  describe(`${title} (${reason})`, () => {
    if (process.env.REQUIRE_PEERS === '1')
      it('has the programs it needs', () => {
        throw new Error(reason)
      })
    else it.skip('is skipped', () => {})
  })
}
