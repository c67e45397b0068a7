import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildPanel } from '../../admin/build.ts'
import { describePeer } from '../peers/product.ts'
import { openBrowser } from '../support/chromium.ts'
import { Service } from '../support/service.ts'
import { widest } from './axe.ts'

const owner = { email: 'owner@example.com', password: 'a long enough password' }
const site = 'qinglan-nanjing'
const markup = `"><img src=x onerror=alert(1)><script>alert(2)</script>`

/** A name, a note or an identifier is what somebody typed, wherever it is shown (P-7 of CVE-2025-50740 and its kin). */
describePeer('Markup that somebody wrote into a name', { chromium: 'chromium' }, () => {
  let service: Service
  let browser: Browser
  let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>
  let guestId: string
  let siteId: string

  beforeAll(async () => {
    await buildPanel()
    service = await Service.start()
    browser = await openBrowser()
    await service.doorman('demo', '--guests', '100', '--days', '30')
    const { json } = await service.doorman<{ apiKey: string; siteId: string }>(
      ...['setup', '--merchant', 'Qinglan 青岚', '--site', 'Nanjing Rd', '--site-slug', site],
      ...['--owner-email', owner.email, '--owner-password', owner.password],
    )
    siteId = json?.siteId ?? ''
    const { items } = await service.api<{ items: { id: string }[] }>(json?.apiKey ?? '', '/guests?limit=1')
    guestId = items[0]?.id ?? ''
    const page = await browser.newPage({ locale: 'en-GB' })
    await page.goto(`${service.url}/admin/`)
    await page.fill('input[type=email]', owner.email)
    await page.fill('input[type=password]', owner.password)
    await page.keyboard.press('Enter')
    await page.waitForSelector('h1:has-text("Today")')
    await spoil(page)
    signedIn = await page.context().storageState({})
    await page.context().close()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await service?.close()
  }, 30_000)

  async function spoil(page: Page) {
    const secret = 'a-radius-secret-of-this-test'
    const nas = { siteId, gateway: 'uam', name: markup, nasIdentifier: markup, secret }
    for (const [method, path, body] of [
      ['PATCH', `/guests/${guestId}`, { name: markup }],
      ['POST', `/guests/${guestId}/interactions`, { kind: 'note', text: markup }],
      ['POST', `/guests/${guestId}/interactions`, { kind: 'complaint', text: markup }],
      ['PATCH', `/sites/${siteId}`, { subtitle: markup }],
      ['POST', '/nas', nas],
    ] as const) {
      const send = ([how, to, what]: readonly string[]) =>
        fetch(`/api/v1${to}`, {
          method: how ?? '',
          headers: { 'content-type': 'application/json' },
          body: what ?? '',
        }).then((answer) => answer.status)
      expect(await page.evaluate(send, [method, path, JSON.stringify(body)]), path).toBeLessThan(300)
    }
  }

  it.each([
    ['Today', () => '/'],
    ['Guests', () => `/guests?q=${encodeURIComponent('img src')}`],
    ['a guest', () => `/guests/${guestId}`],
    ['Messages', () => '/messages'],
    ['Sites', () => `/sites/${siteId}`],
    ['Settings', () => '/settings'],
    ['Trust', () => '/trust'],
  ])(
    'stays text on %s, and fits',
    async (_name, path) => {
      const context = await browser.newContext({ locale: 'en-GB', storageState: signedIn })
      const page = await context.newPage()
      const faults: string[] = []
      page.on('dialog', (dialog) => {
        faults.push(`a dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      page.on('pageerror', (error) => void faults.push(error.message))
      page.on('console', (said) => said.type() === 'error' && faults.push(said.text()))
      await page.goto(`${service.url}/admin${path()}`)
      await page.waitForSelector('h1')
      await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => {})
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 })
        expect(await widest(page), `${width}`).toBeUndefined()
      }
      expect(await page.locator('img[src=x], script:not([src])').count()).toBe(0)
      expect(faults).toEqual([])
      await context.close()
    },
    60_000,
  )

  it('stays text on the guest’s own pages', async () => {
    const page = await browser.newPage()
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    const query = new URLSearchParams({
      res: 'notyet',
      uamip: '10.1.0.1',
      uamport: '3990',
      mac: 'A6-4F-00-00-00-01',
      nasid: site,
      ssid: markup,
      userurl: `http://example.com/${markup}`,
    })
    await page.goto(`${service.url}/s/${site}?${query}`)
    expect(await page.textContent('.brand')).toContain(markup)
    expect(await page.locator('img[src=x]').count()).toBe(0)
    expect(dialogs).toEqual([])
    await page.close()
  })
})
