import { createHmac } from 'node:crypto'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildPanel } from '../../admin/build.ts'
import { describePeer } from '../peers/product.ts'
import { openBrowser } from '../support/chromium.ts'
import { Service } from '../support/service.ts'
import { findings, widest } from './axe.ts'

const owner = { name: 'Shen Lan', email: 'shen.lan@qinglan.example', password: 'longjing first flush' }
const demoOwner = { email: 'owner@qinglan.example', password: 'doorman demo owner' }
const site = 'qinglan-nanjing'

/** Every page of the panel that stands still, and what says that it is there. */
const pages = [
  ['Today', '', '.strip'],
  ['Guests', 'guests', '.guests tbody tr'],
  ['Messages', 'messages', '.outbox tbody tr'],
  ['Sites', 'sites', '.gw .name'],
  ['Trust', 'trust', '.chain .light.ok'],
  ['Profile', 'settings/profile', '.sess li'],
  ['Business', 'settings/business', '.set form'],
  ['Languages', 'settings/languages', '.set tbody tr'],
  ['Consent texts', 'settings/consent-texts', '.consent'],
  ['Staff', 'settings/staff', '.set tbody tr'],
  ['API keys', 'settings/api-keys', '.set tbody tr'],
  ['a page that is not there', 'nowhere', '.blank h1'],
] as const

/** What opens over a page. */
const dialogs = [
  ['a gateway is added', 'sites?add=gateway'],
  ['a site is added', 'sites?add=site'],
  ['somebody is invited', 'settings/staff?add=staff'],
  ['a text is written', 'settings/consent-texts?add=text'],
  ['a key is made', 'settings/api-keys?add=key'],
  ['the password is changed', 'settings/profile?add=password'],
  ['a second factor is set up', 'settings/profile?add=factor'],
] as const

