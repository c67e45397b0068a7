import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RadiusHouse, radiusHouse } from './support.ts'
import { bootTown } from './town.ts'

// Three hundred of the three thousand of `npm run bench -- boot`.
describe('Power comes back to a town', () => {
  let house: RadiusHouse
  beforeAll(async () => {
    house = await radiusHouse()
  })
  afterAll(() => house.close())

  it('F-9 RFC 5080 §2.2.1: every access point that boots is answered, and every device gets the answer that is its own', async () => {
    const figures = await bootTown(house, 300)
    expect(figures).toMatchObject({
      nases: 300,
      onAcknowledged: 300,
      rightAnswers: 300,
      wrongAnswers: 0,
      unanswered: 0,
    })
  }, 60_000)
})
