import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describePeer } from '../peers/product.ts'
import { openStage, type Phone, type Stage } from './stage.ts'

describePeer('A guest’s browser', { chromium: 'chromium' }, () => {
  let stage: Stage
  const phones: Phone[] = []
  const phone = async (options: Parameters<Stage['phone']>[0] = {}) => {
    // So that the shop's limits on texts are the business of one guest at a time.
    stage.shop.pass(30)
    const one = await stage.phone(options)
    phones.push(one)
    return one
  }
  const texts = async () => (await stage.shop.texts()).length
  let last = 1000
  const number = () => `138 ${++last} ${last + 7000}`

  beforeAll(async () => {
    stage = await openStage()
  }, 60_000)
  afterAll(async () => {
    await Promise.all(phones.map((one) => one.close()))
    await stage?.close()
  }, 30_000)

  /** From the redirect to the page that says it, by whatever this browser can do. */
  async function goOnline(one: Phone, to = number()): Promise<string> {
    await one.join()
    expect(await one.step()).toBe('splash')
    await one.askCode(to)
    await one.page.fill('#code', await stage.code())
    if (!one.hasScript) await one.page.click('#enter .btn')
    await one.on('online')
    expect(stage.gateway.online).toContain(one.mac)
    return to
  }

  const strict = `for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
    Object.defineProperty(window, name, { get() { throw new DOMException('Denied', 'SecurityError') } });
    Object.defineProperty(document, 'cookie', { get() { throw new DOMException('Denied', 'SecurityError') }, set() { throw new DOMException('Denied', 'SecurityError') } })`

  describe('gets online', () => {
    it.each([
      ['with script', {}],
      ['with script switched off', { javaScriptEnabled: false }],
      ['with storage and cookies that throw', { before: (context) => context.addInitScript(strict) }],
      ['on a small tablet, in Chinese', { locale: 'zh-CN', viewport: { width: 900, height: 572 } }],
    ] satisfies [string, Parameters<Stage['phone']>[0]][])('%s', async (_how, options) => {
      const one = await phone(options)
      const faults: string[] = []
      one.page.on('pageerror', (error) => faults.push(error.message))
      one.page.on('console', (said) => said.type() === 'error' && faults.push(said.text()))
      await goOnline(one)
      expect(await one.page.context().cookies()).toEqual([])
      expect(faults).toEqual([])
    })

    it('by keyboard alone', async () => {
      const one = await phone({ isMobile: false, hasTouch: false })
      await one.join()
      const tabTo = async (id: string) => {
        for (let press = 0; press < 15; press++) {
          if ((await one.page.evaluate('document.activeElement.id')) === id) return
          await one.page.keyboard.press('Tab')
        }
        throw new Error(`${id} can not be reached by Tab`)
      }
      await tabTo('phone')
      await one.page.keyboard.type(number())
      await tabTo('terms')
      expect(
        await one.page.evaluate(`getComputedStyle(document.activeElement, '::before').outlineWidth`),
      ).toBe('2px')
      await one.page.keyboard.press('Space')
      await one.page.keyboard.press('Enter')
      await one.on('code')
      await one.page.keyboard.type(await stage.code())
      await one.on('online')
    })

    it.each([true, false])('by the Go key of a phone’s keyboard (script: %s)', async (javaScriptEnabled) => {
      const one = await phone({ javaScriptEnabled })
      await one.join()
      await one.page.check('#terms')
      await one.page.fill('#phone', number())
      await one.page.locator('#phone').press('Enter')
      await one.on('code')
      expect(await one.page.getAttribute('html', 'lang')).toBe('en')
      await one.page.fill('#code', await stage.code())
      if (!javaScriptEnabled) await one.page.locator('#code').press('Enter')
      await one.on('online')
    })

    it('and asks nobody for anything but the portal and its gateway', async () => {
      const one = await phone()
      const to = await goOnline(one)
      const hosts = new Set(one.requests.map((url) => new URL(url).host))
      expect([...hosts].sort()).toEqual(
        [new URL(stage.portalUrl).host, new URL(stage.gateway.origin).host].sort(),
      )
      const digits = to.replaceAll(' ', '')
      expect(one.requests.filter((url) => url.includes(digits))).toEqual([])
      // What the guest wanted first stands there as a link, and was not asked for.
      expect(await one.page.getAttribute('main a.btn', 'href')).toBe('http://news.example.com/today')
    })
  })

  describe('on the splash', () => {
    it('has all of it in one response of at most 14 KB', async () => {
      for (const locale of ['en-GB', 'zh-CN']) {
        const one = await phone({ locale })
        const sizes: number[] = []
        one.page.on('requestfinished', async (request) => {
          sizes.push((await request.sizes()).responseBodySize)
        })
        await one.join()
        await one.page.waitForLoadState('networkidle')
        const plain = gzipSync(await one.page.content()).length
        console.info(
          `splash ${locale}: ${sizes[0]} octets on the wire (${plain} by gzip), ${one.requests.length} request`,
        )
        expect(one.requests).toHaveLength(1)
        expect(sizes).toHaveLength(1)
        expect(sizes[0]).toBeLessThanOrEqual(14_336)
        expect(await one.page.evaluate('performance.getEntriesByType("resource").length')).toBe(0)
      }
    })

    it('has the button in sight on a common phone', async () => {
      const one = await phone()
      await one.join()
      const box = await one.page.locator('#sign-in .btn').boundingBox()
      expect((box?.y ?? 999) + (box?.height ?? 0)).toBeLessThanOrEqual(600)
    })

    it('is told of a missing yes beside its box, and of a wrong number beside its field, with nothing lost', async () => {
      const one = await phone({ javaScriptEnabled: false })
      await one.join()
      await one.page.evaluate(`document.getElementById('sign-in').noValidate = true`)
      const before = await texts()
      await one.page.fill('#phone', '138 0013')
      await one.page.click('#sign-in .btn')
      expect(await one.page.textContent('#phone-m')).toMatch(/digits/)
      expect(await one.page.textContent('#terms-m')).toBe('Tick this box to go on.')
      expect(await one.page.getAttribute('#terms', 'aria-invalid')).toBe('true')
      expect(await one.page.inputValue('#phone')).toBe('138 0013')
      expect(await texts()).toBe(before)
    })

    it('keeps what was typed when the language is switched', async () => {
      const one = await phone()
      await one.join()
      await one.page.fill('#phone', '138 00')
      await one.page.check('#marketing')
      await one.page.click('.lang button[name=lang]')
      expect(await one.page.getAttribute('html', 'lang')).toBe('zh-CN')
      expect(await one.page.inputValue('#phone')).toBe('138 00')
      expect(await one.page.isChecked('#marketing')).toBe(true)
      expect(await one.page.isChecked('#terms')).toBe(false)
      expect(one.page.url()).not.toMatch(/138(?:\+|%20)?00/)
    })

    it('opens the terms in place, and by their link the whole of them', async () => {
      const one = await phone({ javaScriptEnabled: false })
      await one.join()
      await one.page.fill('#phone', '138 00')
      await one.page.click('.read summary')
      expect(await one.page.isVisible('.read li')).toBe(true)
      expect(await one.page.inputValue('#phone')).toBe('138 00')
      await one.page.click('footer a')
      await one.on('terms')
    })

    it.each([
      ['a phone that fills it in with its country', '+8613800137001', '+86 138 0013 7001'],
      ['a phone that fills it in with dashes', '138-0013-7002', '+86 138 0013 7002'],
      ['fingers that use wide digits', '１３８００１３７００３', '+86 138 0013 7003'],
    ])('takes a number from %s', async (_who, typed, shown) => {
      const one = await phone()
      await one.join()
      await one.askCode(typed)
      expect(await one.page.textContent('.back b')).toBe(shown)
    })

    it('offers what keyboards and password stores look for', async () => {
      const one = await phone()
      await one.join()
      for (const [name, value] of [
        ['type', 'tel'],
        ['inputmode', 'tel'],
        ['autocomplete', 'tel'],
        ['name', 'phone'],
      ] as const)
        expect(await one.page.getAttribute('#phone', name)).toBe(value)
      await one.askCode(number())
      for (const [name, value] of [
        ['inputmode', 'numeric'],
        ['autocomplete', 'one-time-code'],
        ['name', 'code'],
        ['maxlength', '6'],
      ] as const)
        expect(await one.page.getAttribute('#code', name)).toBe(value)
      expect(await one.page.evaluate('document.activeElement.id')).toBe('code')
    })
  })

  describe('on the code page', () => {
    it('goes on by itself with the sixth digit', async () => {
      const one = await phone()
      await one.join()
      await one.askCode(number())
      await one.page.locator('#code').pressSequentially(await stage.code())
      await one.on('online')
    })

    it('closed to read the message and opened again, stands there in one request with no further text', async () => {
      const one = await phone()
      await one.join()
      await one.askCode(number())
      const before = await texts()
      const code = await stage.code()
      for (const userAgent of [undefined, 'Mozilla/5.0 (Linux; Android 14; wv) Chrome/120']) {
        one.window = userAgent ? { userAgent } : {}
        await one.reopen()
        await one.join()
        expect(await one.step()).toBe('code')
        expect(one.requests).toHaveLength(1)
        expect(await texts()).toBe(before)
        // Anybody can make up a MAC address: a window that has proved nothing sees no number whole.
        expect(await one.page.textContent('.back b')).toMatch(/^138\*{4}\d{4}$/)
      }
      await one.page.fill('#code', code)
      await one.on('online')
    })

    it('reopened by another device shows that one a splash', async () => {
      const one = await phone()
      await one.join()
      await one.askCode(number())
      const other = await phone()
      await other.join()
      expect(await other.step()).toBe('splash')
      expect(await other.page.inputValue('#phone')).toBe('')
    })

    it('keeps a wrong code, selected, says how many tries are left, and takes the right one after it', async () => {
      const one = await phone()
      await one.join()
      await one.askCode(number())
      const right = await stage.code()
      const wrong = String((Number(right) + 1) % 1_000_000).padStart(6, '0')
      await one.page.fill('#code', wrong)
      await one.page.waitForSelector('.field.bad')
      expect(await one.page.textContent('#code-m')).toBe('Not the right code. Four tries left.')
      expect(await one.page.inputValue('#code')).toBe(wrong)
      expect(
        await one.page.evaluate('getSelection().toString() || document.activeElement.selectionEnd'),
      ).toBeTruthy()
      await one.page.locator('#code').press('Backspace')
      expect(await one.page.inputValue('#code')).toBe('')
      await one.page.locator('#code').pressSequentially(right)
      await one.on('online')
    })

    it('sends the same code again once the wait is over, and not before', async () => {
      const one = await phone({ javaScriptEnabled: false })
      await one.join()
      await one.askCode(number())
      const [before, first] = [await texts(), await stage.code()]
      await one.page.click('#again')
      expect(await texts()).toBe(before)
      expect(await one.page.textContent('#code-m')).toMatch(/again|wait/i)
      stage.shop.pass(61)
      await one.page.click('#again')
      expect(await texts()).toBe(before + 1)
      expect(await stage.code()).toBe(first)
      await one.page.fill('#code', first)
      await one.page.click('#enter .btn')
      await one.on('online')
    })

    it('counts down where script runs, and only then shows the button', async () => {
      const one = await phone()
      await one.join()
      await one.askCode(number())
      expect(await one.page.textContent('[data-in]')).toMatch(/0:5\d|1:00/)
      expect(await one.page.isVisible('#again')).toBe(false)
    })

    it('leads back to the number, which is still there', async () => {
      const one = await phone()
      await one.join()
      await one.askCode('138 0013 7100')
      await one.page.click('.back a')
      await one.on('splash')
      expect(await one.page.inputValue('#phone')).toBe('+86 138 0013 7100')
    })

    it('switches language in the middle of a code', async () => {
      const one = await phone({ javaScriptEnabled: false })
      await one.join()
      await one.askCode(number())
      await one.page.fill('#code', '123')
      await one.page.click('.lang button[name=lang]')
      expect(await one.page.getAttribute('html', 'lang')).toBe('zh-CN')
      expect(await one.step()).toBe('code')
      expect(await one.page.inputValue('#code')).toBe('123')
    })
  })

  describe('afterwards', () => {
    it('is welcomed back by name of nothing but four digits, and goes on with one tap', async () => {
      const one = await phone({ javaScriptEnabled: false })
      const to = await goOnline(one)
      const before = await texts()
      stage.shop.pass(3 * 3600)
      await one.reopen()
      await one.join()
      expect(await one.page.textContent('h1')).toBe('Welcome back')
      expect(await one.page.textContent('main')).toContain(to.slice(-4))
      // Four digits may stand in a token by chance; those before the last four, and these, do not.
      expect(await one.page.content()).not.toMatch(new RegExp(`${to.slice(4, 8)}.?${to.slice(-4)}`))
      await one.page.click('main .btn')
      await one.on('online')
      expect(await texts()).toBe(before)
    })

    it('reloads and goes back without being asked to send anything twice', async () => {
      const one = await phone()
      await goOnline(one)
      const before = await texts()
      await one.page.reload()
      expect(await one.step()).toBe('online')
      await one.page.goBack()
      expect(await one.step()).toMatch(/online|release|code|splash/)
      expect(await texts()).toBe(before)
    })

    it('sees, takes and withdraws what the shop holds', async () => {
      const one = await phone({ javaScriptEnabled: false })
      await one.join()
      const to = number()
      await one.askCode(to, { marketing: true })
      await one.page.fill('#code', await stage.code())
      await one.page.click('#enter .btn')
      await one.on('online')
      const me = await one.page.getAttribute('footer a[href^="/me"]', 'href')
      await one.page.goto(`${stage.portalUrl}${me}`)
      await one.on('my-data')
      // The gateway's redirect brought no proof along, so the number is masked here.
      expect(await one.page.textContent('main')).toContain(`138****${to.slice(-4)}`)
      await one.page.click('button:has-text("Withdraw")')
      expect(await one.page.textContent('[role=status]')).toContain('Withdrawn')
      await one.page.goto(`${stage.portalUrl}/me`)
      expect(await one.page.textContent('main')).toContain('Sign in to the Wi-Fi with your number first')
    })
  })

  describe('is refused', () => {
    it('with a word and a way out, by each page that says no', async () => {
      const one = await phone({ javaScriptEnabled: false })
      const base = `${stage.portalUrl}/s/${stage.shop.slug}`
      for (const [path, heading] of [
        [base, 'Join the shop’s Wi-Fi first'],
        [`${base}?a=arr_${'0'.repeat(26)}`, 'This page is out of date'],
        [`${stage.portalUrl}/s/no-such-shop`, 'There is nothing here'],
      ] as const) {
        await one.page.goto(path)
        expect(await one.step()).toBe('refused')
        expect(await one.page.textContent('h1')).toBe(heading)
      }
    })

    it('by an access point without power, that says so and what to check, and goes on when it is back', async () => {
      const one = await phone()
      await one.join()
      await one.askCode(number())
      stage.gateway.isDead = true
      await one.page.fill('#code', await stage.code())
      await one.on('release')
      await one.page.waitForSelector('text=The access point doesn’t answer', { timeout: 20_000 })
      stage.gateway.isDead = false
      await one.page.click('#release')
      await one.on('online')
    }, 60_000)
  })
})
