import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPortalSession } from '../../db/access/sessions.ts'
import { type Jobs, startJobs } from '../../db/jobs.ts'
import type { Site } from '../../db/network/sites.ts'
import type { VirtualNas } from '../../radius/virtual-nas.ts'
import { nasOf, type RadiusHouse, radiusHouse } from '../radius/support.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'
import { type Asker, addSite, member, openApi } from './askers.ts'

let house: RadiusHouse
let jobs: Jobs
let shop: Shop
let second: Site
let owner: Asker
let elsewhere: Asker
let accessPoint: VirtualNas

beforeAll(async () => {
  house = await radiusHouse()
  jobs = await startJobs(house.db, house.radius.jobs, (error) => console.error(error))
  shop = await openShop(house.db)
  second = await addSite(shop, 'Xujiahui')
  const api = openApi(house.db)
  owner = await member(api.app, shop.ctx, 'owner')
  elsewhere = await member(api.app, shop.ctx, 'manager', [second.id])
  accessPoint = await nasOf(house, shop)
})
afterAll(async () => {
  accessPoint.close()
  await jobs.stop()
  await house.close()
})

/** A guest who is online: signed in, let in by RADIUS or remembered, and reported. */
async function online(name: string, mac: string, phone: string): Promise<string> {
  await letIn(shop, { phone, mac })
  const report = { acctSessionId: name, callingStationId: mac, inputOctets: 2n ** 33n, outputOctets: 7n }
  expect(await accessPoint.account({ status: 'Start', ...report })).toBe(true)
  expect(await accessPoint.account({ status: 'Interim-Update', sessionTimeSeconds: 60, ...report })).toBe(
    true,
  )
  const { items } = await owner.ask('GET /sessions', { query: { active: 'true', limit: '200' } })
  return items.find(({ acctSessionId }) => acctSessionId === name)?.id ?? ''
}

const disconnect = (id: string) => owner.ask('POST /sessions/:id/disconnect', { params: { id } })
const answering = async (end: (acctSessionId: string) => boolean) => {
  const coa = await accessPoint.answerDisconnects(0, end)
  await house.db.sql`update nas set coa_port = ${coa.port} where id = ${shop.nas.id}`
  return coa
}

describe('sessions', () => {
  it('are told as the access point reports them, octets whole', async () => {
    const id = await online('told', '02-00-00-00-0e-01', '13800138101')
    const session = await owner.ask('GET /sessions/:id', { params: { id } })
    expect(session).toMatchObject({
      siteId: shop.site.id,
      nasId: shop.nas.id,
      acctSessionId: 'told',
      callingStationId: '02-00-00-00-0E-01',
      stoppedAt: null,
      sessionTimeSeconds: 60,
      inputOctets: '8589934592',
      outputOctets: '7',
      terminateCause: null,
    })
    expect(session.guestId).not.toBeNull()
    const stop = { acctSessionId: 'told', callingStationId: '02-00-00-00-0e-01', sessionTimeSeconds: 90 }
    await accessPoint.account({ status: 'Stop', ...stop, terminateCause: 1 })
    const over = await owner.ask('GET /sessions/:id', { params: { id } })
    expect(over).toMatchObject({ terminateCause: 'User-Request', sessionTimeSeconds: 90 })
    expect(over.stoppedAt).not.toBeNull()
  })

  it('are filtered by guest, gateway, site and whether they are open, with true totals', async () => {
    const id = await online('filtered', '02-00-00-00-0e-02', '13800138102')
    const { guestId } = await owner.ask('GET /sessions/:id', { params: { id } })
    const of = async (query: Record<string, string>) => (await owner.ask('GET /sessions', { query })).total
    expect(await of({ guest: guestId ?? '' })).toBe(1)
    expect(await of({ guest: 'gst_nobody' })).toBe(0)
    expect(await of({ nas: shop.nas.id, active: 'true' })).toBe(1)
    expect(await of({ active: 'false' })).toBe(1)
    expect(await of({ site: second.id })).toBe(0)
    const first = await owner.ask('GET /sessions', { query: { limit: '1' } })
    expect(first.total).toBe(2)
    const rest = await owner.ask('GET /sessions', { query: { limit: '1', cursor: first.nextCursor ?? '' } })
    expect(rest.items[0]?.id).not.toBe(first.items[0]?.id)
    expect(rest.nextCursor).toBeNull()
  })

  it('of one site are not there for staff of another', async () => {
    const { items } = await owner.ask('GET /sessions', { query: { active: 'true' } })
    const params = { id: items[0]?.id ?? '' }
    expect((await elsewhere.ask('GET /sessions')).total).toBe(0)
    expect(await elsewhere.refusal('GET /sessions/:id', { params })).toBe('404 session.not-found')
    expect(await elsewhere.refusal('POST /sessions/:id/disconnect', { params })).toBe('404 session.not-found')
  })
})

