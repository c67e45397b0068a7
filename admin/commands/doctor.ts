import type { Config } from '../../config.ts'
import { checkUp } from '../../db/checkup.ts'
import { type Ledger, openLedger } from '../../db/ledger.ts'
import type { AddCommand, CommandDeps } from './command.ts'
import { type Finding, fault } from './doctor/finding.ts'
import { checkGateways, checkLedger } from './doctor/ledger.ts'
import { checkClock, checkFolder, checkPorts } from './doctor/machine.ts'
import { checkMessenger, checkReach } from './doctor/outside.ts'

/** doctor: looks at all that must be right for a guest to get online, and says what to do where it is not. */
export const addDoctor: AddCommand = (program, deps) => {
  program
    .command('doctor')
    .option('--site <slug>', 'only the gateways of this site')
    .description('check ports, database, clock, secrets, messengers, gateways and reachability')
    .action(async ({ site }: { site?: string }) => {
      const checks = await examine(deps, site)
      const count = (state: Finding['state']) => checks.filter((check) => check.state === state).length
      const answer = { ok: count('ok'), warnings: count('warning'), faults: count('fault'), checks }
      deps.answer(answer, wordsOf(checks))
      if (answer.faults > 0) process.exitCode = 1
    })
}

async function examine(deps: CommandDeps, site: string | undefined): Promise<Finding[]> {
  let config: Config
  try {
    config = deps.config()
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .map((text) => fault('settings', text, 'Change the environment and try again.'))
  }
  const ports = await checkPorts(config)
  const ledger = await openLedger({ ...config.database, log: deps.say, migrate: false }).catch(
    (error: Error) => error,
  )
  const [machine, inside, outside] = await Promise.all([
    Promise.all([checkClock(), checkFolder(config)]),
    ledger instanceof Error
      ? [fault('database', ledger.message, 'Nothing works without it.')]
      : lookInside(ledger, site),
    lookOutside(config, ledger),
  ])
  if (!(ledger instanceof Error)) await ledger.close()
  return [...ports, ...inside, ...machine.flat(), ...outside]
}

async function lookInside({ db }: Ledger, site: string | undefined): Promise<Finding[]> {
  try {
    return [...(await checkLedger(db)), ...(await checkGateways(db, site, new Date()))]
  } catch {
    return [
      fault(
        'database',
        'The database is there, but it is not this version’s.',
        'npm run --silent doorman -- migrate',
      ),
    ]
  }
}

async function lookOutside(config: Config, ledger: Ledger | Error): Promise<Finding[]> {
  const texts =
    ledger instanceof Error
      ? undefined
      : await checkUp(ledger.db).then(
          ({ texts }) => texts,
          () => undefined,
        )
  return [...(await checkMessenger(config, texts)), ...(await checkReach(config))]
}

const marks: Record<Finding['state'], string> = { ok: 'ok     ', warning: 'warning', fault: 'FAULT  ' }

const wordsOf = (checks: Finding[]) =>
  checks
    .map(({ check, state, text, remedy }) =>
      [`${marks[state]}  ${check}: ${text}`, remedy && state !== 'ok' ? `         → ${remedy}` : '']
        .filter(Boolean)
        .join('\n'),
    )
    .join('\n')