describePeer('The panel, seen and heard', { chromium: 'chromium' }, () => {
  let service: Service
  let browser: Browser
  let apiKey = ''

  beforeAll(async () => {
    await buildPanel()
    service = await Service.start()
    browser = await openBrowser()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await service?.close()
  }, 30_000)

  const open = async (more: Parameters<Browser['newContext']>[0] = {}) => {
    const context = await browser.newContext({
      locale: 'en-GB',
      viewport: { width: 1280, height: 900 },
      ...more,
    })
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => void faults.push(error.message))
    page.on('console', (line) => {
      // What the server refuses is said on the page; the browser's own line about it is no fault.
      if (line.type() === 'error' && !line.text().startsWith('Failed to load resource'))
        faults.push(line.text())
    })
    return { context, page, faults }
  }
  const at = (path: string) => `${service.url}/admin/${path}`
  const signIn = async (page: Page, { email, password }: { email: string; password: string }) => {
    await page.fill('input[name=email]', email)
    await page.fill('input[name=password]', password)
    await page.click('.btn.go')
  }

  it('leads a new owner from the one-time link to the first guest, and turns by itself', async () => {
    const { context, page, faults } = await open()
    const link = /http\S+#code=\S+/.exec(service.output)?.[0] ?? ''
    await page.goto(link)
    await page.waitForSelector('form')
    await page.click('.btn.go')
    expect(await page.locator('.help.bad').count()).toBe(3)
    await look(page)
    await page.fill('input[name=name]', owner.name)
    await page.fill('input[name=email]', owner.email)
    await page.fill('input[name=password]', owner.password)
    await page.click('.btn.go')
    await page.fill('input[name=organization]', 'Qinglan')
    await look(page)
    await page.click('.btn.go')
    await page.fill('input[name=site]', 'Jing’an')
    await look(page)
    await page.click('.btn.go')
    await page.waitForSelector('.families')
    expect(page.url()).not.toContain('code')
    await look(page)
    await page.fill('input[placeholder="192.0.2.11"]', '192.0.2.11')
    await page.click('.fam .btn.go')
    const text = page.locator('.snip .code').first()
    await text.waitFor()
    await expect.poll(() => text.textContent()).toContain('HS_RADSECRET')
    expect(await text.textContent()).not.toContain('****')
    await look(page)
    await page.click('.fam .btn.go')
    await page.waitForSelector('.listen')
    await look(page)
    // Nobody is at 192.0.2.11: it offers a gateway of its own, and then a command.
    await page.click('[aria-labelledby="try-h"] .btn')
    await page.waitForSelector('.wait .code')
    await look(page)
    const command = (await page.locator('.wait .code').textContent()) ?? ''
    const [, slug = ''] = /--site (\S+)/.exec(command) ?? []
    const walked = await service.doorman<{ online: number }>('ap', '--site', slug, '--guests', '1')
    expect(walked).toMatchObject({ code: 0, json: { online: 1 } })
    await page.waitForSelector('.live .row', { timeout: 20_000 })
    expect(new URL(page.url()).pathname).toBe('/admin/')
    expect(faults).toEqual([])
    await context.close()
  }, 120_000)

  it('lets nobody in twice by the same link', async () => {
    const { context, page } = await open()
    const link = /http\S+#code=\S+/.exec(service.output)?.[0] ?? ''
    await page.goto(link)
    await page.waitForSelector('.blank h1')
    await look(page)
    await context.close()
  })

  it('asks for the second factor once it is set up, and takes a code only once', async () => {
    const { context, page, faults } = await open()
    await page.goto(at('settings/profile'))
    await page.waitForSelector('.door')
    await signIn(page, { email: owner.email, password: 'not this one at all' })
    await page.waitForSelector('.help.bad')
    await look(page)
    await signIn(page, owner)
    await page.waitForSelector('.sess li')
    expect(new URL(page.url()).pathname).toBe('/admin/settings/profile')
    await page.goto(at('settings/profile?add=factor'))
    await page.fill('dialog input[name=password]', owner.password)
    await page.click('dialog .btn.go')
    await page.waitForSelector('.qr')
    await look(page)
    const secret = ((await page.locator('dialog .key').textContent()) ?? '').replaceAll(' ', '')
    await page.fill('dialog .totp', totp(secret))
    await page.click('dialog .btn.go')
    await page.waitForSelector('dialog .code')
    const [backup = ''] = ((await page.locator('dialog .code').textContent()) ?? '').split('\n')
    await look(page)
    await page.click('dialog .btn.go')
    await page.waitForSelector('.set-line .light.ok')
    await context.close()

    const again = await open()
    await again.page.goto(at(''))
    await again.page.waitForSelector('.door')
    await signIn(again.page, owner)
    await again.page.waitForSelector('.totp')
    await look(again.page)
    await again.page.fill('.totp', '000000')
    await again.page.waitForSelector('.help.bad')
    await again.page.fill('.totp', totp(secret))
    await again.page.waitForSelector('.app h1')
    await again.context.close()

    const lost = await open()
    await lost.page.goto(at(''))
    await lost.page.waitForSelector('.door')
    await signIn(lost.page, owner)
    await lost.page.waitForSelector('.totp')
    await lost.page.click('form .link')
    await lost.page.fill('input[name=code]', backup)
    await lost.page.click('.btn.go')
    await lost.page.waitForSelector('.app h1')
    await lost.context.close()
    expect([...faults, ...again.faults, ...lost.faults]).toEqual([])
  }, 90_000)

  describe('with a shop full of guests', () => {
    let state: Awaited<ReturnType<BrowserContext['storageState']>>
    let guestId = ''

    beforeAll(async () => {
      await service.doorman('demo', '--guests', '300', '--days', '40')
      const made = await service.doorman<{ apiKey: string }>(
        'setup',
        ...['--merchant', 'Qinglan 青岚', '--site', 'Nanjing Rd', '--site-slug', site],
        ...['--owner-email', demoOwner.email, '--owner-password', demoOwner.password],
      )
      apiKey = made.json?.apiKey ?? ''
      await service.doorman('ap', '--site', site, '--guests', '2')
      const { items } = await service.api<{ items: { id: string }[] }>(apiKey, '/guests?limit=1')
      guestId = items[0]?.id ?? ''
      const { context, page } = await open()
      await page.goto(at(''))
      await page.waitForSelector('.door')
      await signIn(page, demoOwner)
      await page.waitForSelector('.strip')
      state = await context.storageState()
      await context.close()
    }, 120_000)

    // Words fit or not by language and width; the rest is seen once in each language, scheme and width.
    describe.each([
      ['English', 'en', 'light', 1280, inspect],
      ['Chinese', 'zh-CN', 'dark', 360, inspect],
      ['English', 'en', 'light', 360, wideness],
      ['Chinese', 'zh-CN', 'dark', 1280, wideness],
    ] as const)('in %s (%s), %s, %i px wide', (_language, lang, colorScheme, width, inspect) => {
      const enter = async () => {
        const opened = await open({ storageState: state, colorScheme, viewport: { width, height: 800 } })
        await opened.context.addCookies([{ name: 'doorman-lang', value: lang, url: service.url }])
        return opened
      }

      it('every page', async () => {
        const { context, page, faults } = await enter()
        const found: Record<string, unknown> = {}
        for (const [name, path, there] of [...pages, ['a guest', `guests/${guestId}`, '.profile'] as const]) {
          await page.goto(at(path))
          await page.waitForSelector(there)
          expect(await page.getAttribute('html', 'lang')).toBe(lang)
          const seen = await inspect(page)
          if (seen.length) found[name] = seen
        }
        expect(found).toEqual({})
        expect(faults).toEqual([])
        await context.close()
      }, 120_000)

      it('what opens over them', async () => {
        const { context, page, faults } = await enter()
        const found: Record<string, unknown> = {}
        for (const [name, path] of dialogs) {
          await page.goto(at(path))
          await page.waitForSelector('dialog[open]')
          const seen = await inspect(page)
          if (seen.length) found[name] = seen
        }
        expect(found).toEqual({})
        expect(faults).toEqual([])
        await context.close()
      }, 120_000)
    })

    it('finds a guest, a page and an action by keyboard alone', async () => {
      const { context, page } = await open({ storageState: state })
      const { items } = await service.api<{ items: { id: string; name: string | null }[] }>(
        apiKey,
        '/guests?limit=50',
      )
      const named = items.find(({ name }) => name)
      await page.goto(at(''))
      await page.waitForSelector('.strip')
      await page.keyboard.press('/')
      await page.waitForSelector('dialog[open]')
      await page.keyboard.type(named?.name ?? '')
      await page.waitForSelector('.find-one:has-text("****")')
      await look(page)
      await page.keyboard.press('Enter')
      await page.waitForSelector('.profile')
      expect(page.url()).toContain('/admin/guests/')
      await page.keyboard.press('Control+k')
      await page.waitForSelector('dialog[open]')
      await page.keyboard.type('trust')
      await page.keyboard.press('Enter')
      await page.waitForSelector('.chain')
      await context.close()
    })

    it('shows the splash page of the portal itself, where nothing can be pressed', async () => {
      const { context, page } = await open({ storageState: state })
      await page.goto(at('sites'))
      const frame = page.frameLocator('.phone iframe')
      await frame.locator('body[data-step="splash"]').waitFor()
      expect(await page.locator('.fit').getAttribute('inert')).not.toBeNull()
      await context.close()
    })

    it('takes in a colleague by a link, who sees only their part', async () => {
      const { context, page } = await open({ storageState: state })
      await page.goto(at('settings/staff?add=staff'))
      await page.waitForSelector('dialog[open]')
      await page.fill('dialog input >> nth=0', 'Li Na')
      await page.fill('dialog input[type=email]', 'li.na@qinglan.example')
      await page.click('dialog .btn.go')
      await page.waitForSelector('dialog .code')
      await look(page)
      const link = ((await page.locator('dialog .code').textContent()) ?? '').trim()
      await context.close()

      const own = await open()
      await own.page.goto(link)
      await own.page.waitForSelector('input[name=password]')
      await look(own.page)
      await own.page.fill('input[name=password]', 'a long enough password')
      await own.page.click('.btn.go')
      await own.page.waitForURL('**/sign-in')
      await own.page.waitForSelector('input[name=email]')
      await signIn(own.page, { email: 'li.na@qinglan.example', password: 'a long enough password' })
      await own.page.waitForSelector('.app')
      const rail = await own.page.locator('.rail nav > a').allInnerTexts()
      expect(rail).not.toContain('Trust')
      await look(own.page)
      await own.page.goto(link)
      await own.page.waitForSelector('.blank h1')
      await own.context.close()
    }, 60_000)

    it('waits for an answer that takes longer than the time between two questions', async () => {
      const { context, page } = await open({ storageState: state })
      await page.route(/\/api\/v1\/today/, async (route) => {
        await new Promise((done) => setTimeout(done, 6000))
        await route.continue().catch(() => {})
      })
      await page.goto(at(''))
      await page.waitForSelector('.strip', { timeout: 20_000 })
      await context.close()
    }, 60_000)

    it('gives up a question that nobody answers, and asks again', async () => {
      const { context, page } = await open({ storageState: state })
      let asked = 0
      await page.route(/\/api\/v1\/today/, (route) => (asked++ === 0 ? undefined : route.continue()))
      await page.goto(at(''))
      await page.waitForSelector('.strip', { timeout: 40_000 })
      expect(asked).toBeGreaterThan(1)
      await context.close()
    }, 60_000)

    it('says that the server does not answer, keeps what is on the page, and mends by itself', async () => {
      const { context, page } = await open({ storageState: state })
      await page.goto(at(''))
      await page.waitForSelector('.strip')
      await context.setOffline(true)
      await page.waitForSelector('.stale', { timeout: 15_000 })
      expect(await page.locator('.strip').count()).toBe(1)
      await look(page)
      await context.setOffline(false)
      await page.waitForSelector('.stale', { state: 'detached', timeout: 15_000 })
      await context.close()
    }, 60_000)
  })
})

/** Nothing that axe finds, nothing wider than the window. */
const inspect = async (page: Page) => [...(await wideness(page)), ...(await findings(page))]

async function wideness(page: Page): Promise<string[]> {
  const wide = await widest(page)
  return wide ? [`wider than the window: ${wide}`] : []
}

const look = async (page: Page) => expect(await inspect(page)).toEqual([])

/** RFC 6238: six digits of HMAC-SHA-1 over the count of half minutes. */
function totp(secret: string, nowMs = Date.now()): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)))
  const count = Buffer.alloc(8)
  count.writeBigUInt64BE(BigInt(Math.floor(nowMs / 30_000)))
  const mac = createHmac('sha1', key).update(count).digest()
  const offset = (mac.at(-1) ?? 0) & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
