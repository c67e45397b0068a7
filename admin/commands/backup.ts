import { stat } from 'node:fs/promises'
import { backup } from '../../db/backup.ts'
import { openLedger } from '../../db/ledger.ts'
import { migrate } from '../../db/migrate.ts'
import { restore } from '../../db/restore.ts'
import { type AddCommand, CommandFailed, progressBar, withLedger } from './command.ts'

/** backup, restore, migrate: what keeps the ledger. */
export const addBackup: AddCommand = (program, deps) => {
  program
    .command('backup')
    .argument('<file>', 'where to write it')
    .description('copy the whole ledger into one file, while the shop goes on')
    .action(async (file: string) => {
      const made = await withLedger(deps, ({ url }) => backup(url, file, tell('Saving')))
      deps.answer(made, `${made.rows} rows in ${made.bytes} bytes, SHA-256 ${made.sha256}`)
    })
  program
    .command('restore')
    .argument('<file>', 'a backup')
    .option('--force', 'replace what the database holds')
    .description('read a backup into an empty database')
    .action(async (file: string, options: { force?: boolean }) => {
      await stat(file).catch(() => {
        throw new CommandFailed(`There is no file ${file}.`)
      })
      const made = await withLedger(deps, ({ url }) => restore(url, file, options, tell('Restoring')))
      deps.answer(made, `${made.rows} rows restored`)
    })
  program
    .command('migrate')
    .description('bring the database to this version')
    .action(async () => {
      const config = deps.config()
      const ledger = await openLedger({ ...config.database, log: deps.say, migrate: false })
      try {
        const bar = progressBar('Migrating')
        const made = await migrate(ledger.url, (_name, index, total) => bar.at(index + 1, total))
        bar.end()
        deps.answer(
          made,
          made.from === made.to ? `Already at ${made.to}` : `From ${made.from || 'nothing'} to ${made.to}`,
        )
      } finally {
        await ledger.close()
      }
    })

  const tell = (label: string) => {
    let last = 0
    return (table: string, rows: number, total: number) => {
      if (Date.now() - last < 250 && rows < 1000) return
      last = Date.now()
      deps.say(`${label} ${table}: ${rows} rows, ${total} in all`)
    }
  }
}
