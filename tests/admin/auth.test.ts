import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPanel, type Panel, password, totp } from './wing.ts'

describe('Somebody who works in the shop', () => {
  let panel: Panel
  let business: Awaited<ReturnType<Panel['openBusiness']>>
  beforeAll(async () => {
    panel = await openPanel()
    business = await panel.openBusiness()
  })
  afterAll(() => panel.close())

  it('signs in with address and password, whatever its capitals, and is known from then on', async () => {
    const tablet = panel.browser()
    expect((await tablet.api('GET /me')).status).toBe(401)
    expect((await tablet.signIn('Owner@Qinglan.example')).status).toBe(200)
    const me = await tablet.api('GET /me')
    expect(me.json).toMatchObject({
      staff: { email: 'owner@qinglan.example', role: 'owner', secondFactor: false },
      merchant: { name: 'Qinglan' },
      sites: [{ name: 'Qinglan Road' }],
    })
  })

  it('gets a cookie that no script reads, no other site sends and no plain connection carries', async () => {
    const { headers } = await panel.browser().signIn(business.email)
    const cookie = headers.getSetCookie().find((line) => line.includes('session_token'))
    expect(cookie).toMatch(/^__Secure-doorman\./)
    expect(cookie).toMatch(/HttpOnly/i)
    expect(cookie).toMatch(/Secure/i)
    expect(cookie).toMatch(/SameSite=Lax/i)
  })

  it('is told the same of a wrong password and of an address nobody has', async () => {
    const wrong = await panel.browser().signIn('stranger@qinglan.example', 'not my password')
    const other = await panel.browser().signIn(business.email, 'not my password')
    expect([wrong.status, wrong.json]).toEqual([other.status, other.json])
    expect(wrong).toMatchObject({ status: 401, message: 'E-mail address or password is wrong.' })
    const chinese = await panel.browser('zh-CN').signIn('stranger@qinglan.example', 'not my password')
    expect(chinese.message).toBe('邮箱或密码错误。')
  })

  it('can not make an account without being invited', async () => {
    const stranger = panel.browser()
    const body = { email: 'me@elsewhere.example', password, name: 'Me' }
    expect((await stranger.auth('sign-up/email', body)).status).toBe(404)
    expect((await stranger.auth('delete-user', {})).status).toBe(404)
    expect((await stranger.signIn(body.email)).status).toBe(401)
  })

  it('sees where they are signed in, and ends one of those places', async () => {
    const laptop = panel.browser()
    laptop.headers['user-agent'] = 'Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36'
    const lost = panel.browser()
    lost.headers['user-agent'] = 'Mozilla/5.0 (iPhone; CPU) Version/19 Safari/604'
    await laptop.signIn(business.email)
    await lost.signIn(business.email)
    expect((await lost.api('GET /me')).status).toBe(200)
    const { items } = (await laptop.api('GET /me/sessions')).json as {
      items: { id: string; device: string; isThis: boolean }[]
    }
    expect(items.find(({ isThis }) => isThis)?.device).toBe('Chrome · Windows')
    const phone = items.find(({ device }) => device === 'Safari · iPhone')
    expect((await laptop.api('DELETE /me/sessions/:id', { id: phone?.id ?? '' })).status).toBe(200)
    expect((await lost.api('GET /me')).status).toBe(401)
    expect((await laptop.api('GET /me')).status).toBe(200)
  })

  it('signs out', async () => {
    const tablet = panel.browser()
    await tablet.signIn(business.email)
    const kept = new Map(tablet.cookies)
    expect((await tablet.auth('sign-out')).status).toBe(200)
    for (const [name, value] of kept) tablet.cookies.set(name, value)
    expect((await tablet.api('GET /me')).status).toBe(401)
  })

  it('is signed out after thirty days, however busy', async () => {
    const tablet = panel.browser()
    await tablet.signIn(business.email)
    panel.pass(31 * 86_400)
    expect((await tablet.api('GET /me')).status).toBe(401)
    panel.pass(-31 * 86_400)
    expect((await tablet.api('GET /me')).status).toBe(401)
  })

  it('changes the password, which ends the other places', async () => {
    await panel.join(business.ctx, 'mei@qinglan.example', 'staff')
    const here = panel.browser()
    const there = panel.browser()
    await here.signIn('mei@qinglan.example')
    await there.signIn('mei@qinglan.example')
    const change = { currentPassword: password, newPassword: 'short', revokeOtherSessions: true }
    expect(await here.auth('change-password', change)).toMatchObject({
      status: 400,
      code: 'PASSWORD_TOO_SHORT',
    })
    const good = { ...change, newPassword: 'four green teapots' }
    expect((await here.auth('change-password', good)).status).toBe(200)
    expect((await here.api('GET /me')).status).toBe(200)
    expect((await there.api('GET /me')).status).toBe(401)
    expect((await panel.browser().signIn('mei@qinglan.example')).status).toBe(401)
  })

  it('leaves a line in the log of their business at each sign-in', async () => {
    const tablet = panel.browser()
    await tablet.signIn(business.email)
    await tablet.api('GET /me')
    const { json } = await tablet.send('GET', '/api/v1/audit?action=staff.signed-in&limit=1')
    expect(json.items).toMatchObject([{ action: 'staff.signed-in', actor: { kind: 'staff', name: 'Lan' } }])
  })
})

