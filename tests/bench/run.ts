import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'

export type BenchOptions = {
  /** Fewer rounds: shows that it runs, not how fast. */
  quick: boolean
  /** Rounds, minutes or seconds, where a benchmark counts such; else what it takes by itself. */
  rounds?: number
  minutes?: number
  seconds?: number
  /** For people; figures go into the answer. */
  log: (line: string) => void
}
/** What a benchmark exports: `run`, which answers with figures. */
export type Bench = { run(options: BenchOptions): Promise<object> }

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts' && !file.includes('support'))
  .map((file) => file.slice(0, -3))

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
})

/** `npm run bench -- <name> [--quick] [--rounds n] [--minutes n] [--seconds n]`: words on standard error, one JSON line of figures last on standard output. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      minutes: { type: 'string' },
      seconds: { type: 'string' },
    },
  })
  const name = positionals[0]
  if (!name || !names.includes(name)) {
    process.stderr.write(`Which one? npm run bench -- ${names.join(' | ')} [--quick]\n`)
    process.exitCode = 2
    return
  }
  const { run } = (await import(`./${name}.ts`)) as Bench
  const figures = await run({
    quick: values.quick,
    ...(values.rounds ? { rounds: Number(values.rounds) } : {}),
    ...(values.minutes ? { minutes: Number(values.minutes) } : {}),
    ...(values.seconds ? { seconds: Number(values.seconds) } : {}),
    log: (line) => process.stderr.write(`${line}\n`),
  })
  process.stdout.write(`${JSON.stringify({ bench: name, ...figures })}\n`)
}
