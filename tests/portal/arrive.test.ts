import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { md } from '../../portal/gateways/uam.ts'
import { codeIn, newMac, openShop, type Shop, Visitor } from './shop.ts'

let shop: Shop
let signing: Shop
beforeAll(async () => {
  shop = await openShop()
  signing = await openShop({ database: shop.database, nas: { portalSecret: 'uamsecret1' } })
})
afterAll(() => shop.close())

const rows = async (of: Shop, table: 'arrivals' | 'grants' | 'messages') =>
  (
    await of.db
      .sql`select count(*)::int as count from ${of.db.sql(table)} where merchant_id = ${of.merchantId}`
  )[0]?.count as number

const online = async (of: Shop, phone: string) => {
  const guest = of.guest()
  await guest.arrive()
  await guest.askCode(phone)
  await guest.submit('/code', { code: codeIn((await of.texts())[0]?.text ?? '') })
  return guest
}

describe('the splash', () => {
  test('is one response under 14 KB, with its own styles and nothing from elsewhere', async () => {
    const guest = shop.guest()
    await guest.arrive()
    expect(gzipSync(guest.html).length).toBeLessThan(14_000)
    expect(guest.html).not.toMatch(/<(?:link|script|img|iframe)[^>]*(?:src|href)="(?!data:,)/)
    expect(guest.html).not.toMatch(/ style="| on[a-z]+="/)
    const policy = guest.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(policy.match(/'sha256-/g)?.length).toBe(2)
    expect(guest.headers.get('cache-control')).toBe('no-store')
  })

  test('no page holds what login windows forbid', async () => {
    const guest = await online(shop, '13866138666')
    const pages = [guest.html]
    for (const path of ['', '&slow=1', '&change=1', '&news=online'])
      pages.push((await guest.get(guest.path.replace(/&.*/, '') + path)).html)
    pages.push((await guest.get(guest.link('/me'))).html, (await guest.get(`/s/${shop.slug}/terms`)).html)
    for (const html of pages) {
      expect(html).not.toMatch(
        /_blank|window\.open|alert\(|confirm\(|type="file"|weixin:|alipays:|localStorage|sessionStorage|cookie/i,
      )
      expect(html).toMatch(/<body data-step="(?:splash|code|release|online|refused|my-data|terms)"/)
    }
  })

  test('speaks the language of the phone, and another one at a press without losing what was typed', async () => {
    const chinese = shop.guest(undefined, { 'accept-language': 'zh-TW,zh;q=0.9,en;q=0.8' })
    await chinese.arrive()
    expect(chinese.words).toContain('免费无线网络')
    const arab = shop.guest(undefined, { 'accept-language': 'ar' })
    await arab.arrive()
    expect(arab.words).toContain('Free Wi-Fi')
    const silent = new Visitor(shop.app, shop.slug, newMac(), { 'accept-language': '' })
    await silent.arrive()
    expect(silent.words).toContain('免费无线网络')

    const guest = shop.guest()
    await guest.arrive()
    const { hidden } = guest.form('/phone')
    await guest.post(`/s/${shop.slug}/language`, {
      ...hidden,
      phone: '138 00',
      marketing: '1',
      lang: 'zh-CN',
    })
    expect(guest.words).toContain('手机号')
    expect(guest.html).toContain('value="138 00"')
    expect(guest.html).toMatch(/id="marketing"[^>]* checked/)
    expect(guest.path).not.toMatch(/138(?:\+|%20)?00/)
    await guest.arrive()
    expect(guest.words).toContain('手机号')
    await guest.askCode('13877138777')
    await guest.post(`/s/${shop.slug}/language`, { ...guest.form('/code').hidden, code: '123', lang: 'en' })
    expect(guest.step).toBe('code')
    expect(guest.words).toContain('+86 138 7713 8777')
    expect(guest.html).toContain('value="123"')
  })

  test('opened from anywhere else it says honestly what to do', async () => {
    const guest = shop.guest()
    for (const query of ['', '?utm_source=x', '?fas=', '?uamip=1', '?a=']) {
      await guest.get(`/s/${shop.slug}${query}`)
      expect(guest.step).toBe('refused')
    }
    await guest.get(`/s/${shop.slug}`)
    expect(guest.status).toBe(200)
    expect(guest.words).toContain('Join the shop’s Wi-Fi first')
    await guest.get('/s/no-such-shop')
    expect(guest.status).toBe(404)
  })
})

describe('a hostile redirect', () => {
  const payloads = [
    '"><script>alert(1)</script>',
    "'--",
    '\u0000',
    '%00',
    '../../etc/passwd',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: somebody's template, not ours
    '${7*7}',
    '{{7*7}}',
    '\r\nSet-Cookie: x=1',
    '𝕏'.repeat(300),
    '<img src=x onerror=alert(1)>',
    'javascript:alert(1)',
    '‮evil',
  ]

  test('no parameter becomes markup, a header or an error', async () => {
    const names = [
      'res',
      'reason',
      'uamip',
      'uamport',
      'challenge',
      'called',
      'mac',
      'ip',
      'nasid',
      'sessionid',
      'userurl',
      'ssid',
      'reply',
      'loc',
      'lang',
      'md',
      'a',
      'fas',
      'status',
    ]
    for (const name of names)
      for (const payload of payloads) {
        const guest = shop.guest()
        await guest.arrive({ [name]: payload })
        expect(guest.status, `${name}=${payload}`).toBeLessThan(500)
        expect(guest.html).not.toContain('<script>alert')
        expect(guest.html).not.toContain('onerror=alert(1)>')
        expect(guest.headers.getSetCookie()).toEqual([])
      }
  })

  test('10,000 changed addresses of a gateway that signs give no arrival and no grant', async () => {
    const query = new URLSearchParams(signing.guest().redirect())
    const url = `https://wifi.example.com/s/${signing.slug}?${query}`
    const right = `${url}&md=${md(url, 'uamsecret1')}`
    const before = await rows(signing, 'arrivals')
    // The signature check is what stands in the way, so the adapter is asked 10,000 times and the front door 300 times.
    const { uam } = await import('../../portal/gateways/uam.ts')
    const changed = fc.tuple(fc.nat(right.length - 1), fc.constantFrom(...'0123456789abcdefABCDEF&=%-.:/'))
    let read = 0
    fc.assert(
      fc.property(changed, ([at, char]) => {
        const text = right.slice(0, at) + char + right.slice(at + 1)
        if (text.toUpperCase() === right.toUpperCase() || !URL.canParse(text)) return
        const reading = uam.readArrival(
          { urls: [text], query: new URL(text).searchParams },
          { secret: 'x', portalSecret: 'uamsecret1' },
        )
        if (reading.ok) read++
      }),
      { numRuns: 10_000 },
    )
    expect(read).toBe(0)
    for (let at = url.indexOf('?') + 1; at < right.length; at += Math.ceil(right.length / 300)) {
      const text = right.slice(0, at) + (right[at] === '1' ? '2' : '1') + right.slice(at + 1)
      await signing.guest().get(text.slice('https://wifi.example.com'.length))
    }
    expect(await rows(signing, 'arrivals')).toBe(before)
    const guest = signing.guest()
    await guest.get(right.slice('https://wifi.example.com'.length))
    expect(guest.step).toBe('splash')
    await guest.arrive()
    expect(guest.words).toContain('Its signature doesn’t match')
  })

  test('never sends the browser with a credential to an address of the guest’s choosing', async () => {
    for (const uamip of ['198.51.100.7', '127.0.0.1', '169.254.169.254', '8.8.8.8']) {
      const guest = shop.guest()
      await guest.arrive({ uamip })
      await guest.askCode(`139${uamip.replaceAll('.', '').slice(0, 8).padEnd(8, '7')}`)
      await guest.submit('/code', { code: codeIn((await shop.texts())[0]?.text ?? '') })
      expect(guest.step).toBe('refused')
      expect(guest.html).not.toContain(uamip)
    }
  })

  test('what the guest asked for is a link only where it is a plain web address', async () => {
    const bad = [
      'javascript:alert(1)',
      '//evil.example',
      'https:evil.example',
      'http://user:pw@evil.example/',
      'http://evil.example\\@good.example',
      'data:text/html,x',
      'ftp://evil.example',
      'http://wifi.example.com/',
      'http://captive.apple.com/hotspot-detect.html',
      'http://192.168.1.1/',
      'http://localhost/',
    ]
    for (const userurl of bad) {
      const guest = shop.guest()
      await guest.arrive({ res: 'success', userurl })
      expect(guest.step).toBe('online')
      expect(guest.words).not.toContain('Continue to')
    }
    const guest = shop.guest()
    await guest.arrive({ res: 'success', userurl: 'https://news.example.org/a?b="><i>' })
    expect(guest.words).toContain('Continue to news.example.org')
    expect(guest.html).not.toContain('"><i>')
    expect(guest.html).not.toContain('http-equiv="refresh"')
  })

  test('a gateway of another site is not known here', async () => {
    const other = await openShop({
      database: shop.database,
      nas: { gateway: 'opennds', nasIdentifier: 'door' },
    })
    const guest = other.guest()
    await guest.arrive()
    expect(guest.words).toContain('This access point isn’t known here')
    expect(await rows(other, 'arrivals')).toBe(0)
  })
})

describe('a form', () => {
  test('does nothing without an arrival of this shop, from another page, or in another dress', async () => {
    const guest = shop.guest()
    await guest.arrive()
    const { action, hidden } = guest.form('/phone')
    const fields = { ...hidden, phone: '13912345678', terms: '1' }
    const before = await rows(shop, 'messages')
    const stranger = shop.guest()
    await stranger.post(action, { ...fields, arrival: `arr_${'0'.repeat(36)}` })
    expect(stranger.step).toBe('refused')
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'content-type': 'text/plain' },
      { 'content-type': 'multipart/form-data; boundary=x' },
      { 'content-type': 'application/json' },
      { 'content-type': '' },
    ] as Record<string, string>[]) {
      await stranger.post(action, fields, headers)
      expect(stranger.step).toBe('refused')
    }
    await stranger.post(action.replace(shop.slug, signing.slug), fields)
    expect(await rows(shop, 'messages')).toBe(before)
    expect(await rows(signing, 'messages')).toBe(0)
    const response = await shop.app.request(`https://wifi.example.com${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new ReadableStream({
        start(controller) {
          for (let block = 0; block < 100; block++)
            controller.enqueue(new TextEncoder().encode('x'.repeat(1000)))
          controller.close()
        },
      }),
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBe(413)
  })

  test('nothing personal stands in an address or in the log', async () => {
    const guest = await online(shop, '13898765432')
    expect(guest.path).not.toMatch(/98765|65432/)
    expect(JSON.stringify(shop.log)).not.toMatch(/13898765432|8765432|138 9876/)
    expect(JSON.stringify(shop.log)).not.toContain(guest.mac)
  })
})

describe('the captive-portal API', () => {
  const ask = async (query: string) => {
    const response = await shop.app.request(`https://wifi.example.com/capport/${shop.slug}${query}`)
    expect(response.headers.get('content-type')).toBe('application/captive+json')
    expect(response.headers.get('cache-control')).toContain('no-store')
    return (await response.json()) as {
      captive: boolean
      'user-portal-url': string
      'seconds-remaining'?: number
    }
  }

  test('tells a device that it must sign in, and afterwards how long it has', async () => {
    const guest = shop.guest()
    expect(await ask(`?mac=${guest.mac}`)).toMatchObject({
      captive: true,
      'user-portal-url': `https://wifi.example.com/s/${shop.slug}`,
    })
    await guest.arrive()
    expect((await ask(`?mac=${guest.mac}`)).captive).toBe(true)
    await guest.askCode('13844556677')
    await guest.submit('/code', { code: codeIn((await shop.texts())[0]?.text ?? '') })
    expect((await ask(`?mac=${guest.mac}`)).captive).toBe(true)
    await guest.arrive({ res: 'success' })
    expect(await ask(`?mac=${guest.mac}`)).toMatchObject({ captive: false, 'seconds-remaining': 7200 })
    shop.pass(60)
    expect((await ask(`?mac=${guest.mac}`))['seconds-remaining']).toBe(7140)
    shop.pass(7200)
    expect((await ask(`?mac=${guest.mac}`)).captive).toBe(true)
  })
})

describe('my data', () => {
  test('opens whole in the window that proved the number, masked in another, and not at all from outside', async () => {
    const guest = await online(shop, '13811223344')
    await guest.get(guest.link('/me'))
    expect(guest.step).toBe('my-data')
    expect(guest.words).toContain('+86 138 1122 3344')
    const reopened = shop.guest(guest.mac)
    await reopened.arrive({ res: 'success' })
    await reopened.get(reopened.link('/me'))
    expect(reopened.step).toBe('my-data')
    expect(reopened.words).toContain('138****3344')
    expect(reopened.words).not.toContain('1122')
    expect(reopened.html).not.toContain('Allow')
    const outside = shop.guest()
    await outside.get('/me')
    expect(outside.words).toContain('Sign in to the Wi-Fi with your number first')
  })

  test('a yes to offers is taken back as easily as it was given, and given again only with proof', async () => {
    const guest = shop.guest()
    await guest.arrive()
    await guest.askCode('13855667788', { marketing: '1' })
    await guest.submit('/code', { code: codeIn((await shop.texts())[0]?.text ?? '') })
    await guest.get(guest.link('/me'))
    expect(guest.words).toMatch(/Offers by text Yes/)
    await guest.submit('/me', { do: 'withdraw' })
    expect(guest.words).toMatch(/Offers by text Withdrawn/)
    await guest.submit('/me', { do: 'allow' })
    expect(guest.words).toMatch(/Offers by text Yes/)
    const { arrival = '' } = guest.form('/me').hidden
    await guest.post('/me', { arrival: arrival.replace(/\.[^.]*$/, ''), do: 'withdraw' })
    await guest.post('/me', { arrival: arrival.replace(/\.[^.]*$/, ''), do: 'allow' })
    expect(guest.status).toBe(403)
  })

  test('everything can be taken along, and a wish to be erased reaches the shop once', async () => {
    const guest = await online(shop, '13822334455')
    await guest.get(guest.link('/me'))
    const { hidden } = guest.form('/me')
    await guest.post('/me', { ...hidden, do: 'download' })
    expect(guest.headers.get('content-disposition')).toContain('attachment')
    expect(JSON.parse(guest.html)).toMatchObject({
      contacts: [{ value: '+8613822334455' }],
      consents: expect.arrayContaining([expect.objectContaining({ purpose: 'terms', action: 'granted' })]),
    })
    for (let times = 0; times < 3; times++) await guest.post('/me', { ...hidden, do: 'erase' })
    expect(guest.words).toContain('Your wish to be erased is with the shop')
    const [{ count } = { count: 0 }] = await shop.db
      .sql`select count(*)::int as count from audit where merchant_id = ${shop.merchantId} and action = 'guest.asked-erase'`
    expect(count).toBe(1)
  })
})
