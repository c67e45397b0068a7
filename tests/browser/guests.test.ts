import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildPanel } from '../../admin/build.ts'
import { comeOnline, type Shop } from '../journeys/phone.ts'
import { describePeer } from '../peers/product.ts'
import { openBrowser } from '../support/chromium.ts'
import { Service } from '../support/service.ts'

const owner = { email: 'owner@example.com', password: 'a long enough password' }
const secret = 'a-radius-secret-of-this-test'
const note = 'Likes the table by the window. 喜欢龙井。'

describePeer('A shop owner and the guests of the day', { chromium: 'chromium' }, () => {
  let service: Service
  let browser: Browser
  let shop: Shop
  let page: Page
  const faults: string[] = []
  const visits: { leave(seconds: number): Promise<void> }[] = []

  beforeAll(async () => {
    await buildPanel()
    service = await Service.start()
    const { json } = await service.doorman<{ apiKey: string; siteSlug: string }>(
      ...['setup', '--merchant', 'Qinglan', '--site', 'Nanjing Rd', '--site-slug', 'tea'],
      ...['--owner-email', owner.email, '--owner-password', owner.password, '--owner-name', 'Shen Lan'],
      ...['--gateway', 'uam', '--nas-address', '127.0.0.1', '--nas-secret', secret],
    )
    shop = { apiKey: json?.apiKey ?? '', siteSlug: json?.siteSlug ?? '', secret }
    browser = await openBrowser()
    page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1280, height: 800 } })
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (said) => said.type() === 'error' && faults.push(said.text()))
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await Promise.all(visits.map((visit) => visit.leave(60)))
    await service?.close()
  }, 30_000)

  const arrives = async (phone: string, mac: string, marketing = false) => {
    visits.push(await comeOnline(service, shop, { phone, mac, marketing }))
  }
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  const shows = (what: string, count: number) =>
    expect.poll(() => page.locator(what).count(), { timeout: 10_000 }).toBe(count)
  const focused = () => page.evaluate<string>('document.activeElement.innerText')

  it('signs in, and is told before the first guest what will appear and how', async () => {
    await page.goto(`${service.url}/admin/`)
    await page.fill('input[type=email]', owner.email)
    await page.fill('input[type=password]', owner.password)
    await press('Enter')
    await page.getByText('The first guest has not come in yet').waitFor()
    expect(await page.locator('.kv').textContent()).toContain('ap --site tea')
    await page.goto(`${service.url}/admin/guests`)
    await page.getByText('No guest has come in yet').waitFor()
    expect(faults.filter((text) => !text.includes('401'))).toEqual([])
    faults.length = 0
  })

  it('sees a guest come in without touching anything, with what to say', async () => {
    await page.goto(`${service.url}/admin/`)
    await page.getByText('The first guest has not come in yet').waitFor()
    await arrives('+8613800138000', '02-00-00-00-00-01', true)
    const row = page.locator('.live .row', { hasText: '138****8000' })
    await row.waitFor({ timeout: 15_000 })
    expect(await row.textContent()).toContain('1st')
    expect(await row.textContent()).toContain('First visit. Agreed to offers')
    expect(await row.getAttribute('class')).toContain('fresh')
    await arrives('+8613900139111', '02-00-00-00-00-02')
    await page.locator('.live .row', { hasText: '139****9111' }).waitFor({ timeout: 15_000 })
    expect(await page.locator('.stat').first().textContent()).toMatch(/Online now\s*2\s*\+2 from 0/)
    await page.locator('.vh[role=status]', { hasText: '139****9111 just came in' }).waitFor({
      state: 'attached',
    })
  })

  it('moves through the busy hours by the arrow keys, with one tab stop, and reads each value', async () => {
    const cells = page.locator('[role=gridcell]')
    expect(await cells.and(page.locator('[tabindex="0"]')).count()).toBe(1)
    await cells.and(page.locator('[tabindex="0"]')).focus()
    await press('Home')
    const before = await page.evaluate<string>('document.activeElement.getAttribute("aria-label")')
    await press('ArrowRight')
    const after = await page.evaluate<string>('document.activeElement.getAttribute("aria-label")')
    expect(before).toMatch(/^\w+day \d+–\d+ h: [\d.]+ visits?$/)
    expect(after).not.toBe(before)
    expect(await cells.and(page.locator('[tabindex="0"]')).count()).toBe(1)
  })

  it('finds a guest by the last four digits, by keyboard alone, and no digit stands in the address', async () => {
    await page.goto(`${service.url}/admin/guests`)
    await page.locator('.guests tbody tr').nth(1).waitFor()
    await press('/')
    await page.keyboard.type('8000')
    await press('Enter')
    await page.locator('[data-guest] a.name:focus').waitFor()
    await shows('.guests tbody tr', 1)
    expect(await page.locator('.guests tbody').textContent()).toContain('138****8000')
    expect(new URL(page.url()).search).not.toContain('8000')
    await page.reload()
    await page.getByText('1 guest', { exact: true }).waitFor()
    expect(await page.inputValue('.seek input')).toBe('8000')
  })

  it('opens the profile beside the list and gives the guest a name, which can be undone', async () => {
    await press('j', 'Enter')
    await page.locator('.panel .body').waitFor()
    expect(page.url()).toMatch(/[?&]guest=gst_/)
    await press('e')
    await page.locator('.panel .rename input').waitFor()
    await page.keyboard.type('陈静怡')
    await press('Enter')
    await page.locator('.panel h2.name', { hasText: '陈静怡' }).waitFor()
    await page.locator('.guests .name', { hasText: '陈静怡' }).waitFor()
    await page.locator('.toast', { hasText: '陈静怡' }).getByRole('button', { name: 'Undo' }).click()
    await page.locator('.panel h2.name', { hasText: 'No name yet' }).waitFor()
    await page.reload()
    await page.locator('.panel h2.name', { hasText: 'No name yet' }).waitFor()
    await press('Escape')
    await page.locator('.panel').waitFor({ state: 'detached' })
    expect(page.url()).not.toContain('guest=')
  })

  it('goes to the full profile and writes a note, which stands in the timeline', async () => {
    await press('j', 'Shift+Enter')
    await page.locator('.composer textarea').waitFor()
    expect(page.url()).toMatch(/\/admin\/guests\/gst_\w+$/)
    await press('n')
    await page.keyboard.type(note)
    await press('Control+Enter')
    await page.locator('.tl q', { hasText: note }).waitFor()
    expect(await page.locator('.tl li', { hasText: note }).textContent()).toContain('Note by Shen Lan')
    expect(await page.inputValue('.composer textarea')).toBe('')
    await page.locator('.page > .say', { hasText: note }).waitFor()
  })

  it('sees the number only for a reason, and hides it again; both are on the timeline', async () => {
    expect(await page.locator('main').textContent()).not.toContain('138 0013 8000')
    await page.locator('.phead').getByRole('button', { name: 'Reveal' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.textContent()).toContain('You have revealed no number today.')
    await dialog.getByLabel('Something else').check()
    await dialog.getByRole('button', { name: 'Reveal for 2 minutes' }).click()
    await dialog.getByText('Say in a few words what it is for.').waitFor()
    await dialog.getByLabel('In a few words').fill('She left her umbrella')
    await press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.locator('.phead .clear', { hasText: '138 0013 8000' }).waitFor()
    const entry = page.locator('.tl li', { hasText: 'Number revealed' })
    await entry.waitFor()
    expect(await entry.textContent()).toContain('She left her umbrella')
    await page.locator('.phead').getByRole('button', { name: 'Hide' }).click()
    expect(await page.locator('main').textContent()).not.toContain('138 0013 8000')
    await page.locator('.phead').getByRole('button', { name: 'Reveal' }).click()
    expect(await dialog.textContent()).toContain('1 reveal by you in the last 24 hours.')
    await press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await focused()).toBe('Reveal')
  })

  it('keeps what is shown of the timeline in the address, and through a reload', async () => {
    await page
      .locator('.filters')
      .getByRole('button', { name: /^Notes/ })
      .click()
    await page.locator('.filters [aria-pressed=true]', { hasText: 'Notes' }).waitFor()
    await shows('.tl li', 1)
    expect(page.url()).toContain('kind=note')
    await page.reload()
    await page.locator('.tl q', { hasText: note }).waitFor()
    await shows('.tl li', 1)
  })

  it('takes back the yes to offers and sees it on the list, whose filters live in the address', async () => {
    await page.locator('#consents').waitFor()
    await page.getByRole('button', { name: 'Withdraw' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Write it down' }).click()
    await page.locator('.light.bad', { hasText: 'withdrawn' }).waitFor()
    await page.goto(`${service.url}/admin/guests`)
    await page.locator('.guests tbody tr').nth(1).waitFor()
    await press('f')
    await page.locator('.filter-menu').getByRole('button', { name: 'withdrawn' }).click()
    await press('Escape')
    await page.getByText('1 guest', { exact: true }).waitFor()
    expect(page.url()).toContain('consent=withdrawn')
    await page.reload()
    await page.locator('.chip', { hasText: 'withdrawn' }).waitFor()
    await shows('.guests tbody tr', 1)
  })

  it('blocks those who were selected, all at once, and undoes it', async () => {
    await page.goto(`${service.url}/admin/guests`)
    await page.locator('.guests tbody tr').nth(1).waitFor()
    await press('j', 'x', 'j', 'x')
    expect(await page.locator('.bulk b').textContent()).toBe('2 selected')
    await page.locator('.bulk').getByRole('button', { name: 'Block' }).click()
    await shows('.guests td.c-class .light.bad', 2)
    await page.locator('.toast').last().getByRole('button', { name: 'Undo' }).click()
    await shows('.guests td.c-class .light.bad', 0)
  })

  it('never met an error on the way', () => {
    expect(faults).toEqual([])
  })
})
