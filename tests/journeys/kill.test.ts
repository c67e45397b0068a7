import { describe, expect, it } from 'vitest'
import { run } from '../bench/kill.ts'

// Two rounds of what `npm run bench -- kill` does ten times.
describe('A process that is killed while access points report', () => {
  it('loses no record it acknowledged, on the embedded database and on one of the system', async () => {
    const figures = await run({ quick: true })
    expect(Object.keys(figures)).toContain('embedded')
    for (const { lost, acknowledged } of Object.values(figures)) {
      expect(lost).toBe(0)
      expect(acknowledged).toBeGreaterThan(300)
    }
  }, 120_000)
})
