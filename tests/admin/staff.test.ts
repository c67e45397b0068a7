import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyAudit } from '../../db/audit.ts'
import { transaction } from '../../db/index.ts'
import { addSite } from '../../db/network/sites.ts'
import { openPanel, type Panel, password } from './wing.ts'

const codeOf = (url: unknown) => new URLSearchParams(new URL(String(url)).hash.slice(1)).get('code') ?? ''

describe('An owner and the people of the shop', () => {
  let panel: Panel
  let business: Awaited<ReturnType<Panel['openBusiness']>>
  let owner: ReturnType<Panel['browser']>
  beforeAll(async () => {
    panel = await openPanel()
    business = await panel.openBusiness()
    owner = panel.browser()
    await owner.signIn(business.email)
  })
  afterAll(() => panel.close())

  const invite = (email: string, more: object = {}) =>
    owner.api('POST /staff', {}, { name: 'Mei', email, role: 'staff', ...more })

  it('invites somebody by a link that is told once, works once and needs a password of twelve', async () => {
    const made = await invite('mei@qinglan.example')
    expect(made).toMatchObject({ status: 201, json: { member: { joined: false, role: 'staff' } } })
    const url = String(made.json.invitationUrl)
    expect(url).toMatch(/^https:\/\/wifi\.example\.com\/admin\/invitation#code=/)
    const code = codeOf(url)
    const mei = panel.browser('zh-CN')
    expect((await mei.api('POST /invitations/look', {}, { code })).json).toEqual({
      name: 'Mei',
      email: 'mei@qinglan.example',
      merchant: 'Qinglan',
      needsPassword: true,
    })
    const short = await mei.api('POST /invitations/take', {}, { code, name: 'Mei', password: 'short' })
    expect(short).toMatchObject({ status: 422, code: 'account.invalid-password' })
    const tries = await Promise.all(
      [1, 2, 3].map(() => panel.browser().api('POST /invitations/take', {}, { code, name: 'Mei', password })),
    )
    expect(tries.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await mei.api('POST /invitations/look', {}, { code })).toMatchObject({
      status: 404,
      message: '该邀请已使用、已被新邀请取代，或已超过 7 天。请重新索取。',
    })
    expect((await mei.signIn('mei@qinglan.example')).status).toBe(200)
    expect((await mei.api('GET /me')).json).toMatchObject({ staff: { role: 'staff', name: 'Mei' } })
  })

  it('invites again: the former link is dead, and a link is too old after seven days', async () => {
    const first = codeOf((await invite('bo@qinglan.example')).json.invitationUrl)
    const second = codeOf((await invite('Bo@qinglan.example')).json.invitationUrl)
    const look = (code: string) => panel.browser().api('POST /invitations/look', {}, { code })
    expect((await look(first)).status).toBe(404)
    expect((await look(second)).status).toBe(200)
    panel.pass(8 * 86_400)
    expect((await look(second)).status).toBe(404)
    panel.pass(-8 * 86_400)
    expect(await invite(business.email)).toMatchObject({ status: 409, code: 'staff.already-member' })
  })

  it('ends a membership: the next request of every session of it is refused', async () => {
    const member = await panel.join(business.ctx, 'chen@qinglan.example', 'manager')
    const [laptop, phone] = [panel.browser(), panel.browser()]
    for (const browser of [laptop, phone]) {
      await browser.signIn('chen@qinglan.example')
      expect((await browser.api('GET /guests')).status).toBe(200)
    }
    expect((await owner.api('PATCH /staff/:id', { id: member.id }, { ended: true })).status).toBe(200)
    expect(await laptop.api('GET /guests')).toMatchObject({ status: 401, code: 'staff.no-membership' })
    expect((await phone.api('GET /guests')).status).toBe(401)
    await phone.signIn('chen@qinglan.example')
    expect((await phone.api('GET /guests')).status).toBe(401)
  })

  it('signs somebody out everywhere, and sees where they were', async () => {
    const member = await panel.join(business.ctx, 'dan@qinglan.example', 'staff')
    const tablet = panel.browser()
    tablet.headers['user-agent'] = 'Mozilla/5.0 (iPad; CPU OS 19) Version/19 Safari/604'
    await tablet.signIn('dan@qinglan.example')
    await tablet.api('GET /me')
    const seen = (await owner.api('GET /staff/:id/sign-ins', { id: member.id })).json
    expect(seen.items).toMatchObject([{ device: 'Safari · iPad' }])
    expect((await owner.api('POST /staff/:id/sign-out', { id: member.id })).status).toBe(200)
    expect((await tablet.api('GET /me')).status).toBe(401)
  })

  it('changes what somebody may do from their next request on', async () => {
    const member = await panel.join(business.ctx, 'eva@qinglan.example', 'staff')
    const eva = panel.browser()
    await eva.signIn('eva@qinglan.example')
    expect((await eva.api('GET /staff')).status).toBe(403)
    await owner.api('PATCH /staff/:id', { id: member.id }, { role: 'manager' })
    expect((await eva.api('GET /staff')).status).toBe(200)
  })

  it('can not leave the business without an owner, also when two leave at once', async () => {
    const { staffId = '' } = business
    const alone = await owner.api('PATCH /staff/:id', { id: staffId }, { role: 'manager' })
    expect(alone).toMatchObject({ status: 409, code: 'staff.last-owner' })
    const second = await panel.join(business.ctx, 'fu@qinglan.example', 'owner')
    const fu = panel.browser()
    await fu.signIn('fu@qinglan.example')
    const left = await Promise.all([
      owner.api('PATCH /staff/:id', { id: second.id }, { ended: true }),
      fu.api('PATCH /staff/:id', { id: staffId }, { ended: true }),
    ])
    expect(left.filter(({ status }) => status === 200)).toHaveLength(1)
    if (left[1]?.status === 200) owner = fu
  })

  it('gives somebody one shop, and refuses shops that are not there', async () => {
    const none = await invite('gu@qinglan.example', { siteIds: ['sit_of_somebody_else'] })
    expect(none).toMatchObject({ status: 422, code: 'staff.invalid-sites' })
    const other = await addSite(business.ctx, {
      name: 'Xujiahui',
      slug: 'xujiahui',
      planId: business.site.planId,
    })
    await panel.join(business.ctx, 'hua@qinglan.example', 'staff', [other.id])
    const hua = panel.browser()
    await hua.signIn('hua@qinglan.example')
    const { items } = (await hua.api('GET /sites')).json as { items: { name: string }[] }
    expect(items.map(({ name }) => name)).toEqual(['Xujiahui'])
    expect((await hua.api('GET /sites/:id', { id: business.site.id })).status).toBe(404)
  })

  it('leaves a whole chain of proof', async () => {
    expect(await transaction(business.ctx, (tx) => verifyAudit(tx, business.ctx))).not.toHaveProperty(
      'brokenAt',
    )
  })
})

describe('Somebody who works for two businesses', () => {
  let panel: Panel
  beforeAll(async () => {
    panel = await openPanel()
  })
  afterAll(() => panel.close())

  it('joins the second with their own password, and sees one business at a time', async () => {
    const tea = await panel.openBusiness('Tea', 'owner@tea.example')
    const inn = await panel.openBusiness('Inn', 'owner@inn.example')
    const boss = panel.browser()
    await boss.signIn('owner@inn.example')
    const made = await boss.api(
      'POST /staff',
      {},
      { name: 'Lan', email: 'owner@tea.example', role: 'manager' },
    )
    const code = codeOf(made.json.invitationUrl)
    const lan = panel.browser()
    expect((await lan.api('POST /invitations/look', {}, { code })).json).toMatchObject({
      needsPassword: false,
    })
    const foreign = await lan.api(
      'POST /invitations/take',
      {},
      { code, name: 'Lan', password: 'what the inn thinks' },
    )
    expect(foreign).toMatchObject({ status: 403, code: 'invitation.wrong-password' })
    expect((await lan.api('POST /invitations/take', {}, { code, name: 'Lan', password })).status).toBe(200)

    await lan.signIn('owner@tea.example')
    const me = await lan.api('GET /me')
    expect(me.json).toMatchObject({
      staff: { role: 'owner' },
      merchant: { id: tea.merchantId },
      merchants: [{ id: inn.merchantId, name: 'Inn' }],
    })
    // The inn does not learn where its manager works otherwise.
    const { items } = (await boss.api('GET /staff')).json as { items: { email: string; sessions: number }[] }
    expect(items.find(({ email }) => email === 'owner@tea.example')?.sessions).toBe(0)

    expect((await lan.api('POST /me/merchant', {}, { merchantId: inn.merchantId })).status).toBe(200)
    expect((await lan.api('GET /me')).json).toMatchObject({
      staff: { role: 'manager' },
      merchant: { name: 'Inn' },
    })
    const elsewhere = await lan.api('POST /me/merchant', {}, { merchantId: 'mer_not_mine' })
    expect(elsewhere).toMatchObject({ status: 404, code: 'merchant.not-found' })
  })
})
