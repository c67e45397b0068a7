import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { playChaos } from './chaos.ts'
import { type RadiusHouse, radiusHouse } from './support.ts'

// Three hundred of the ten thousand that `npm run bench -- chaos` plays.
describe('A network that loses a fifth, repeats a tenth and disorders the rest', () => {
  let house: RadiusHouse
  beforeAll(async () => {
    house = await radiusHouse()
  })
  afterAll(() => house.close())

  it('F-6, R-A1: takes no octet, no second and no cause from the sessions of access points that repeat as RFC 5080 asks', async () => {
    const differences: string[] = []
    const place = { db: house.db, acctPort: house.ports.acct }
    const figures = await playChaos(place, {
      sessions: 300,
      seed: 7,
      nases: 6,
      firstMs: 80,
      log: (line) => differences.push(line),
    })
    expect(differences).toEqual([])
    expect(figures).toMatchObject({
      sessions: 300,
      octetsOff: 0,
      timesOff: 0,
      causesOff: 0,
      missing: 0,
      phantom: 0,
      double: 0,
    })
    expect(figures.lostOnTheWay).toBeGreaterThan(100)
    expect(figures.repeatedOnTheWay).toBeGreaterThan(100)
  }, 60_000)
})
