import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyAccounting } from '../../db/access/sessions.ts'
import { noteField } from '../../db/crm/guests.ts'
import { transaction } from '../../db/index.ts'
import type { Site } from '../../db/network/sites.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'
import { type Asker, addSite, member, openApi, program } from './askers.ts'
import { cameBy, dayMs, stay } from './stays.ts'

let database: TestDatabase
let panel: ReturnType<typeof openApi>
let shop: Shop
let second: Site
let owner: Asker
let manager: Asker
let counter: Asker
let till: Asker
const ids: Record<string, string> = {}

/** Lin came six times in 90 days, 张伟 once at the second site, Élodie long ago, and one who only signed in. */
beforeAll(async () => {
  database = await freshDatabase()
  panel = openApi(database.db)
  shop = await openShop(database.db)
  second = await addSite(shop, 'Xujiahui')
  owner = await member(panel.app, shop.ctx, 'owner')
  manager = await member(panel.app, shop.ctx, 'manager', [second.id])
  counter = await member(panel.app, shop.ctx, 'staff', [second.id])
  till = await program(panel.app, shop.ctx, true)
  const now = panel.clock.now.getTime()
  const ago = (days: number) => new Date(now - days * dayMs)
  ids.lin = await cameBy(shop, {
    phone: '13800138000',
    mac: '0200000000a1',
    name: 'ＬＩＮ Jing 静怡',
    at: ago(80),
  })
  for (const days of [80, 60, 45, 30, 15, 1]) await stay(shop, '0200000000a1', ago(days), 3600)
  ids.zhang = await cameBy(shop, {
    phone: '13912345678',
    mac: '0200000000a2',
    name: '张伟',
    at: ago(3),
    site: second,
    marketing: true,
  })
  await stay(shop, '0200000000a2', ago(3), 1800, second)
  ids.elodie = await cameBy(shop, {
    phone: '+33612345678',
    mac: '0200000000a3',
    name: 'Élodie 100%',
    at: ago(200),
  })
  await stay(shop, '0200000000a3', ago(200), 1800)
  ids.nobody = await cameBy(shop, { phone: '13712345678', mac: '0200000000a4', name: null, at: ago(2) })
})
afterAll(() => database.close())

const names = async (query: Record<string, string>, who = owner) => {
  const { items, total } = await who.ask('GET /guests', { query })
  expect(total).toBe(items.length)
  return items.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id))
}

