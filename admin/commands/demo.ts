import { seedDemo } from '../../db/demo.ts'
import { issueApiKey } from '../../db/staff/api-keys.ts'
import { type AddCommand, progressBar, wholeNumber, withLedger } from './command.ts'

/** demo: a believable merchant, to look at and to measure with. */
export const addDemo: AddCommand = (program, deps) => {
  program
    .command('demo')
    .option('--guests <n>', 'how many guests', wholeNumber(1, 1_000_000), 2000)
    .option('--days <n>', 'over how many days', wholeNumber(1, 3650), 180)
    .option('--seed <n>', 'the same number gives the same people', wholeNumber(0, 2 ** 31), 1)
    .description('make a believable merchant with guests and visits')
    .action(async (options: { guests: number; days: number; seed: number }) => {
      const bar = progressBar('Guests')
      const made = await withLedger(
        deps,
        async ({ db }) => {
          const now = new Date()
          const seeded = await seedDemo(db, { ...options, now }, bar.at)
          const ctx = {
            db,
            merchantId: seeded.merchantId,
            actor: { kind: 'job', name: 'demo' } as const,
            now,
          }
          const { key } = await issueApiKey(ctx, { name: 'demo', mayReveal: false })
          return { merchantId: seeded.merchantId, guests: seeded.guests, visits: seeded.visits, apiKey: key }
        },
        { statementTimeoutMs: 120_000 },
      )
      bar.end()
      deps.answer(made, `${made.guests} guests with ${made.visits} visits. API key: ${made.apiKey}`)
    })
}