describe('ending a session', () => {
  it('is acknowledged by the access point, and the device can not come back by itself', async () => {
    const mac = '02-00-00-00-0e-03'
    const id = await online('kicked', mac, '13800138103')
    const coa = await answering((name) => name === 'kicked')
    expect(await disconnect(id)).toEqual({ disconnect: 'acknowledged' })
    const back = await accessPoint.authenticate({ method: 'mac', userName: mac, callingStationId: mac })
    expect(back?.code).toBe(3)
    coa.close()
  })

  it('that the access point never answers is said to be unanswered; the right is gone all the same', async () => {
    const mac = '02-00-00-00-0e-04'
    const id = await online('mute', mac, '13800138104')
    await house.db.sql`update nas set coa_port = 9 where id = ${shop.nas.id}`
    expect(await disconnect(id)).toEqual({ disconnect: 'unanswered' })
    const back = await accessPoint.authenticate({ method: 'mac', userName: mac, callingStationId: mac })
    expect(back?.code).toBe(3)
  })

  it('by two clicks at once is one request and one line in the audit log, and both get its answer', async () => {
    const id = await online('twice', '02-00-00-00-0e-05', '13800138105')
    let requests = 0
    const coa = await answering(() => {
      requests++
      return true
    })
    // The queue is held until both have clicked: an answer that came between would make them two requests.
    await jobs.stop()
    const clicks = Promise.all([disconnect(id), disconnect(id)])
    await pause(1500)
    jobs = await startJobs(house.db, house.radius.jobs, (error) => console.error(error))
    expect(await clicks).toEqual([{ disconnect: 'acknowledged' }, { disconnect: 'acknowledged' }])
    expect(requests).toBe(1)
    const { items } = await owner.ask('GET /audit')
    expect(items.filter(({ action, subject }) => action === 'session.ended' && subject === id)).toHaveLength(
      1,
    )
    coa.close()
  })

  it('that is over already is refused in words', async () => {
    const { items } = await owner.ask('GET /sessions', { query: { active: 'false' } })
    const params = { id: items[0]?.id ?? '' }
    expect(await owner.refusal('POST /sessions/:id/disconnect', { params })).toBe('409 session.over')
  })

  it('of a gateway that speaks no RADIUS revokes the right and does not claim that anybody answered', async () => {
    const grant = await letIn(shop, { phone: '13800138106', mac: '02-00-00-00-0e-06' })
    await openPortalSession({ ...shop.ctx, now: new Date() }, grant.id)
    const { items } = await owner.ask('GET /sessions', { query: { guest: grant.guestId } })
    expect(items[0]?.marks).toEqual(['portal'])
    expect(await disconnect(items[0]?.id ?? '')).toEqual({ disconnect: 'unanswered' })
    const [row] = await house.db.sql`select revoked_at from grants where id = ${grant.id}`
    expect(row?.revoked_at).not.toBeNull()
  })

  it('of a guest who is blocked is asked for at once', async () => {
    const id = await online('blocked', '02-00-00-00-0e-07', '13800138107')
    const asked: string[] = []
    const coa = await answering((name) => asked.push(name) > 0)
    const { guestId } = await owner.ask('GET /sessions/:id', { params: { id } })
    await owner.ask('PATCH /guests/:id', { params: { id: guestId ?? '' }, body: { blocked: true } })
    await expect.poll(() => asked, { timeout: 10_000 }).toContain('blocked')
    coa.close()
  })
})

describe('changing what a guest who is online may', () => {
  const limits = (id: string, body: Record<string, unknown>) =>
    owner.ask('POST /sessions/:id/limits', { params: { id }, body })

  it('is asked of the access point with every limit, and stands on session, grant and audit log', async () => {
    const mac = '02-00-00-00-0e-08'
    const grant = await letIn(shop, { phone: '13800138108', mac })
    const report = { acctSessionId: 'slower', callingStationId: mac, class: Buffer.from(grant.id) }
    await accessPoint.account({ status: 'Start', ...report })
    const { items } = await owner.ask('GET /sessions', { query: { guest: grant.guestId } })
    const id = items[0]?.id ?? ''
    const told: number[] = []
    const coa = await accessPoint.answerChanges(0, (request) => {
      told.push(request.vendor(14122, 8)?.readUInt32BE() ?? 0)
      return told.length === 1 ? undefined : 407
    })
    await house.db.sql`update nas set coa_port = ${coa.port} where id = ${shop.nas.id}`
    expect(await limits(id, { bandwidthDownBps: 1_000_000, secondsLeft: 900 })).toEqual({
      limits: 'acknowledged',
    })
    expect(await limits(id, { bandwidthDownBps: 500_000 })).toEqual({
      limits: 'refused',
      errorCause: 'invalid-attribute-value',
    })
    expect(told).toEqual([1_000_000, 500_000])
    const session = await owner.ask('GET /sessions/:id', { params: { id } })
    expect(session.limitsChange).toMatchObject({ outcome: 'refused', errorCause: 'invalid-attribute-value' })
    expect(session.disconnect).toBeNull()
    const [row] = await house.db
      .sql`select bandwidth_down_bps, bandwidth_up_bps from grants where id = ${grant.id}`
    expect(row).toMatchObject({ bandwidth_down_bps: 500_000, bandwidth_up_bps: 10_000_000 })
    const audit = await owner.ask('GET /audit')
    expect(
      audit.items.filter(({ action, subject }) => action === 'session.limits-changed' && subject === id),
    ).toHaveLength(2)
    coa.close()
  })

  it('is refused in words where nothing or nonsense is asked for, and elsewhere’s session is not there', async () => {
    const { items } = await owner.ask('GET /sessions', { query: { active: 'true' } })
    const params = { id: items.find(({ acctSessionId }) => acctSessionId === 'slower')?.id ?? '' }
    const refused = (body: object) => owner.refusal('POST /sessions/:id/limits', { params, body })
    expect(await refused({})).toBe('422 limits.invalid-nothing')
    expect(await refused({ octetsLeft: '0' })).toBe('422 limits.invalid-volume')
    expect(await elsewhere.refusal('POST /sessions/:id/limits', { params, body: { secondsLeft: 600 } })).toBe(
      '404 session.not-found',
    )
  })
})
