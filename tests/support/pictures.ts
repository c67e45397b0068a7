import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildPanel } from '../../admin/build.ts'
import { openBrowser } from './chromium.ts'
import { Service } from './service.ts'

/**
 * npm run pictures: takes the pictures of the README from the running product, on a fresh database with the demo's
 * tea houses.
 */
const root = new URL('../../', import.meta.url).pathname
const site = 'qinglan-nanjing'
const owner = { email: 'owner@example.com', password: 'doorman demo owner' }

await buildPanel()
const service = await Service.start()
const browser = await openBrowser()
try {
  await must('demo', '--guests', '2000')
  await must(
    ...['setup', '--merchant', 'Qinglan 青岚', '--site', 'Nanjing Rd', '--site-slug', site],
    ...['--owner-email', owner.email, '--owner-name', 'Lin Yue', '--owner-password', owner.password],
  )
  await take('portal/splash/pictures/splash.png', splash)
  await take('admin/ui/pictures/today.png', today)
} finally {
  await browser.close()
  await service.close()
}

/** On a phone, in English: what a gateway's redirect opens. */
async function splash(path: string) {
  const viewport = { width: 390, height: 640 }
  const page = await browser.newPage({ locale: 'en-GB', viewport, deviceScaleFactor: 2, isMobile: true })
  const query = new URLSearchParams({
    res: 'notyet',
    uamip: '10.1.0.1',
    uamport: '3990',
    challenge: '00112233445566778899aabbccddeeff',
    mac: 'A6-4F-00-00-00-01',
    ip: '10.1.0.2',
    nasid: site,
  })
  await page.goto(`${service.url}/s/${site}?${query}`)
  await page.waitForSelector('body[data-step=splash]')
  await page.screenshot({ path })
}

/** On the laptop of the shop's owner, who has just signed in. */
async function today(path: string) {
  const page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1280, height: 860 } })
  await page.goto(`${service.url}/admin/`)
  await page.fill('input[type=email]', owner.email)
  await page.fill('input[type=password]', owner.password)
  await page.keyboard.press('Enter')
  await page.waitForSelector('h1:has-text("Today")')
  await page.waitForLoadState('networkidle').catch(() => {})
  await page.waitForTimeout(1000)
  await page.screenshot({ path })
}

async function take(path: string, taking: (to: string) => Promise<void>) {
  const to = join(root, path)
  mkdirSync(dirname(to), { recursive: true })
  await taking(to)
  process.stdout.write(`${path}\n`)
}

async function must(...words: string[]) {
  const answer = await service.doorman(...words)
  if (answer.code !== 0) throw new Error(answer.stderr)
}
