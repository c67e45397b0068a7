import { describe, expect, it } from 'vitest'
import { run } from '../bench/kill.ts'

// Two rounds of what `npm run bench -- kill` does ten times.
describe.each(['server', 'postgres'] as const)('kill -9 of the %s while access points report', (victim) => {
  it('loses no record that was acknowledged, makes none up, and lets nobody in or out who should not be, on the embedded database and on one of the system', async () => {
    const figures = await run({ quick: true, victims: [victim] })
    expect(Object.keys(figures)).toContain(`embedded, ${victim} killed`)
    for (const { acknowledged, accepted, refused, ...faults } of Object.values(figures)) {
      expect(faults).toMatchObject({ lost: 0, phantom: 0, double: 0, wronglyOnline: 0, wronglyRefused: 0 })
      expect(acknowledged).toBeGreaterThan(300)
      expect(accepted).toBeGreaterThan(10)
      expect(refused).toBeGreaterThan(10)
    }
  }, 120_000)
})
