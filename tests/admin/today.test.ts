import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arrive } from '../../db/access/arrivals.ts'
import { openGrant } from '../../db/access/grants.ts'
import { applyAccounting } from '../../db/access/sessions.ts'
import { noteField } from '../../db/crm/guests.ts'
import { addInteraction } from '../../db/crm/interactions.ts'
import { transaction } from '../../db/index.ts'
import type { Site } from '../../db/network/sites.ts'
import { hintOf } from '../../db/reports/hints.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { macOf, openShop, phoneOf, type Shop } from '../support/people.ts'
import { type Asker, addSite, member, openApi } from './askers.ts'
import { cameBy, dayMs, stay } from './stays.ts'

const hourMs = 3_600_000
/** Wednesday 25 November 2026, 14:20 in Shanghai. */
const now = new Date('2026-11-25T06:20:00Z')
const at = (daysAgo: number, clock: string) => {
  const day = new Date(now.getTime() - daysAgo * dayMs).toISOString().slice(0, 10)
  return new Date(`${day}T${clock}:00+08:00`)
}

let database: TestDatabase
let api: ReturnType<typeof openApi>
let shop: Shop
let second: Site
let owner: Asker
let counter: Asker
const ids: Record<string, string> = {}

beforeAll(async () => {
  database = await freshDatabase()
  api = openApi(database.db)
  shop = await openShop(database.db)
  second = await addSite(shop, 'Xujiahui')
  owner = await member(api.app, shop.ctx, 'owner')
  counter = await member(api.app, shop.ctx, 'staff', [second.id])
  api.clock.now = now
  const regular = { phone: '13800138001', mac: '0200000000b1', name: '陈静怡' }
  ids.regular = await cameBy(shop, { ...regular, at: at(70, '12:00') })
  for (const days of [70, 60, 50, 40, 30, 7]) await stay(shop, regular.mac, at(days, '12:00'), 3000)
  // Was here this morning and left; was here last Wednesday, too, in the evening: that does not count yet.
  ids.left = await cameBy(shop, {
    phone: '13800138002',
    mac: '0200000000b2',
    name: null,
    at: at(7, '18:00'),
    marketing: true,
  })
  await stay(shop, '0200000000b2', at(7, '18:00'), 1200)
  await stay(shop, '0200000000b2', at(0, '10:00'), 1200)
  // New last Wednesday at noon, agreed; never again.
  ids.once = await cameBy(shop, {
    phone: '13800138003',
    mac: '0200000000b3',
    name: null,
    at: at(7, '12:30'),
    marketing: true,
  })
  await stay(shop, '0200000000b3', at(7, '12:30'), 2 * 3600)
  // New today, still here.
  ids.fresh = await cameBy(shop, {
    phone: '13800138004',
    mac: '0200000000b4',
    name: null,
    at: at(0, '14:00'),
    marketing: true,
  })
  await open('0200000000b4', at(0, '14:00'))
  // The regular, in the shop with two devices since 13:42.
  await open(regular.mac, at(0, '13:42'))
  // At the second site.
  ids.there = await cameBy(shop, {
    phone: '13800138005',
    mac: '0200000000b5',
    name: '王磊',
    at: at(0, '13:00'),
    site: second,
  })
  await open('0200000000b5', at(0, '13:00'), second)
})
afterAll(() => database.close())

const open = (mac: string, since: Date, site: Site = shop.site) =>
  applyAccounting(database.db, [stay.record(shop, mac, since, 0, 'start', site)])
const today = async (query: Record<string, string> = {}, who = owner) => {
  api.clock.now = now
  return who.ask('GET /today', { query })
}