describe('the list of guests', () => {
  it('tells of each what staff need, the number masked', async () => {
    const { items, total, totalOfMerchant } = await owner.ask('GET /guests', { query: { q: '13800138000' } })
    expect({ total, totalOfMerchant }).toEqual({ total: 1, totalOfMerchant: 4 })
    expect(items[0]).toMatchObject({
      id: ids.lin,
      name: 'ＬＩＮ Jing 静怡',
      phone: '138****8000',
      visitCount: 6,
      lifecycle: 'active',
      regular: true,
      online: false,
      consents: { terms: true, marketing: false, marketingState: 'denied' },
      sites: [shop.site.id],
    })
  })

  it.each([
    ['part of a name, whatever its width and case', 'lin j', ['lin']],
    ['one Chinese sign', '静', ['lin']],
    ['a letter with an accent', 'éLODIE', ['elodie']],
    ['a sign that means something to databases', '0%', ['elodie']],
    ['only such a sign', '%', ['elodie']],
    ['a whole number as the country writes it', '138 0013 8000', ['lin']],
    ['a whole number with its country', '+8613800138000', ['lin']],
    ['a number of another country', '+33 6 12 34 56 78', ['elodie']],
    ['the last four digits', '5678', ['zhang', 'elodie', 'nobody']],
    ['the last four digits in full width', '８０００', ['lin']],
    ['three digits: no number, no name', '800', []],
    ['a number nobody has', '13800138001', []],
    ['nothing but space', '  ', ['lin', 'nobody', 'zhang', 'elodie']],
  ])('is searched by %s', async (_what, q, found) => {
    expect((await names({ q })).toSorted()).toEqual(found.toSorted())
  })

  it.each([
    ['regulars', { segment: 'regulars' }, ['lin']],
    ['who was here lately', { segment: 'recent' }, ['lin', 'zhang']],
    ['who is new', { segment: 'new' }, ['zhang', 'nobody']],
    ['who is in the shop', { segment: 'in-shop' }, []],
    ['lost guests', { lifecycle: 'lost' }, ['elodie']],
    ['guests who never came', { lifecycle: 'potential' }, ['nobody']],
    ['two stages at once', { lifecycle: 'lost,potential' }, ['elodie', 'nobody']],
    ['who agreed to offers', { consent: 'granted' }, ['zhang']],
    ['who said no', { consent: 'denied' }, ['lin', 'elodie', 'nobody']],
    ['one site', { site: 'second' }, ['zhang']],
    ['many visits', { visitsMin: '2' }, ['lin']],
    ['few visits', { visitsMax: '0' }, ['nobody']],
    ['seen this week', { seenWithinDays: '7' }, ['lin', 'zhang', 'nobody']],
    ['all filters together', { seenWithinDays: '7', consent: 'granted', q: '伟', visitsMin: '1' }, ['zhang']],
    ['who is offline', { online: 'false' }, ['lin', 'zhang', 'elodie', 'nobody']],
  ])('is filtered by %s', async (_what, query, found) => {
    const site: Record<string, string> = 'site' in query ? { site: second.id } : {}
    expect((await names({ ...(query as Record<string, string>), ...site })).toSorted()).toEqual(
      found.toSorted(),
    )
  })

  it.each([
    ['lastSeen', undefined, ['lin', 'nobody', 'zhang', 'elodie']],
    ['lastSeen', 'asc', ['elodie', 'zhang', 'nobody', 'lin']],
    ['firstSeen', undefined, ['nobody', 'zhang', 'lin', 'elodie']],
    ['visits', 'desc', ['lin', undefined, undefined, 'nobody']],
    ['name', undefined, ['lin', 'elodie', 'zhang', 'nobody']],
    ['name', 'desc', ['zhang', 'elodie', 'lin', 'nobody']],
  ] as const)('is sorted by %s, %s, page by page and none twice', async (sort, order, expected) => {
    const found: string[] = []
    let cursor: string | null = null
    do {
      const query: Record<string, string> = {
        sort,
        limit: '1',
        ...(order ? { order } : {}),
        ...(cursor ? { cursor } : {}),
      }
      const page = await owner.ask('GET /guests', { query })
      expect(page.total).toBe(4)
      expect(page.items).toHaveLength(1)
      found.push(page.items[0]?.id ?? '')
      cursor = page.nextCursor
    } while (cursor)
    expect(new Set(found).size).toBe(4)
    for (const [index, name] of expected.entries()) if (name) expect(found[index]).toBe(ids[name])
  })

  it.each([
    'x',
    'e30',
    Buffer.from('["guests.name.asc","a","b"]').toString('base64url'),
    Buffer.from('["guests.lastSeen.desc","yesterday","b"]').toString('base64url'),
    Buffer.from('["guests.lastSeen.desc",{},[]]').toString('base64url'),
  ])('refuses a place in the list that it never gave: %s', async (cursor) => {
    expect(await owner.refusal('GET /guests', { query: { cursor } })).toBe('422 page.invalid-cursor')
  })

  it.each([
    ['q', 'a\0b'],
    ['q', '\0'],
    ['q', "'; drop table guests; --"],
    ['q', '\\'],
    ['q', '\uD800'],
    ['q', '+'],
    ['q', '９'.repeat(80)],
    ['site', 'sit\0x'],
    ['site', "sit_' or 1=1"],
    ['lastSeenBefore', '2026-13-45T99:00:00Z'],
    ['lastSeenBefore', '9999-12-31T23:59:59Z'],
    ['visitsMin', '1e99'],
    ['limit', '-1'],
    ['lifecycle', 'lost,,active'],
    ['lifecycle', 'everything'],
  ])('takes a hostile %s=%j for what it is', async (name, value) => {
    const { status, text } = await owner.try('GET /guests', { query: { [name]: value } })
    expect([200, 422]).toContain(status)
    if (status === 422) expect(JSON.parse(text).error.message.length).toBeGreaterThan(10)
  })

  it('counts its standing views as the list does', async () => {
    const { items } = await owner.ask('GET /guests/views')
    for (const { view, total } of items)
      expect(total, view).toBe((await owner.ask('GET /guests', { query: { segment: view } })).total)
    expect(items.find(({ view }) => view === 'all')?.total).toBe(4)
  })
})

