import { Command, CommanderError } from 'commander'
import { addBackup } from './admin/commands/backup.ts'
import { type CommandDeps, CommandFailed } from './admin/commands/command.ts'
import { addDemo } from './admin/commands/demo.ts'
import { addDoctor } from './admin/commands/doctor.ts'
import { addNas } from './admin/commands/nas.ts'
import { addPassword } from './admin/commands/password.ts'
import { addSetup } from './admin/commands/setup.ts'
import { wordsOf } from './admin/words/index.ts'
import { envExample, environment, loadConfig } from './config.ts'
import { initKeys } from './db/values/keys.ts'
import { addVirtualAp } from './radius/virtual-ap/command.ts'

/**
 * The command line. With --json only JSON goes to standard output; words and progress go to standard error.
 * Exit 0 done, 1 refused or failed (one sentence why), 2 wrong arguments.
 */
const deps: CommandDeps = {
  config: () => {
    const loaded = loadConfig(environment())
    if (!loaded.ok) throw new CommandFailed(loaded.problems.join('\n'))
    initKeys(loaded.config.secretKey)
    return loaded.config
  },
  say: (line) => void process.stderr.write(`${line}\n`),
  answer: (value, words) => {
    const json = process.argv.includes('--json')
    process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${words}\n`)
  },
}

const program = new Command('doorman')
  .description('Doorman (迎宾): guest Wi-Fi that turns a walk-in into a known customer')
  .configureOutput({ writeOut: (text) => process.stderr.write(text) })
  .exitOverride()
for (const add of [addSetup, addNas, addPassword, addDemo, addVirtualAp, addDoctor, addBackup])
  add(program, deps)
program
  .command('env')
  .description('print every environment variable there is, as .env.example')
  .action(() => void process.stdout.write(envExample()))

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap((child) => everyCommand(child as Command))]
}
for (const command of everyCommand(program)) command.option('--json', 'answer with JSON only').exitOverride()

/** Refusals only the command line meets; all others are worded once, for the API. */
const refusals: Record<string, string> = {
  'backup.not-empty': 'The database is not empty. Add --force to replace all that is in it.',
  'backup.other-key': 'The backup was sealed with another SECRET_KEY. Set that key and try again.',
  'backup.other-version':
    'The backup is of another version of Doorman. Restore it with that version, then upgrade.',
  'backup.unreadable': 'That file is no backup of Doorman.',
  'backup.damaged': 'The backup is damaged: a count or checksum does not fit. Nothing was changed.',
  'demo.exists': 'The demo merchant is there already.',
}

try {
  await program.parseAsync()
  process.exit(process.exitCode ?? 0)
} catch (error) {
  if (error instanceof CommanderError) {
    process.exit(error.exitCode === 0 ? 0 : 2)
  }
  process.stderr.write(`${sentence(error)}\n`)
  process.exit(1)
}

/** One sentence. Texts of database errors repeat values, so only their code is told. */
function sentence(error: unknown): string {
  if (error instanceof CommandFailed) return error.message
  const { code = '', message = String(error), name, cause } = error as Error & { code?: string }
  const known = refusals[code] ?? wordsOf('en').errors[code]
  if (known) return known
  const isDatabase = name === 'DrizzleQueryError' || name === 'PostgresError'
  return isDatabase ? `The database refused (${code || (cause as { code?: string })?.code}).` : message
}
