import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findGrant } from '../../db/access/grants.ts'
import { consentsNow } from '../../db/crm/consents.ts'
import { transaction } from '../../db/index.ts'
import { credentialSecret } from '../../db/values/credential.ts'
import { chapResponse, effectiveChallenge, papPassword } from '../../portal/gateways/uam.ts'
import { codeIn, openShop, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const lastCode = async (of: Shop = shop) => codeIn((await of.texts())[0]?.text ?? '')

describe('a guest signs in by SMS', () => {
  test('from the redirect to the hand-over, without cookies, script or storage', async () => {
    const guest = shop.guest()
    await guest.arrive()
    expect(guest.step).toBe('splash')
    await guest.askCode('13800138000')
    expect(guest.step).toBe('code')
    expect(guest.words).toContain('+86 138 0013 8000')
    const [message] = await shop.texts()
    expect(message).toMatchObject({ to: '+8613800138000', kind: 'code', segments: 1 })
    await guest.submit('/code', { code: codeIn(message?.text ?? '') })
    expect(guest.step).toBe('release')
    expect(guest.status).toBe(200)
    const to = new URL(guest.release)
    expect(to.origin + to.pathname).toBe('http://10.1.0.1:3990/logon')
    const userName = to.searchParams.get('username') ?? ''
    expect(userName).toMatch(/^g-[0-9a-z]{16}$/)
    const challenge = effectiveChallenge('5b1d296db7826a655411dcd83ee25154', undefined)
    expect(to.searchParams.get('response')).toBe(chapResponse(credentialSecret(userName), challenge))
    await guest.arrive({ res: 'success' })
    expect(guest.step).toBe('online')
    expect(guest.words).toContain('20 Mbit/s')
    expect(guest.link('news.example.com')).toBe('http://news.example.com/today')
    expect(guest.headers.getSetCookie()).toEqual([])
  })

  test('guest, consents and grant are written together, offers only where the box was ticked', async () => {
    for (const marketing of [true, false]) {
      const guest = shop.guest()
      const phone = marketing ? '13900139001' : '13700137001'
      await guest.arrive()
      await guest.askCode(phone, marketing ? { marketing: '1' } : {})
      await guest.submit('/code', { code: await lastCode() })
      expect(guest.step).toBe('release')
      const ctx = shop.ctx()
      const said = await transaction(ctx, async (tx) => {
        const mac = guest.mac.replaceAll('-', '').toLowerCase()
        const [row] = await shop.db
          .sql`select g.guest_id, g.id as grant_id from grants g join arrivals a on a.grant_id = g.id where a.mac = ${mac}`
        expect(await findGrant(tx, ctx, String(row?.grant_id))).toMatchObject({
          method: 'sms',
          admits: 'credential',
        })
        return (await consentsNow(tx, ctx, [String(row?.guest_id)])).get(String(row?.guest_id))
      })
      expect(said?.terms?.action).toBe('granted')
      expect(said?.marketing?.action).toBe(marketing ? 'granted' : 'denied')
    }
  })

  test('a window reopened after the code was sent lands on the code page in one request and costs no SMS', async () => {
    const guest = shop.guest()
    await guest.arrive()
    await guest.askCode('13800138111')
    const before = (await shop.texts()).length
    const reopened = shop.guest(guest.mac, { 'user-agent': 'CaptiveNetworkSupport-1.0 wispr' })
    await reopened.arrive()
    expect(reopened.requests).toBe(1)
    expect(reopened.step).toBe('code')
    expect(reopened.html).not.toContain('8111"')
    expect(reopened.words).toContain('138****8111')
    expect(reopened.words).not.toContain('138 0013 8111')
    expect((await shop.texts()).length).toBe(before)
    const stranger = shop.guest()
    await stranger.arrive()
    expect(stranger.step).toBe('splash')
    await reopened.submit('/code', { code: await lastCode() })
    expect(reopened.step).toBe('release')
  })

  test('the wrong code stays in its field and says how many tries are left', async () => {
    const guest = shop.guest()
    await guest.arrive()
    await guest.askCode('13800138222')
    const wrong = (await lastCode()) === '111111' ? '222222' : '111111'
    for (const left of ['Four tries', 'Three tries', 'Two tries', 'One try']) {
      await guest.submit('/code', { code: wrong })
      expect(guest.status).toBe(422)
      expect(guest.words).toContain(`${left} left`)
      expect(guest.html).toContain(`value="${wrong}"`)
    }
    await guest.submit('/code', { code: wrong })
    expect(guest.words).toContain('Five wrong tries')
    await guest.submit('/code', { code: await lastCode() })
    expect(guest.step).toBe('code')
  })

  test('what can not be a code costs no try', async () => {
    const guest = shop.guest()
    await guest.arrive()
    await guest.askCode('13800138333')
    for (const code of ['', '12345', 'abcdef', '１２３']) await guest.submit('/code', { code })
    await guest.submit('/code', {
      code: ` ${(await lastCode()).slice(0, 3)} ${(await lastCode()).slice(3)} `,
    })
    expect(guest.step).toBe('release')
  })

  test('a code is good for ten minutes and not a millisecond more', async () => {
    const own = await openShop({ database: shop.database })
    for (const [seconds, step] of [
      [600, 'code'],
      [599.999, 'release'],
    ] as const) {
      const guest = own.guest()
      await guest.arrive()
      await guest.askCode(`1380013${seconds === 600 ? '4441' : '5442'}`)
      const code = await lastCode(own)
      own.pass(seconds)
      await guest.submit('/code', { code })
      expect(guest.step).toBe(step)
    }
  })

  test('a spent code lets nobody in again, nor at another shop or on another phone', async () => {
    const guest = shop.guest()
    await guest.arrive()
    await guest.askCode('13811138111')
    const code = await lastCode()
    const other = shop.guest()
    await other.arrive()
    await other.askCode('13822138222')
    await other.submit('/code', { code })
    if (code !== (await lastCode())) expect(other.step).toBe('code')
    const elsewhere = await openShop({ database: shop.database })
    const abroad = elsewhere.guest(guest.mac)
    await abroad.arrive()
    await abroad.post(`/s/${elsewhere.slug}/code`, { ...guest.form('/code').hidden, code })
    expect(abroad.step).toBe('refused')
    await guest.submit('/code', { code })
    expect(guest.step).toBe('release')
    const [{ count: before } = { count: 0 }] = await shop.db.sql`select count(*)::int as count from grants`
    const replay = shop.guest(guest.mac)
    await replay.post(`/s/${shop.slug}/code`, {
      arrival: /value="(arr_[^".]*)/.exec(guest.html)?.[1] ?? '',
      code,
    })
    const [{ count: after } = { count: 1 }] = await shop.db.sql`select count(*)::int as count from grants`
    expect(after).toBe(before)
  })
})