describe('staff of one site', () => {
  it('see the guests who were there and no others, in lists, counts and searches', async () => {
    expect(await names({}, counter)).toEqual(['zhang'])
    expect(await names({ q: '13800138000' }, counter)).toEqual([])
    expect(await names({ site: shop.site.id }, counter)).toEqual([])
    expect((await counter.ask('GET /guests', {})).totalOfMerchant).toBe(1)
    expect((await counter.ask('GET /guests/views')).items[0]).toEqual({ view: 'all', total: 1 })
    expect((await counter.ask('GET /guests/:id', { params: { id: ids.zhang as string } })).sites).toEqual([
      second.id,
    ])
  })

  it('can not open, change or write on a guest of another site', async () => {
    const params = { id: ids.lin as string, identityId: 'idn_x', deviceId: 'dev_x' }
    const no = '404 guest.not-found'
    expect(await manager.refusal('GET /guests/:id', { params })).toBe(no)
    expect(await manager.refusal('GET /guests/:id/timeline', { params })).toBe(no)
    expect(await manager.refusal('PATCH /guests/:id', { params, body: { name: 'x' } })).toBe(no)
    expect(
      await manager.refusal('POST /guests/:id/interactions', { params, body: { kind: 'note', text: 'x' } }),
    ).toBe(no)
    expect(await manager.refusal('POST /guests/:id/reveal', { params, body: { reason: 'curious' } })).toBe(no)
    expect(
      await manager.refusal('PATCH /guests/:id/identities/:identityId', { params, body: { wrong: true } }),
    ).toBe(no)
    expect(await manager.refusal('DELETE /guests/:id/devices/:deviceId', { params })).toBe(no)
    expect(
      await manager.refusal('POST /guests/:id/consents/withdraw', { params, body: { purpose: 'marketing' } }),
    ).toBe(no)
  })

  it('can not write a note at a site that is not theirs', async () => {
    const params = { id: ids.zhang as string }
    const body = { kind: 'note', text: 'x', siteId: shop.site.id }
    expect(await counter.refusal('POST /guests/:id/interactions', { params, body })).toBe(
      '404 site.not-found',
    )
  })

  it('at the counter have no hand on names, numbers and devices', async () => {
    const params = { id: ids.zhang as string, deviceId: 'dev_x' }
    expect(await counter.refusal('PATCH /guests/:id', { params, body: { name: 'x' } })).toBe(
      '403 right.missing',
    )
    expect(await counter.refusal('POST /guests/:id/reveal', { params, body: { reason: 'curious' } })).toBe(
      '403 right.missing',
    )
    expect(await counter.refusal('DELETE /guests/:id/devices/:deviceId', { params })).toBe(
      '403 right.missing',
    )
  })
})

