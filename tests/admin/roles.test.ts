import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contract, type Endpoint, type Operation } from '../../admin/api/contract.ts'
import type { Right } from '../../admin/api/schemas/me.ts'
import { rightsOf, rightsOfKey } from '../../admin/rights.ts'
import { issueApiKey } from '../../db/staff/api-keys.ts'
import { openPanel, origin, type Panel } from './wing.ts'

const operations = Object.entries(contract) as [Operation, Endpoint][]
const guarded = operations.filter(([, { access }]) => access !== 'open')

/** Values that lead nowhere: what is refused for them is refused after the right was looked at. */
const nowhere = { id: 'xyz_nowhere', identityId: 'idn_nowhere', deviceId: 'dev_nowhere' }

describe('The panel, operation by operation', () => {
  let panel: Panel
  const askers = new Map<string, { browser: ReturnType<Panel['browser']>; rights: readonly Right[] }>()
  beforeAll(async () => {
    panel = await openPanel()
    const { ctx, email, site } = await panel.openBusiness()
    await panel.join(ctx, 'manager@qinglan.example', 'manager')
    await panel.join(ctx, 'counter@qinglan.example', 'staff')
    await panel.join(ctx, 'branch@qinglan.example', 'manager', [site.id])
    const people = [
      ['owner', email, rightsOf('owner', null)],
      ['manager', 'manager@qinglan.example', rightsOf('manager', null)],
      ['manager of one shop', 'branch@qinglan.example', rightsOf('manager', [site.id])],
      ['counter', 'counter@qinglan.example', rightsOf('staff', null)],
    ] as const
    for (const [name, address, rights] of people) {
      const browser = panel.browser()
      await browser.signIn(address)
      askers.set(name, { browser, rights })
    }
    for (const mayReveal of [false, true]) {
      const { key } = await issueApiKey(ctx, { name: 'till', mayReveal })
      const name = mayReveal ? 'revealing key' : 'key'
      askers.set(name, { browser: panel.browser().withKey(key), rights: rightsOfKey(mayReveal) })
    }
  })
  afterAll(() => panel.close())

  it('is shut to who is not signed in, in words', async () => {
    for (const [operation] of guarded) {
      const body = operation.startsWith('GET') ? undefined : {}
      const refused = await panel.browser('zh-CN').api(operation, nowhere, body)
      expect([operation, refused.status, refused.message]).toEqual([operation, 401, '请先登录。'])
    }
  })

  it('is shut to a wrong key, also where a session would do', async () => {
    const owner = askers.get('owner')?.browser
    for (const key of ['dm_wrong', `dm_${'0'.repeat(52)}`, ''])
      expect(await owner?.api('GET /me', {}, undefined, { authorization: `Bearer ${key}` })).toMatchObject({
        status: 401,
        code: 'sign-in.bad-key',
      })
  })

  it('refuses everybody what they have no right to, and nothing else', async () => {
    const wrong: string[] = []
    for (const [name, { browser, rights }] of askers)
      for (const [operation, { access }] of guarded) {
        if (/^DELETE \/me|^POST \/me|^POST \/consent-texts/.test(operation)) continue
        const may = access === 'signed-in' || rights.includes(access as Right)
        const { status, code } = await browser.api(
          operation,
          nowhere,
          operation.startsWith('GET') ? undefined : {},
        )
        if ((code === 'right.missing') === may) wrong.push(`${name}: ${operation} → ${status} ${code}`)
        if (status >= 500) wrong.push(`${name}: ${operation} → ${status} ${code}`)
      }
    expect(wrong).toEqual([])
    expect(panel.log).toEqual([])
  })

  it('gives the counter what it needs and no more', () => {
    expect(rightsOf('staff', null)).not.toContain('guests.reveal')
    expect(rightsOf('manager', ['sit_1'])).not.toContain('audit.read')
    expect(rightsOfKey(true)).not.toContain('keys.change')
  })

  it('takes a change by cookie only from its own pages', async () => {
    const owner = askers.get('owner')?.browser
    const change = (headers: Record<string, string>) =>
      owner?.api('PATCH /merchant', {}, { name: 'Qinglan' }, headers)
    expect(await change({ 'sec-fetch-site': 'cross-site' })).toMatchObject({
      status: 403,
      code: 'request.cross-site',
    })
    expect((await change({ 'sec-fetch-site': 'same-site' }))?.status).toBe(403)
    expect((await change({ 'sec-fetch-site': '', origin: 'https://evil.example' }))?.status).toBe(403)
    expect((await change({ 'sec-fetch-site': '', origin: 'null' }))?.status).toBe(403)
    expect((await change({ 'sec-fetch-site': '', origin: '' }))?.status).toBe(403)
    expect((await change({ 'sec-fetch-site': '', origin }))?.status).toBe(200)
    const key = askers.get('key')?.browser
    expect((await key?.api('PATCH /merchant', {}, { name: 'Qinglan' }))?.status).toBe(200)
    const signIn = await panel
      .browser()
      .send(
        'POST',
        '/api/auth/sign-in/email',
        {},
        { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      )
    expect(signIn.status).toBe(403)
  })

  it('answers what is no JSON, too much or not known with a sentence', async () => {
    const key = askers.get('key')?.browser
    expect(await key?.api('POST /plans', {}, '{"name":')).toMatchObject({
      status: 400,
      code: 'request.not-json',
    })
    const form = await key?.api('POST /plans', {}, 'name=x', { 'content-type': 'text/plain' })
    expect(form).toMatchObject({ status: 415, code: 'request.not-json' })
    const much = await key?.api('POST /plans', {}, { name: 'x'.repeat(300_000) })
    expect(much).toMatchObject({ status: 413, code: 'request.too-large' })
    expect(await key?.send('GET', '/api/v1/nothing')).toMatchObject({
      status: 404,
      code: 'request.not-found',
    })
    expect(await key?.send('GET', '/api/v1/guests/%2e%2e%00')).toMatchObject({ status: 404 })
    const range = await key?.send('GET', '/api/v1/audit?limit=9999')
    expect(range).toMatchObject({ status: 422, message: 'limit is too big: at most 200.' })
    expect(await key?.send('GET', '/api/v1/audit?cursor=%27;--')).toMatchObject({
      status: 422,
      code: 'list.invalid-cursor',
    })
  })

  it('is kept by no cache', async () => {
    for (const browser of [panel.browser(), askers.get('key')?.browser])
      expect((await browser?.api('GET /merchant'))?.headers.get('cache-control')).toBe('no-store')
  })
})

describe('A key for a program', () => {
  let panel: Panel
  beforeAll(async () => {
    panel = await openPanel()
  })
  afterAll(() => panel.close())

  it('is told once, listed by its beginning, and dead the moment it is revoked', async () => {
    const { email } = await panel.openBusiness()
    const owner = panel.browser()
    await owner.signIn(email)
    const made = await owner.api('POST /api-keys', {}, { name: 'Till' })
    expect(made).toMatchObject({ status: 201, json: { name: 'Till', mayReveal: false } })
    const key = String(made.json.key)
    expect(key).toMatch(/^dm_[0-9a-z]{52}$/)
    const program = panel.browser().withKey(key)
    expect((await program.api('GET /me')).json).toMatchObject({ staff: null, merchant: { name: 'Qinglan' } })
    const { items } = (await owner.api('GET /api-keys')).json as { items: { id: string; hint: string }[] }
    expect(JSON.stringify(items)).not.toContain(key)
    expect(items).toMatchObject([{ hint: key.slice(0, 8), lastUsedAt: panel.clock.now.toISOString() }])
    expect((await owner.api('DELETE /api-keys/:id', { id: items[0]?.id ?? '' })).status).toBe(200)
    expect((await program.api('GET /me')).status).toBe(401)
  })
})
