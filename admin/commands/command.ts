import cliProgress from 'cli-progress'
import { type Command, InvalidArgumentError } from 'commander'
import type { Config } from '../../config.ts'
import { type Ledger, openLedger } from '../../db/ledger.ts'

export type CommandDeps = {
  /** Reads the environment; fails with all its problems at once. */
  config(): Config
  /** A line for the person, on standard error. */
  say(line: string): void
  /** The answer, on standard output: JSON with --json, else words. */
  answer(value: object, words: string): void
}

export type AddCommand = (program: Command, deps: CommandDeps) => void

/** One sentence for the person; exit code 1. */
export class CommandFailed extends Error {}

/** Opens the ledger for one command and closes it again, whatever happens. */
export async function withLedger<T>(
  deps: CommandDeps,
  fn: (ledger: Ledger, config: Config) => Promise<T>,
  options: { statementTimeoutMs?: number; migrate?: boolean } = {},
): Promise<T> {
  const config = deps.config()
  const ledger = await openLedger({ ...config.database, log: deps.say, ...options })
  try {
    return await fn(ledger, config)
  } finally {
    await ledger.close()
  }
}

/** A bar on standard error; nothing where that is no terminal. */
export function progressBar(label: string) {
  const bar = new cliProgress.SingleBar(
    {
      format: `${label} {bar} {percentage} % {value} of {total}, {eta_formatted} left`,
      stream: process.stderr,
      noTTYOutput: false,
      // Before the first step there is nothing to reckon from.
      formatTime: (seconds) =>
        Number.isFinite(seconds)
          ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
          : '…',
    },
    cliProgress.Presets.shades_classic,
  )
  let started = false
  return {
    at: (done: number, total: number) => {
      if (!started) bar.start(total, done)
      started = true
      bar.setTotal(total)
      bar.update(done)
    },
    end: () => bar.stop(),
  }
}

/** A whole number from the command line; anything else is a wrong argument, exit code 2. */
export function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const number = Number(text)
    if (!Number.isInteger(number) || number < min || number > max)
      throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}.`)
    return number
  }
}