describe('at once', () => {
  test('100 right codes give exactly one grant', async () => {
    const own = await openShop({ database: shop.database, site: { rememberedDays: 0 } })
    const guest = own.guest()
    await guest.arrive()
    await guest.askCode('13800138000')
    const { action, hidden } = guest.form('/code')
    const code = await lastCode(own)
    const all = await Promise.all(
      Array.from({ length: 100 }, () => own.guest(guest.mac).post(action, { ...hidden, code })),
    )
    expect(all.every((one) => one.step === 'release')).toBe(true)
    const [{ count } = { count: 0 }] = await own.db
      .sql`select count(*)::int as count from grants where merchant_id = ${own.merchantId}`
    expect(count).toBe(1)
  })

  test('of 200 wrong codes at most five are looked at', async () => {
    const own = await openShop({ database: shop.database })
    const guest = own.guest()
    await guest.arrive()
    await guest.askCode('13800138000')
    const { action, hidden } = guest.form('/code')
    const right = await lastCode(own)
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const code = String((Number(right) + 1 + index) % 1_000_000).padStart(6, '0')
        return own.guest(guest.mac).post(action, { ...hidden, code })
      }),
    )
    const [{ count } = { count: 0 }] = await own.db
      .sql`select count(*)::int as count from code_tries where merchant_id = ${own.merchantId}`
    expect(count).toBe(5)
    await guest.submit('/code', { code: right })
    expect(guest.step).toBe('code')
  })
})

