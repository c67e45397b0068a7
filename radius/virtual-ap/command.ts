import { type Command, InvalidArgumentError, Option } from 'commander'
import type { AddCommand, CommandDeps } from '../../admin/commands/command.ts'
import type { Ctx } from '../../db/context.ts'
import { listMessages } from '../../db/crm/messages.ts'
import { transaction } from '../../db/index.ts'
import { openLedger } from '../../db/ledger.ts'
import type { Method } from './guest.ts'
import { findPages, findPlace } from './place.ts'
import { runVirtualAp } from './run.ts'

type Options = { site: string; guests: number; method: Method; leaveAfter: number; every?: number }

/** ap: the virtual access point, to try everything without hardware and to test an installation. */
export const addVirtualAp: AddCommand = (program: Command, deps) => {
  program
    .command('ap')
    .requiredOption('--site <slug>', 'whose guests come')
    .option('--guests <n>', 'how many', within(1, 100_000), 1)
    .addOption(
      new Option('--method <method>', 'how they sign in').choices(['sms', 'tap', 'voucher']).default('sms'),
    )
    .option('--leave-after <seconds>', 'how long each stays online', within(0, 86_400), 5)
    .option('--every <seconds>', 'one comes every so often, instead of all at once', within(1, 86_400))
    .description('virtual access point: leads guests through the real pages and real RADIUS packets')
    .action((options: Options) => walk(deps, options))
}

async function walk(deps: CommandDeps, options: Options): Promise<void> {
  const config = deps.config()
  // Numbers are made up: a provider would text them to strangers, and charge for it.
  if (options.method === 'sms' && config.messenger.kind !== 'outbox')
    throw new Error(
      `MESSENGER=${config.messenger.kind} would text people who never asked: the numbers are made up. Run it with MESSENGER=outbox, on the server too.`,
    )
  const pagesUrl = await findPages(config, deps.say)
  const ledger = await openLedger({ ...config.database, log: deps.say, migrate: false })
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    const place = await findPlace(ledger.db, config, options.site, new Date())
    const answer = await runVirtualAp(place, {
      guests: options.guests,
      method: options.method,
      leaveAfterSeconds: options.leaveAfter,
      everySeconds: options.every,
      pagesUrl,
      ports: config.radius,
      codeFor: (phone) => codeFor({ ...place.ctx, now: new Date() }, phone),
      say: deps.say,
      stop: stop.signal,
    })
    const { guests, online, failed, medianToOnlineMs } = answer
    deps.answer(
      answer,
      `${guests} guests: ${online} online, ${failed} failed, ${medianToOnlineMs} ms in the middle`,
    )
    if (failed > 0) process.exitCode = 1
  } finally {
    await ledger.close()
  }
}

/** What the phone would show: the code of the newest text to it, once that has left. */
async function codeFor(ctx: Ctx, phone: string): Promise<string | undefined> {
  const [message] = await transaction(ctx, (tx) => listMessages(tx, ctx, { to: phone, limit: 1 }))
  if (message?.kind !== 'code' || message.state === 'queued' || message.state === 'sending') return undefined
  return /(?<![0-9])[0-9]{6}(?![0-9])/.exec(message.text)?.[0]
}

const within = (min: number, max: number) => (text: string) => {
  const number = Number(text)
  if (!Number.isInteger(number) || number < min || number > max)
    throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}.`)
  return number
}
