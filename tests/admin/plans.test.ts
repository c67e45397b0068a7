import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openGrant } from '../../db/access/grants.ts'
import { transaction } from '../../db/index.ts'
import { recordLastPackets } from '../../db/network/last-packets.ts'
import { addNas } from '../../db/network/nas.ts'
import { macOf, phoneOf } from '../support/people.ts'
import { type Browser, openPanel, type Panel } from './wing.ts'

describe('Plans, balances and packets at the panel', () => {
  let panel: Panel
  let business: Awaited<ReturnType<Panel['openBusiness']>>
  let owner: Browser
  let counter: Browser
  let guestId = ''
  let planId = ''
  beforeAll(async () => {
    panel = await openPanel()
    business = await panel.openBusiness()
    owner = panel.browser()
    await owner.signIn(business.email)
    await panel.join(business.ctx, 'counter@qinglan.example', 'staff')
    counter = panel.browser('zh-CN')
    await counter.signIn('counter@qinglan.example')
    const nas = await addNas(
      business.ctx,
      business.site.id,
      { gateway: 'uam', address: '192.0.2.9', secret: 'a shared secret' },
      8,
    )
    const { guest } = await transaction(business.ctx, (tx) =>
      openGrant(tx, business.ctx, {
        siteId: business.site.id,
        nasId: nas.id,
        mac: macOf('02-00-00-00-91-01'),
        method: 'sms',
        phone: phoneOf('13800138091'),
        locale: 'zh-CN',
        marketingAccepted: false,
        admits: 'credential',
      }),
    )
    guestId = guest.id
  })
  afterAll(() => panel.close())

  it('keep every limit as it was typed, and say which one can not be', async () => {
    const limits = {
      name: '计时',
      isPrepaid: true,
      dailySeconds: 3600,
      monthlyOctets: '20000000000',
      noticePercent: 10,
      noticeSeconds: 600,
      openingHours: [{ day: 1, from: '09:30', to: '22:00' }],
    }
    const added = await owner.api('POST /plans', {}, limits)
    expect(added).toMatchObject({ status: 201, json: { ...limits, dailyOctets: null, monthlySeconds: null } })
    planId = String(added.json.id)
    const wrong = { openingHours: [{ day: 1, from: '25:00', to: '26:00' }] }
    expect(await owner.api('PATCH /plans/:id', { id: planId }, wrong)).toMatchObject({
      status: 422,
      code: 'plan.invalid-hours',
    })
    const site = await owner.api(
      'PATCH /sites/:id',
      { id: business.site.id },
      { openingHours: limits.openingHours },
    )
    expect(site.json.openingHours).toEqual(limits.openingHours)
    const always = await owner.api('PATCH /sites/:id', { id: business.site.id }, { openingHours: null })
    expect(always.json.openingHours).toBeNull()
  })

  it('let the counter take money under its name, and show what is left and how it came there', async () => {
    const topped = await counter.api(
      'POST /guests/:id/balances',
      { id: guestId },
      { planId, seconds: 3600, octets: '1000000000', reason: '收据 17' },
    )
    expect(topped.json).toMatchObject({
      items: [{ planId, secondsLeft: 3600, octetsLeft: '1000000000' }],
      history: [{ seconds: 3600, octets: '1000000000', reason: '收据 17', by: 'counter@qinglan.example' }],
    })
    await counter.api('POST /guests/:id/balances', { id: guestId }, { planId, seconds: -600, reason: '多充' })
    const now = await owner.api('GET /guests/:id/balances', { id: guestId })
    expect(now.json).toMatchObject({ items: [{ secondsLeft: 3000 }], history: [{ seconds: -600 }, {}] })
    const audit = await owner.send('GET', '/api/v1/audit')
    const actions = (audit.json.items as { action: string }[]).map(({ action }) => action)
    expect(actions.filter((action) => action === 'balance.changed')).toHaveLength(2)
  })

  it.each([
    [{ seconds: -99_999, reason: 'x' }, 409, 'balance.too-little'],
    [{ reason: 'x' }, 422, 'balance.invalid-amount'],
    [{ seconds: 60, reason: ' ' }, 422, 'request.invalid'],
  ])('refuse %j', async (body, status, code) => {
    const refused = await counter.api('POST /guests/:id/balances', { id: guestId }, { planId, ...body })
    expect(refused).toMatchObject({ status, code })
    expect(refused.message).toMatch(/[\u4e00-\u9fff]/)
  })

  it('do not put minutes on a plan that is not prepaid', async () => {
    const free = await owner.api('POST /plans', {}, { name: 'Free' })
    const body = { planId: free.json.id, seconds: 60, reason: 'x' }
    expect(await owner.api('POST /guests/:id/balances', { id: guestId }, body)).toMatchObject({
      status: 409,
      code: 'balance.not-prepaid',
    })
  })

  it('show the last packet of a gateway to who may see the gateway, and to nobody of another site', async () => {
    const list = await owner.api('GET /nas')
    const nasId = (list.json.items as { id: string }[])[0]?.id ?? ''
    expect((await owner.api('GET /nas/:id/last-packet', { id: nasId })).json).toEqual({ packet: null })
    const packet = {
      purpose: 'auth' as const,
      code: 'Access-Request',
      identifier: 7,
      length: 60,
      attributes: [{ name: 'User-Password', value: '•• (16)', isMasked: true }],
    }
    const at = new Date(panel.clock.now)
    await recordLastPackets(panel.db, [{ merchantId: business.merchantId, nasId, at, packet }])
    const shown = { packet: { ...packet, at: at.toISOString() } }
    expect((await counter.api('GET /nas/:id/last-packet', { id: nasId })).json).toEqual(shown)
    const other = await owner.api('POST /sites', {}, { name: 'Elsewhere' })
    await panel.join(business.ctx, 'elsewhere@qinglan.example', 'staff', [String(other.json.id)])
    const elsewhere = panel.browser()
    await elsewhere.signIn('elsewhere@qinglan.example')
    expect((await elsewhere.api('GET /nas/:id/last-packet', { id: nasId })).status).toBe(404)
  })
})
