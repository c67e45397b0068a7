import { recoverAccount } from '../../db/staff/recovery.ts'
import { type AddCommand, withLedger } from './command.ts'

type Options = { email: string; password: string; dropSecondFactor?: boolean }

/** password: the way back into the panel for somebody who lost theirs; only who runs this machine can. */
export const addPassword: AddCommand = (program, deps) => {
  program
    .command('password')
    .requiredOption('--email <email>', 'who lost it')
    .requiredOption('--password <password>', 'the new one, at least 12 characters')
    .option('--drop-second-factor', 'the phone with the codes is gone, too')
    .description('give somebody a new password and end their sessions')
    .action(async ({ email, password, dropSecondFactor = false }: Options) => {
      const made = await withLedger(deps, ({ db }) =>
        recoverAccount(db, { email, password, dropSecondFactor }, new Date()),
      )
      deps.answer(made, `The new password is set; ${made.sessionsEnded} sessions have ended.`)
    })
}
