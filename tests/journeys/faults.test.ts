import { describe, expect, it } from 'vitest'
import { run as fillDisk } from '../bench/disk-full.ts'
import { run as hang } from '../bench/hang.ts'

const right = { lost: 0, phantom: 0, double: 0, wronglyOnline: 0, wronglyRefused: 0 }

// Seconds of what `npm run bench -- hang` and `-- disk-full` do for half a minute.
describe('While access points report and ask', () => {
  it('F-5: a database that hangs costs no record and no right answer, and what is reported meanwhile is kept on disk', async () => {
    const figures = await hang({ quick: true })
    expect(figures).toMatchObject(right)
    expect(figures.acknowledgedHanging).toBeGreaterThan(300)
    expect(figures.accepted).toBeGreaterThan(30)
  }, 60_000)

  it.skipIf(process.getuid?.() !== 0)(
    'F-4: a full disk means no acknowledgement without a record, and service returns by itself when there is room',
    async (context) => {
      const figures = await fillDisk({ quick: true })
      if ('skipped' in figures) return context.skip(figures.skipped)
      expect(figures).toMatchObject(right)
      expect(figures.unansweredFull).toBeGreaterThan(300)
      expect(figures.acknowledged).toBeGreaterThan(figures.acknowledgedFull + 300)
    },
    60_000,
  )
})
