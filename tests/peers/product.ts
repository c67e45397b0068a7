import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, it } from 'vitest'
import { doormanWords, startWords } from '../support/service.ts'

const root = new URL('../../', import.meta.url).pathname
export const node = join(root, 'node_modules/.bin/node')

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
  const started = within(options.netns, node, ...startWords)
  const child = spawn(started.file, started.words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk
    })
  const ready = within(options.netns, 'curl', '-sf', '-m', '2', `http://127.0.0.1:${options.port}/readyz`)
  const until = Date.now() + 60_000
  for (;;) {
    try {
      execFileSync(ready.file, ready.words, { stdio: 'ignore' })
      break
    } catch {
      if (child.exitCode !== null || Date.now() > until) {
        child.kill('SIGTERM')
        throw new Error(`the product did not start:\n${text}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  return {
    env,
    dataDir,
    process: child,
    output: () => text,
    doorman: async <T>(...args: string[]) => {
      const line = within(options.netns, node, ...doormanWords, ...args, '--json')
      const { stdout } = await promisify(execFile)(line.file, line.words, { cwd: root, env })
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

/** A command as it is called from a network namespace, or from here. */
const within = (netns: string | undefined, file: string, ...words: string[]) =>
  netns ? { file: 'ip', words: ['netns', 'exec', netns, file, ...words] } : { file, words }

/** What a shop's integrator types once. */
export const setUpTeahouse = <T = { apiKey: string; nasId: string }>(
  product: Product,
  gateway: Record<`--${string}`, string>,
) =>
  product.doorman<T>(
    'setup',
    ...Object.entries({
      '--merchant': 'Blue Teahouse',
      '--site': 'Nanjing Road',
      '--site-slug': 'tea',
      '--owner-email': 'owner@tea.example',
      '--owner-password': 'a long enough password',
      '--country': 'CN',
      ...gateway,
    }).flat(),
  )

/** Shell words, with an error that carries what was printed. */
export async function run(
  command: string,
  options: { netns?: string; timeoutMs?: number } = {},
): Promise<string> {
  const { file, words } = within(options.netns, 'bash', '-c', command)
  try {
    const { stdout } = await promisify(execFile)(file, words, { timeout: options.timeoutMs ?? 20_000 })
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