describe('Today', () => {
  it('counts the six numbers beside the same weekday a week ago, up to the same time of day', async () => {
    const { numbers, timeZone, comparedWith } = await today()
    expect({ timeZone, comparedWith }).toEqual({ timeZone: 'Asia/Shanghai', comparedWith: 'weekday' })
    expect(numbers).toMatchObject({
      // Last week at 14:20 only the two-hour guest was on.
      onlineNow: { value: 3, before: 1 },
      // Last week until 14:20: the regular at noon and the new one; who came at 18:00 is not counted yet.
      guests: { value: 4, before: 2 },
      new: { value: 2, before: 1 },
      returning: { value: 2, before: 1 },
      agreedToOffers: { value: 1, before: 1 },
    })
  })

  it('lists who is in the shop now, the last to come first, one row a guest', async () => {
    const { inShop, earlierToday } = await today()
    expect(inShop.map(({ guestId }) => guestId)).toEqual([ids.fresh, ids.regular, ids.there])
    expect(inShop[1]).toMatchObject({
      name: '陈静怡',
      phone: '138****8001',
      nth: 7,
      since: at(0, '13:42').toISOString(),
      regular: true,
      siteId: shop.site.id,
    })
    expect(inShop[0]).toMatchObject({ nth: 1, hint: { kind: 'first-visit', agreedToOffers: true } })
    expect(earlierToday).toBe(1)
  })

  it('of one site tells of that site alone', async () => {
    const one = await today({ site: second.id })
    expect(one.inShop.map(({ guestId }) => guestId)).toEqual([ids.there])
    expect(one.numbers.guests).toEqual({ value: 1, before: 0 })
    expect(one.gateways.total).toBe(0)
    const theirs = await today({}, counter)
    expect(theirs.inShop.map(({ guestId }) => guestId)).toEqual([ids.there])
    expect(await counter.refusal('GET /today', { query: { site: shop.site.id } })).toBe('404 site.not-found')
  })

  it('says first what went wrong, then the birthday', async () => {
    const ctx = { ...shop.ctx, now: new Date(now.getTime() - hourMs) }
    const guestId = ids.regular as string
    await transaction(ctx, (tx) =>
      noteField(tx, ctx, { guestId, field: 'birthday', value: '1990-11-26', source: 'import' }),
    )
    expect((await today()).inShop[1]?.hint).toEqual({ kind: 'birthday', inDays: 1 })
    await addInteraction(ctx, { guestId, kind: 'complaint', text: 'The tea was cold.' })
    const { inShop, due } = await today()
    expect(inShop[1]?.hint).toEqual({
      kind: 'complaint',
      at: ctx.now.toISOString(),
      text: 'The tea was cold.',
    })
    expect(due.complaints).toEqual([
      {
        guestId,
        name: '陈静怡',
        phone: '138****8001',
        at: ctx.now.toISOString(),
        text: 'The tea was cold.',
        dueAt: new Date(ctx.now.getTime() + dayMs).toISOString(),
      },
    ])
    expect(due.birthdays).toEqual([
      { guestId, name: '陈静怡', phone: '138****8001', on: '2026-11-26', inDays: 1 },
    ])
  })

  it('calls a complaint answered once the guest was called', async () => {
    await addInteraction(
      { ...shop.ctx, now },
      { guestId: ids.regular as string, kind: 'call', text: 'Said sorry.' },
    )
    const { inShop, due } = await today()
    expect(due.complaints).toEqual([])
    expect(inShop[1]?.hint?.kind).toBe('birthday')
  })

  it('names gateways that were never heard, with the light that Sites shows', async () => {
    const { gateways, due } = await today()
    expect(gateways).toEqual({ answering: 0, total: 1 })
    expect(due.gatewaysSilent).toMatchObject([
      { nasId: shop.nas.id, siteId: shop.site.id, health: 'never', since: null },
    ])
  })

  it('measures time to online from the first redirect to the yes, by one clock', async () => {
    const seconds = [4, 9, 30]
    for (const [index, takes] of seconds.entries()) {
      const mac = macOf(`0200000000c${index}`)
      const came = new Date(now.getTime() - 2 * hourMs)
      const ctx = (later: number) => ({
        ...shop.ctx,
        actor: { kind: 'guest' } as const,
        now: new Date(came.getTime() + later * 1000),
      })
      const where = { siteId: shop.site.id, nasId: shop.nas.id, mac }
      await arrive(ctx(0), { ...where, trust: 'claimed', handle: {} })
      // The window dies and is opened again: still the same coming.
      await arrive(ctx(1), { ...where, trust: 'claimed', handle: {} })
      const { grant } = await transaction(ctx(takes - 1), (tx) =>
        openGrant(tx, ctx(takes - 1), {
          ...where,
          method: 'sms',
          phone: phoneOf(`1390013800${index}`),
          locale: 'en',
          marketingAccepted: false,
          admits: 'credential',
        }),
      )
      await database.db.sql`update grants set bound_at = ${ctx(takes).now} where id = ${grant.id}`
    }
    expect((await today()).numbers.medianToOnlineMs).toEqual({ value: 9000, before: null })
  })

  it('draws busy hours of whole weeks before today, the mean of each hour', async () => {
    const { heat } = await today()
    expect(heat).toMatchObject({ from: '2026-10-28', weeks: 4, now: { weekday: 2, hour: 14 } })
    expect(heat.hours).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21])
    // Last Wednesday: two at noon, one at six; today is not in it.
    expect(heat.cells[2]?.[heat.hours.indexOf(12)]).toBe(0.5)
    expect(heat.cells[2]?.[heat.hours.indexOf(18)]).toBe(0.3)
    expect(heat.cells[2]?.[heat.hours.indexOf(14)]).toBe(0)
    expect(heat.cells.flat().filter((visits) => visits > 0)).toHaveLength(2)
  })

  it('of a business nobody has come to yet is all noughts', async () => {
    const empty = await openShop(database.db)
    const who = await member(api.app, empty.ctx, 'owner')
    const { numbers, inShop, heat } = await today({}, who)
    expect(numbers.guests).toEqual({ value: 0, before: 0 })
    expect(numbers.medianToOnlineMs).toEqual({ value: null, before: null })
    expect(inShop).toEqual([])
    expect(heat.cells.flat().every((visits) => visits === 0)).toBe(true)
  })
})

describe('the word at the door', () => {
  const facts = {
    nth: 5,
    since: '2026-11-25T06:00:00.000Z',
    name: 'Lin',
    agreedToOffers: false,
    birthdayInDays: undefined,
    openComplaint: null,
    note: null,
    previousEndedAt: '2026-11-05T06:00:00.000Z',
  }
  const said = { at: '2026-11-20T06:00:00.000Z', text: 'Window seat' }

  it.each([
    ['nothing, where nothing is to be said', {}, null],
    [
      'a complaint before all else',
      { openComplaint: said, birthdayInDays: 0 },
      { kind: 'complaint', ...said },
    ],
    ['a birthday', { birthdayInDays: 3, note: said }, { kind: 'birthday', inDays: 3 }],
    ['a long absence', { previousEndedAt: '2026-08-23T06:00:00.000Z' }, { kind: 'back-after', days: 94 }],
    ['a round visit', { nth: 100 }, { kind: 'milestone', nth: 100 }],
    ['what is known of a guest', { note: said }, { kind: 'note', ...said }],
    ['a first visit', { nth: 1, previousEndedAt: null }, { kind: 'first-visit', agreedToOffers: false }],
    ['that a name is missing', { name: null }, { kind: 'no-name-yet' }],
    [
      'that a guest is back soon',
      { nth: 2, previousEndedAt: '2026-11-23T06:00:00.000Z' },
      { kind: 'back-soon', days: 2 },
    ],
  ])('is %s', (_what, more, hint) => {
    expect(hintOf({ ...facts, ...more })).toEqual(hint)
  })
})