describe('Somebody who guesses a password', () => {
  let panel: Panel
  let email: string
  beforeAll(async () => {
    panel = await openPanel()
    email = (await panel.openBusiness()).email
  })
  afterAll(() => panel.close())

  it('has five tries, however many are sent at once, then waits, and the right password waits too', async () => {
    const guesses = await Promise.all(
      Array.from({ length: 20 }, (_, index) => panel.browser().signIn(email, `wrong password ${index}`)),
    )
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(5)
    const refused = guesses.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(15)
    expect(refused[0]).toMatchObject({ code: 'sign-in.locked' })
    expect(refused[0]?.message).toContain('Wait 1 min')
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await panel.browser().signIn(email)).status).toBe(429)
    panel.pass(61)
    expect((await panel.browser().signIn(email)).status).toBe(200)
  })

  it('waits as long for an address that nobody has', async () => {
    for (let index = 0; index < 5; index++)
      await panel.browser().signIn('nobody@else.example', 'wrong one here')
    expect((await panel.browser().signIn('nobody@else.example', 'wrong one here')).status).toBe(429)
  })
})

describe('Somebody with a second factor', () => {
  let panel: Panel
  let email: string
  let uri = ''
  let recovery: string[] = []
  beforeAll(async () => {
    panel = await openPanel()
    email = (await panel.openBusiness()).email
  })
  afterAll(() => panel.close())

  it('sets it up by typing one code of the app', async () => {
    const tablet = panel.browser()
    await tablet.signIn(email)
    const begun = await tablet.auth('two-factor/enable', { password })
    uri = String(begun.json.totpURI)
    recovery = begun.json.backupCodes as string[]
    expect(recovery.length).toBeGreaterThanOrEqual(8)
    // Until a code was typed nothing has changed: nobody is shut out by a scan that failed.
    expect((await panel.browser().signIn(email)).json.twoFactorRedirect).toBeUndefined()
    expect((await tablet.auth('two-factor/verify-totp', { code: totp(uri) })).status).toBe(200)
    expect((await tablet.api('GET /me')).json).toMatchObject({ staff: { secondFactor: true } })
  })

  it('is asked for it, and is not in before', async () => {
    const tablet = panel.browser()
    expect((await tablet.signIn(email)).json).toMatchObject({ twoFactorRedirect: true })
    expect((await tablet.api('GET /me')).status).toBe(401)
    expect(await tablet.auth('two-factor/verify-totp', { code: '000000' })).toMatchObject({
      status: 401,
      code: 'INVALID_CODE',
    })
    // A clock one step off is no reason to shut somebody out.
    expect(
      (await tablet.auth('two-factor/verify-totp', { code: totp(uri, Date.now() - 30_000) })).status,
    ).toBe(200)
    expect((await tablet.api('GET /me')).status).toBe(200)
  })

  it('can not be followed with a code that was used a moment ago', async () => {
    const code = totp(uri, Date.now() + 30_000)
    const first = panel.browser()
    await first.signIn(email)
    expect((await first.auth('two-factor/verify-totp', { code })).status).toBe(200)
    const second = panel.browser()
    await second.signIn(email)
    expect(await second.auth('two-factor/verify-totp', { code })).toMatchObject({ code: 'INVALID_CODE' })
    expect((await second.api('GET /me')).status).toBe(401)
    expect((await first.api('GET /me')).status).toBe(200)
  })

  it('comes in once with each recovery code', async () => {
    const [code = ''] = recovery
    const tablet = panel.browser()
    await tablet.signIn(email)
    expect((await tablet.auth('two-factor/verify-backup-code', { code })).status).toBe(200)
    expect((await tablet.api('GET /me')).status).toBe(200)
    const again = panel.browser()
    await again.signIn(email)
    expect(await again.auth('two-factor/verify-backup-code', { code })).toMatchObject({
      status: 401,
      code: 'INVALID_BACKUP_CODE',
    })
  })
})