describe('the hand-over', () => {
  test('a refusal by the gateway is answered with the new challenge, by PAP the second time, and ends with a word', async () => {
    const guest = shop.guest()
    await guest.arrive()
    await guest.askCode('13833138333')
    await guest.submit('/code', { code: await lastCode() })
    const fresh = 'ffffffffffffffffffffffffffffffff'
    await guest.arrive({ res: 'failed', reason: 'reject', challenge: fresh })
    expect(guest.step).toBe('release')
    const to = new URL(guest.release)
    const secret = credentialSecret(to.searchParams.get('username') ?? '')
    expect(to.searchParams.get('password')).toBe(papPassword(secret, effectiveChallenge(fresh, undefined)))
    await guest.arrive({ res: 'failed', reason: 'reject', challenge: fresh })
    await guest.arrive({ res: 'failed', reason: 'reject', challenge: fresh })
    expect(guest.step).toBe('refused')
    expect(guest.words).toContain('The access point said no')
  })

  test('an access point that does not answer is told after a few tries, with what the shop should check', async () => {
    const guest = shop.guest()
    await guest.arrive()
    await guest.askCode('13844138444')
    await guest.submit('/code', { code: await lastCode() })
    for (let again = 0; again < 3; again++) await guest.arrive()
    expect(guest.step).toBe('release')
    expect(guest.words).toContain('The access point doesn’t answer')
    expect(guest.words).toContain('Counter, never heard')
    expect(guest.release).toContain('http://10.1.0.1:3990/logon')
    expect(guest.html).toContain('http-equiv="refresh" content="10;url=http://10.1.0.1:3990/logon')
  })

  test('a credential that ran out on the way is replaced', async () => {
    const own = await openShop({ database: shop.database })
    const guest = own.guest()
    await guest.arrive()
    await guest.askCode()
    await guest.submit('/code', { code: await lastCode(own) })
    const first = new URL(guest.release).searchParams.get('username')
    own.pass(400)
    await guest.arrive()
    expect(guest.step).toBe('release')
    expect(new URL(guest.release).searchParams.get('username')).not.toBe(first)
  })

  test('openNDS gets tok and comes back to the online page', async () => {
    const own = await openShop({
      database: shop.database,
      nas: {
        gateway: 'opennds',
        name: 'Door',
        nasIdentifier: 'openNDS Node',
        address: null,
        secret: '1234567890',
      },
    })
    const fas = Buffer.from(
      'hid=e71681ae3e5eaf9d034e1b2af7f2064a9d511a58331d16923ed25badf3a720da, clientip=192.168.50.10, clientmac=aa:bb:cc:dd:ee:ff, client_type=cpd_can, gatewayname=openNDS%20Node%20, gatewayurl=http%3a%2f%2fstatus.client, version=9.10.0, gatewayaddress=192.168.50.1:2050, gatewaymac=e4956e4d641c, originurl=http%3a%2f%2fnews.example.com%2f, clientif=wlan0, themespec=(null), (null)(null)(null)(null)',
    ).toString('base64')
    const guest = own.guest()
    await guest.get(`/s/${own.slug}?fas=${fas}`)
    expect(guest.step).toBe('splash')
    await guest.askCode()
    await guest.submit('/code', { code: await lastCode(own) })
    const to = new URL(guest.release)
    expect(to.href).toMatch(
      /^http:\/\/192\.168\.50\.1:2050\/opennds_auth\/\?tok=1eb1238ba7e186d74a28c546f65a24cd434921d64ed8f1ed7b8d18226f3310ed&redir=/,
    )
    const back = new URL(to.searchParams.get('redir') ?? '')
    expect(back.origin).toBe('https://wifi.example.com')
    await guest.get(back.pathname + back.search)
    expect(guest.step).toBe('online')
    const sessions = () =>
      own.db.sql`select guest_id, visit_id, stopped_at from sessions where merchant_id = ${own.merchantId}`
    expect(await sessions()).toMatchObject([
      { guest_id: expect.any(String), visit_id: expect.any(String), stopped_at: null },
    ])
    await guest.get(`/s/${own.slug}?fas=${fas}&status=authenticated`)
    expect(guest.step).toBe('online')
    expect((await sessions()).length).toBe(1)
  })
})

describe('a returning guest', () => {
  test('is let through by one tap, sees only the end of the number, and is not asked anything', async () => {
    const own = await openShop({ database: shop.database })
    const guest = own.guest()
    await guest.arrive()
    await guest.askCode('13855138555')
    await guest.submit('/code', { code: await lastCode(own) })
    await guest.arrive({ res: 'success' })
    own.pass(86_400)
    await guest.arrive()
    expect(guest.words).toContain('Welcome back')
    expect(guest.words).toContain('Number ending in 8555')
    expect(guest.words).not.toMatch(/138\s?5513/)
    await guest.submit('/back')
    expect(guest.step).toBe('release')
    expect(guest.words).toContain('Phone recognised')
    expect((await own.texts()).length).toBe(1)
    own.pass(91 * 86_400)
    await guest.arrive()
    expect(guest.step).toBe('splash')
    expect(guest.html).toContain('name="phone"')
  })

  test('captured again in the middle of the time goes on with what is left', async () => {
    const own = await openShop({ database: shop.database, site: { rememberedDays: 0 } })
    const guest = own.guest()
    await guest.arrive()
    await guest.askCode()
    await guest.submit('/code', { code: await lastCode(own) })
    await guest.arrive({ res: 'success' })
    own.pass(1800)
    await guest.arrive()
    expect(guest.words).toContain('Welcome back')
    await guest.submit('/back')
    expect(guest.step).toBe('release')
    own.pass(6000)
    await guest.arrive()
    expect(guest.html).toContain('name="phone"')
  })
})
