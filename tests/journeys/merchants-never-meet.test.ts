import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contract, type Operation } from '../../admin/api/contract.ts'
import { dice } from '../../db/demo-guests.ts'
import { dial } from '../../db/index.ts'
import { type Asker, openApi } from '../admin/askers.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { requests } from './generated-requests.ts'
import { type Belongings, belongingsOf, fingerprint, type Merchant, settle } from './two-merchants.ts'

/** Requests of each asker to each operation: with five askers and some seventy operations well over 5,000. */
const each = 18

let database: TestDatabase
let owner: postgres.Sql
let api: ReturnType<typeof openApi>
let ours: Merchant
let theirs: Merchant
let own: Belongings
let strange: Belongings
/** Every id of theirs, and every text that only they have. */
let idsOfTheirs: Set<string>
let wordsOfTheirs: string[]
let before: Record<string, string>
let asked = 0
let answeredWithOwn = 0
const statuses = new Map<number, number>()

beforeAll(async () => {
  database = await freshDatabase()
  owner = dial(database.url, { max: 1, onnotice: () => {} })
  api = openApi(database.db)
  ours = await settle(database.db, api.app, 'Aurelius', 5)
  theirs = await settle(database.db, api.app, 'Xanthippe', 7)
  own = await belongingsOf(owner, ours, 5)
  // Nobody may take away an asker's own right to ask.
  Object.assign(own, { staff: own.staff?.slice(-1), key: own.key?.slice(-1), signedIn: [] })
  strange = await belongingsOf(owner, theirs, 7)
  strange.cursor = await cursorsOf(theirs.askers[0] as Asker)
  own.cursor = await cursorsOf(ours.askers[0] as Asker)
  // A number may be typed into a search by anybody; what is found with it is the question.
  const { marker, phone, lastFour, cursor, slug, ...ids } = strange
  idsOfTheirs = new Set(Object.values(ids).flat())
  wordsOfTheirs = [...(marker ?? []), ...(phone ?? []), '139****171', ...(slug ?? [])]
  before = await fingerprint(owner, theirs.shop.ctx.merchantId)
})
afterAll(async () => {
  await owner.end()
  await database.close()
})

async function cursorsOf(asker: Asker): Promise<string[]> {
  const query = { limit: '1' }
  const pages = [
    await asker.ask('GET /guests', { query }),
    await asker.ask('GET /sessions', { query }),
    await asker.ask('GET /messages', { query }),
    await asker.ask('GET /audit', { query }),
  ]
  return pages.flatMap(({ nextCursor }) => nextCursor ?? [])
}

/** What of theirs stands in an answer. */
function leaks(text: string): string[] {
  const ids = (text.match(/[a-z]{3}_[0-9a-z]{24}|[0-9A-Za-z]{32}/g) ?? []).filter((id) => idsOfTheirs.has(id))
  return [...ids, ...wordsOfTheirs.filter((word) => text.includes(word))]
}

describe('merchants never meet', () => {
  it('though whoever is asked in their own house sees them: the eyes of this test work', async () => {
    const [boss] = theirs.askers
    const seen = await Promise.all(
      (
        ['GET /guests', 'GET /sites', 'GET /staff', 'GET /messages', 'GET /nas', 'GET /today'] as Operation[]
      ).map(async (operation) => leaks((await boss?.try(operation))?.text ?? '').length),
    )
    for (const count of seen) expect(count).toBeGreaterThan(0)
  })

  it.each([
    ['the owner', 0],
    ['a manager of one site', 1],
    ['staff of one site', 2],
    ['a program', 3],
    ['a program that may see numbers', 4],
  ] as const)(
    'whatever %s sends, nothing of another merchant is shown',
    { timeout: 300_000 },
    async (_who, index) => {
      const asker = ours.askers[index] as Asker
      const found: string[] = []
      for (const { operation, asked: request } of requests(dice(40 + index), own, strange, each)) {
        const { status, text } = await asker.try(operation, request)
        asked++
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        if (text.includes(ours.marker)) answeredWithOwn++
        if (status >= 500) found.push(`${operation} ${status}: ${JSON.stringify(request)}`)
        const leaked = leaks(text)
        if (leaked.length)
          found.push(`${asker.name}, ${operation} shows ${leaked.join(', ')}: ${JSON.stringify(request)}`)
      }
      expect(found).toEqual([])
    },
  )

  it('nor to who proves nothing', { timeout: 120_000 }, async () => {
    const { Asker } = await import('../admin/askers.ts')
    const nobody = new Asker(api.app, 'nobody', {})
    const forger = new Asker(api.app, 'a forger', { authorization: `Bearer dm_${'0'.repeat(52)}` })
    const found: string[] = []
    for (const asker of [nobody, forger])
      for (const { operation, asked: request } of requests(dice(99), own, strange, 2)) {
        const { status, text } = await asker.try(operation, request)
        asked++
        if (status < 400 && contract[operation].access !== 'open')
          found.push(`${asker.name}: ${operation} ${status}`)
        found.push(...leaks(text))
      }
    expect(found).toEqual([])
  })

  it('and not one row of theirs was written, changed or removed', async () => {
    expect(await fingerprint(owner, theirs.shop.ctx.merchantId)).toEqual(before)
  })

  it('over 5,000 requests, many of them answered with what is the asker’s own', () => {
    console.log(`Merchants never met in ${asked} requests: ${JSON.stringify(Object.fromEntries(statuses))}`)
    expect(asked).toBeGreaterThanOrEqual(5000)
    expect(answeredWithOwn).toBeGreaterThan(300)
    expect(statuses.get(200) ?? 0).toBeGreaterThan(800)
    expect(statuses.get(404) ?? 0).toBeGreaterThan(300)
  })
})
