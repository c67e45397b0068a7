import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { queueMessage, settleMessage, takeMessage } from '../../db/crm/messages.ts'
import { transaction } from '../../db/index.ts'
import type { Site } from '../../db/network/sites.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { openShop, type Shop } from '../support/people.ts'
import { type Asker, addSite, member, openApi, program } from './askers.ts'
import { cameBy } from './stays.ts'

let database: TestDatabase
let shop: Shop
let second: Site
/** Where the outbox carries the texts, and where a provider does. */
let trial: ReturnType<typeof openApi>
let real: ReturnType<typeof openApi>
let owner: Asker
let counter: Asker
let board: Asker
let till: Asker
let guestId: string

const codeOf = (code: string) =>
  `${code} is your Qinglan Wi-Fi code, for 10 minutes.\n@wifi.example.com #${code}`

beforeAll(async () => {
  database = await freshDatabase()
  shop = await openShop(database.db)
  second = await addSite(shop, 'Xujiahui')
  trial = openApi(database.db, { messenger: 'outbox' })
  real = openApi(database.db, { messenger: 'twilio' })
  owner = await member(trial.app, shop.ctx, 'owner')
  counter = await member(trial.app, shop.ctx, 'staff', [second.id])
  board = await program(trial.app, shop.ctx)
  till = await program(trial.app, shop.ctx, true)
  guestId = await cameBy(shop, { phone: '13800138000', mac: '0200000000d1', name: 'Lin', at: new Date() })
  await sent({ to: '+8613800138000', text: codeOf('482917'), kind: 'code' }, 'delivered', 60)
  await sent({ to: '+8613912345678', text: codeOf('105533'), kind: 'code', siteId: second.id }, 'failed', 50)
  await sent(
    { to: '+8613912345678', text: 'Sorry for your wait. Call 021 6888 0000.', kind: 'notice' },
    'sent',
    40,
  )
  await sent({ to: '+8613712348000', text: codeOf('771122'), kind: 'code' }, 'queued', 30)
})
afterAll(() => database.close())

type Text = { to: string; text: string; kind: 'code' | 'notice'; siteId?: string }

async function sent(text: Text, state: 'queued' | 'sent' | 'delivered' | 'failed', secondsAgo: number) {
  const ctx = { ...shop.ctx, now: new Date(Date.now() - secondsAgo * 1000) }
  const id = await transaction(ctx, (tx) =>
    queueMessage(tx, ctx, { siteId: shop.site.id, ...text, segments: 1 }),
  )
  if (state === 'queued') return
  await takeMessage(ctx, id)
  const problem = state === 'failed' ? { problem: 'number-unreachable' as const } : {}
  await settleMessage({ ...ctx, now: new Date(ctx.now.getTime() + 3100) }, id, {
    state,
    provider: 'twilio',
    ...problem,
  })
}

describe('messages', () => {
  it('are listed newest first with what became of them', async () => {
    const { items, total, today } = await owner.ask('GET /messages')
    expect(total).toBe(4)
    expect(items.map(({ to, kind, state, problem }) => ({ to, kind, state, problem }))).toEqual([
      { to: '137****8000', kind: 'code', state: 'queued', problem: null },
      { to: '139****5678', kind: 'notice', state: 'sent', problem: null },
      { to: '139****5678', kind: 'code', state: 'failed', problem: 'number-unreachable' },
      { to: '138****8000', kind: 'code', state: 'delivered', problem: null },
    ])
    // A code goes out before anybody is on file; afterwards the number tells whose it was.
    expect(items[3]?.guestId).toBe(guestId)
    expect(items[0]?.guestId).toBeNull()
    expect(today).toEqual({ total: 4, delivered: 1, onTheirWay: 2, failed: 1, medianToPhoneMs: 3100 })
  })

  it.each([
    ['state', { state: 'failed' }, 1],
    ['kind', { kind: 'notice' }, 1],
    ['a whole number', { to: '139 1234 5678' }, 2],
    ['a whole number whose plus became a space', { to: ' 8613912345678' }, 2],
    ['the last four digits', { to: '8000' }, 2],
    ['what is no number', { to: 'Lin' }, 0],
    ['all of it', { state: 'failed', kind: 'code', to: '5678' }, 1],
  ])('are filtered by %s', async (_what, query, count) => {
    const { items, total } = await owner.ask('GET /messages', { query })
    expect([items.length, total]).toEqual([count, count])
  })

  it('are cut into pages without a gap', async () => {
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const query: Record<string, string> = { limit: '1', ...(cursor ? { cursor } : {}) }
      const page = await owner.ask('GET /messages', { query })
      expect(page.total).toBe(4)
      ids.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor)
    expect(new Set(ids).size).toBe(4)
    expect(await owner.refusal('GET /messages', { query: { cursor: 'nonsense' } })).toBe(
      '422 page.invalid-cursor',
    )
  })

  it('of another site are nobody’s business', async () => {
    const { items, today } = await counter.ask('GET /messages')
    expect(items.map(({ siteId }) => siteId)).toEqual([second.id])
    expect(today.total).toBe(1)
    expect(await counter.refusal('GET /messages', { query: { site: shop.site.id } })).toBe(
      '404 site.not-found',
    )
    expect((await counter.ask('GET /outbox')).items.map(({ siteId }) => siteId)).toEqual([second.id])
  })

  it('keep their code to themselves where a provider carries them', async () => {
    const there = await member(real.app, shop.ctx, 'owner')
    const { text } = await there.try('GET /messages')
    for (const code of ['482917', '105533', '771122']) expect(text).not.toContain(code)
    expect(text).toContain('****** is your Qinglan Wi-Fi code, for 10 minutes.')
    expect(text).toContain('021 6888 0000')
    const timeline = await there.try('GET /guests/:id/timeline', { params: { id: guestId } })
    expect(timeline.text).toContain('******')
    expect(timeline.text).not.toContain('482917')
    expect(await there.refusal('GET /outbox')).toBe('404 outbox.not-here')
  })
})

describe('the outbox', () => {
  it('shows codes while there is no provider, the number masked', async () => {
    const { items, total } = await board.ask('GET /outbox')
    expect(total).toBe(4)
    expect(items[3]).toMatchObject({ to: '138****8000', text: codeOf('482917') })
    expect(Date.parse(items[3]?.at ?? '')).toBeGreaterThan(0)
  })

  it.each(['+8613800138000', '13800138000', '86 138 0013 8000', ' 8613800138000'])(
    'is asked for one number, %s, which the asker then knows and reads as it is',
    async (to) => {
      const { items } = await board.ask('GET /outbox', { query: { to } })
      expect(items).toMatchObject([{ to: '+8613800138000', text: codeOf('482917') }])
    },
  )

  it('shows whole numbers to a key that may see them', async () => {
    expect((await till.ask('GET /outbox')).items.map(({ to }) => to)).toContain('+8613712348000')
  })
})