describe('a guest', () => {
  const params = () => ({ id: ids.lin as string })

  it('is shown with contacts, devices, consents and habits', async () => {
    const guest = await owner.ask('GET /guests/:id', { params: params() })
    expect(guest.identities).toMatchObject([
      { kind: 'phone', value: '138****8000', country: 'CN', wrongAt: null },
    ])
    expect(guest.devices).toMatchObject([
      { mac: '02:00:••:••:••:a1', isRandomised: true, online: false, sessionId: null },
    ])
    expect(guest.devices[0]?.rememberedUntil).not.toBeNull()
    expect(guest.consentHistory.map(({ purpose, action }) => `${purpose} ${action}`).toSorted()).toEqual([
      'marketing denied',
      'terms granted',
    ])
    expect(guest.consentHistory[0]?.textHash).toMatch(/^[0-9a-f]{64}$/)
    expect(guest.visitsByMonth.reduce((sum, { visits }) => sum + visits, 0)).toBe(6)
    expect(guest.medianVisitSeconds).toBe(3600)
    expect(guest.rhythm?.everyDays).toBe(15)
    expect(guest.inShop).toBeNull()
  })

  it('of the splash’s own shop keeps a timeline of all that happened, cut into pages without a gap', async () => {
    const whole = await owner.ask('GET /guests/:id/timeline', { params: params(), query: { limit: '200' } })
    expect(whole.counts).toEqual({ 'sign-in': 1, visit: 6, consent: 2, change: 1 })
    expect(whole.total).toBe(10)
    expect(whole.items.map(({ at }) => at)).toEqual(
      whole.items
        .map(({ at }) => at)
        .toSorted()
        .reverse(),
    )
    const paged: string[] = []
    let cursor: string | null = null
    do {
      const query: Record<string, string> = { limit: '3', ...(cursor ? { cursor } : {}) }
      const page = await owner.ask('GET /guests/:id/timeline', { params: params(), query })
      paged.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor)
    expect(paged).toEqual(whole.items.map(({ id }) => id))
    const visits = await owner.ask('GET /guests/:id/timeline', { params: params(), query: { kind: 'visit' } })
    expect(visits.items[0]).toMatchObject({
      kind: 'visit',
      nth: 6,
      seconds: 3600,
      octets: '3000',
      siteId: shop.site.id,
    })
    expect(visits.total).toBe(6)
  })

  it('is renamed; the name before stays as history', async () => {
    await owner.ask('PATCH /guests/:id', { params: params(), body: { name: 'Lin Jingyi' } })
    const guest = await owner.ask('PATCH /guests/:id', { params: params(), body: { name: '  林静怡 ' } })
    expect(guest.name).toBe('林静怡')
    const field = guest.fields.find(({ field }) => field === 'name')
    expect(field).toMatchObject({ value: '林静怡', kind: 'static', source: 'panel' })
    expect(field?.by).toMatch(/^Lin Xia/)
    expect(field?.former.map(({ value }) => value)).toEqual(['Lin Jingyi', 'ＬＩＮ Jing 静怡'])
    expect(await names({ q: '林静' })).toEqual(['lin'])
  })

  it('is written about; what is written stays, and a correction names what it corrects', async () => {
    const note = await counter.ask('POST /guests/:id/interactions', {
      params: { id: ids.zhang as string },
      body: { kind: 'complaint', text: 'The tea was cold.', siteId: second.id },
    })
    expect(note).toMatchObject({ kind: 'complaint', text: 'The tea was cold.' })
    const correction = { kind: 'note', text: 'It was the soup.', correctsId: note.id }
    await counter.ask('POST /guests/:id/interactions', {
      params: { id: ids.zhang as string },
      body: correction,
    })
    const { items } = await owner.ask('GET /guests/:id/timeline', { params: { id: ids.zhang as string } })
    expect(items[0]).toMatchObject({ kind: 'note', text: 'It was the soup.', correctsId: note.id })
    expect(items[1]).toMatchObject({ kind: 'complaint', siteId: second.id })
    expect(await owner.refusal('POST /guests/:id/interactions', { params: params(), body: correction })).toBe(
      '404 interaction.not-found',
    )
    expect(
      await owner.refusal('POST /guests/:id/interactions', {
        params: params(),
        body: { kind: 'note', text: '   ' },
      }),
    ).toMatch(/^422 /)
  })

  it('has a number that is shown for a reason alone, and the reason stays', async () => {
    expect(
      await manager.refusal('POST /guests/:id/reveal', { params: { id: ids.zhang as string }, body: {} }),
    ).toMatch(/^422 /)
    const seen = await owner.ask('POST /guests/:id/reveal', {
      params: params(),
      body: { reason: 'call back about a table' },
    })
    expect(seen).toEqual({ phone: '+8613800138000', spaced: '+86 138 0013 8000', revealedToday: 1 })
    expect(
      (await owner.ask('POST /guests/:id/reveal', { params: params(), body: { reason: 'once more' } }))
        .revealedToday,
    ).toBe(2)
    const { items } = await owner.ask('GET /guests/:id/timeline', {
      params: params(),
      query: { kind: 'change' },
    })
    expect(items[1]).toMatchObject({ what: 'revealed', value: 'call back about a table' })
    const audit = await owner.ask('GET /audit', {})
    expect(audit.items[0]).toMatchObject({ action: 'guest.revealed', subject: ids.lin })
    panel.clock.now = new Date(panel.clock.now.getTime() + dayMs + 1000)
    expect((await till.ask('GET /guests/:id', { params: params() })).revealedToday).toBe(0)
    panel.clock.now = new Date(panel.clock.now.getTime() - dayMs - 1000)
  })

  it('has a contact that can be marked wrong: it stays, struck out, and is offered to nobody', async () => {
    const { identities } = await owner.ask('GET /guests/:id', { params: params() })
    const identityId = identities[0]?.id as string
    const asked = { params: { ...params(), identityId }, body: { wrong: true, reason: 'somebody else' } }
    const wrong = await owner.ask('PATCH /guests/:id/identities/:identityId', asked)
    expect(wrong.phone).toBeNull()
    expect(wrong.identities).toMatchObject([{ value: '138****8000', wrongReason: 'somebody else' }])
    expect(
      await owner.refusal('POST /guests/:id/reveal', { params: params(), body: { reason: 'call back' } }),
    ).toBe('404 guest.no-phone')
    const right = await owner.ask('PATCH /guests/:id/identities/:identityId', {
      ...asked,
      body: { wrong: false },
    })
    expect(right.phone).toBe('138****8000')
    const others = { id: ids.zhang as string, identityId }
    expect(
      await owner.refusal('PATCH /guests/:id/identities/:identityId', {
        params: others,
        body: { wrong: true },
      }),
    ).toBe('404 identity.not-found')
  })

  it('takes back the yes to offers at the counter, and the proof of both stays', async () => {
    const zhang = { params: { id: ids.zhang as string } }
    const body = { purpose: 'marketing' }
    const guest = await owner.ask('POST /guests/:id/consents/withdraw', { ...zhang, body })
    expect(guest.consents).toEqual({ terms: true, marketing: false, marketingState: 'withdrawn' })
    expect(
      guest.consentHistory
        .filter(({ purpose }) => purpose === 'marketing')
        .map(({ action, surface }) => `${action} ${surface}`),
    ).toEqual(['withdrawn panel', 'granted splash'])
    const again = await owner.ask('POST /guests/:id/consents/withdraw', { ...zhang, body })
    expect(again.consentHistory).toHaveLength(guest.consentHistory.length)
    expect(await names({ consent: 'withdrawn' })).toEqual(['zhang'])
  })

  it('has a device that can be forgotten: it is gone from the list and has to sign in anew', async () => {
    const { devices } = await owner.ask('GET /guests/:id', { params: params() })
    const asked = { params: { ...params(), deviceId: devices[0]?.id as string } }
    await owner.ask('DELETE /guests/:id/devices/:deviceId', asked)
    const after = await owner.ask('GET /guests/:id', { params: params() })
    expect(after.devices).toEqual([])
    const { items } = await owner.ask('GET /guests/:id/timeline', {
      params: params(),
      query: { kind: 'change' },
    })
    expect(items[0]).toMatchObject({ what: 'device-forgotten' })
    const other = { params: { id: ids.zhang as string, deviceId: asked.params.deviceId } }
    expect(await owner.refusal('DELETE /guests/:id/devices/:deviceId', other)).toBe('404 device.not-found')
  })

  it('who is blocked is kept out of every site, and comes back by signing in', async () => {
    const lin = { phone: '13800138000', mac: '0200000000a1' }
    await letIn(shop, { ...lin, now: panel.clock.now })
    const blocked = await owner.ask('PATCH /guests/:id', { params: params(), body: { blocked: true } })
    expect(blocked).toMatchObject({ lifecycle: 'blocked' })
    expect(blocked.blockedAt).not.toBeNull()
    expect(blocked.devices[0]?.rememberedUntil).toBeNull()
    await expect(letIn(shop, { ...lin, now: panel.clock.now })).rejects.toThrow('guest.blocked')
    expect(await names({ lifecycle: 'blocked' })).toEqual(['lin'])
    expect(await names({ segment: 'regulars' })).toEqual([])
    const back = await owner.ask('PATCH /guests/:id', { params: params(), body: { blocked: false } })
    expect(back).toMatchObject({ blockedAt: null, lifecycle: 'active' })
    await letIn(shop, { ...lin, now: panel.clock.now })
    const { items } = await owner.ask('GET /guests/:id/timeline', {
      params: params(),
      query: { kind: 'change' },
    })
    expect(items.slice(0, 2)).toMatchObject([{ what: 'unblocked' }, { what: 'blocked' }])
  })

  it('in the shop is online, with the visit that it is', async () => {
    await applyAccounting(database.db, [
      stay.record(shop, '0200000000a1', panel.clock.now, 0, 'start', shop.site),
    ])
    const guest = await owner.ask('GET /guests/:id', { params: params() })
    expect(guest).toMatchObject({ online: true, visitCount: 7, inShop: { siteId: shop.site.id, nth: 7 } })
    expect(guest.devices).toMatchObject([{ online: true }])
    expect(await names({ online: 'true' })).toEqual(['lin'])
    expect(await names({ segment: 'in-shop' })).toEqual(['lin'])
    expect(await names({ online: 'true', site: second.id })).toEqual([])
  })

  it('nobody knows is not there', async () => {
    expect(await owner.refusal('GET /guests/:id', { params: { id: 'gst_nobody' } })).toBe(
      '404 guest.not-found',
    )
    expect(await owner.refusal('GET /guests/:id', { params: { id: "x' or 1=1" } })).toBe(
      '404 guest.not-found',
    )
  })

  it('with a birthday shows it as a field, newest first', async () => {
    for (const value of ['11-25', '11-26'])
      await transaction({ ...shop.ctx, now: new Date() }, (tx) =>
        noteField(
          tx,
          { ...shop.ctx, now: new Date() },
          { guestId: ids.lin as string, field: 'birthday', value, source: 'import' },
        ),
      )
    const { fields } = await owner.ask('GET /guests/:id', { params: params() })
    expect(fields.find(({ field }) => field === 'birthday')).toMatchObject({
      value: '11-26',
      former: [{ value: '11-25' }],
    })
  })
})

describe('whole numbers', () => {
  it('are in no answer of any GET for anybody but a key that may reveal', async () => {
    const gets = [
      ['GET /guests', {}],
      ['GET /guests', { query: { q: '13800138000' } }],
      ['GET /guests/:id', { params: { id: ids.lin as string } }],
      ['GET /guests/:id/timeline', { params: { id: ids.lin as string } }],
      ['GET /today', {}],
      ['GET /sessions', {}],
      ['GET /messages', {}],
      ['GET /outbox', {}],
      ['GET /audit', {}],
      ['GET /me', {}],
      ['GET /sites', {}],
      ['GET /nas', {}],
      ['GET /staff', {}],
    ] as const
    const numbers = ['13800138000', '13912345678', '612345678', '13712345678']
    const board = await program(panel.app, shop.ctx)
    for (const who of [owner, manager, counter, board])
      for (const [operation, asked] of gets) {
        const { text } = await who.try(operation, asked)
        for (const number of numbers) expect(text, `${who.name}: ${operation}`).not.toContain(number)
      }
    const { items } = await till.ask('GET /guests', { query: { q: '13800138000' } })
    expect(items[0]?.phone).toBe('+8613800138000')
  })
})
