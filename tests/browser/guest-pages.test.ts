import { mkdirSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describePeer } from '../peers/product.ts'
import { findings, overflow } from './axe.ts'
import { openStage, type Phone, type Stage } from './stage.ts'

/** PICTURES=folder keeps a picture of every page as it was checked, to be laid beside the drawings. */
const pictures = process.env.PICTURES
/** Colours change with the scheme and places with the width: each of both is looked at by axe, the widths by a ruler too. */
const views = [
  ['light', 320, true],
  ['light', 390, false],
  ['dark', 390, false],
  ['dark', 1280, true],
] as const

describePeer('The guest’s pages, seen and heard', { chromium: 'chromium' }, () => {
  let stage: Stage
  let last = 2000
  const number = () => `139 ${++last} ${last + 6000}`

  beforeAll(async () => {
    if (pictures) mkdirSync(pictures, { recursive: true })
    const offer = {
      title: { en: 'Second pot at half price', 'zh-CN': '第二壶半价' },
      text: { en: 'Today until 18:00', 'zh-CN': '今天 18:00 前' },
    }
    stage = await openStage({ site: { look: { name: 'ink', offer } } })
  }, 60_000)
  afterAll(() => stage?.close(), 30_000)

  it('are looked at by eyes that see a fault', async () => {
    const one = await stage.phone()
    await one.join()
    await one.page.evaluate(
      `document.querySelector('h1').style.color = '#ccc'; document.documentElement.lang = ''`,
    )
    const found = (await findings(one.page)).map((finding) => finding.split(':')[0])
    expect(found).toEqual(expect.arrayContaining(['color-contrast', 'html-has-lang']))
    await one.close()
  })

  describe.each([
    ['English', 'en-GB'],
    ['Chinese', 'zh-CN'],
  ])('in %s', (_language, locale) => {
    const open = (more: Parameters<Stage['phone']>[0] = {}) => {
      stage.shop.pass(120)
      return stage.phone({ locale, ...more })
    }
    const look = (one: Phone, name: string) => inspect(one.page, `${name}-${locale.slice(0, 2)}`)

    it('the splash, empty and with both errors, nothing moving between them', async () => {
      const one = await open()
      await one.join()
      await look(one, 'splash')
      const before = await places(one.page)
      await one.page.evaluate(`document.getElementById('sign-in').noValidate = true`)
      await one.page.fill('#phone', '138 0013')
      await one.page.click('#sign-in .btn')
      await one.page.waitForSelector('.field.bad')
      expect(await places(one.page)).toEqual(before)
      await look(one, 'splash-errors')
      await one.page.click('.read summary')
      await look(one, 'splash-terms')
      await one.close()
    }, 120_000)

    it('the code, empty and wrong, nothing moving between them', async () => {
      const one = await open()
      await one.join()
      await one.askCode(number())
      await look(one, 'code')
      const before = await places(one.page)
      await one.page.fill('#code', '000000')
      await one.page.waitForSelector('.field.bad')
      expect(await places(one.page)).toEqual(before)
      await look(one, 'code-wrong')
      await one.close()
    }, 120_000)

    it('the hand-over, slow, and online', async () => {
      const one = await open()
      await one.join()
      await one.askCode(number())
      // An answer without content leaves a browser where it is, for as long as we look.
      const away = /\/logon\?|&slow=1/
      await one.page.route(away, (route) => route.fulfill({ status: 204 }))
      await one.page.fill('#code', await stage.code())
      await one.on('release')
      await look(one, 'release')
      await one.page.unroute(away)
      await one.page.route(/\/logon\?/, (route) => route.fulfill({ status: 204 }))
      await one.page.goto(`${one.page.url()}&slow=1`)
      await look(one, 'release-slow')
      await one.page.unrouteAll()
      await one.page.click('#release')
      await one.on('online')
      await look(one, 'online')
      await one.close()
    }, 120_000)

    it('the welcome of a guest who is back, and what the shop holds, masked, whole and closed', async () => {
      const one = await open()
      await one.join()
      await one.askCode(number(), { marketing: true })
      await one.page.fill('#code', await stage.code())
      await one.on('release')
      const proved = one.page.url()
      await one.on('online')
      await one.page.goto(proved)
      await one.page.click('footer a[href^="/me"]')
      await one.on('my-data')
      expect(await one.page.textContent('main')).toContain('+86 139')
      await look(one, 'my-data')
      await one.page.click('.more summary')
      await look(one, 'my-data-erase')
      await one.join()
      await look(one, 'welcome')
      await one.page.click('main .btn')
      await one.on('online')
      await one.page.click('footer a[href^="/me"]')
      await one.on('my-data')
      expect(await one.page.textContent('main')).toContain('139****')
      await look(one, 'my-data-masked')
      await one.page.goto(`${stage.portalUrl}/me`)
      await look(one, 'my-data-closed')
      await one.close()
    }, 120_000)

    it('the terms, and each refusal', async () => {
      const one = await open()
      await one.join()
      await one.page.click('footer a')
      await one.on('terms')
      await look(one, 'terms')
      const site = `${stage.portalUrl}/s/${stage.shop.slug}`
      for (const [name, path] of [
        ['refused-elsewhere', site],
        ['refused-stale', `${site}?a=arr_${'0'.repeat(26)}`],
        ['refused-unregistered', `${site}?fas=aGlkPTE=`],
        ['refused-not-found', `${stage.portalUrl}/s/no-such-shop`],
      ] as const) {
        await one.page.goto(path)
        expect(await one.step()).toBe('refused')
        await look(one, name)
      }
      await one.close()
    }, 120_000)
  })
})

/** Looks at a page in each width and scheme: no finding of axe, nothing wider than the window, also at twice the size. */
async function inspect(page: Page, name: string): Promise<void> {
  for (const [scheme, width, byAxe] of views) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 844 })
    const where = `${name} ${scheme} ${width}`
    if (byAxe) expect(await findings(page), where).toEqual([])
    expect(await overflow(page), where).toBeLessThanOrEqual(0)
    if (pictures)
      await page.screenshot({ path: `${pictures}/${name}-${scheme}-${width}.png`, fullPage: true })
  }
  await page.setViewportSize({ width: 390, height: 844 })
  await page.evaluate(`document.documentElement.style.fontSize = '200%'`)
  expect(await overflow(page), `${name} at twice the size`).toBeLessThanOrEqual(0)
  await page.evaluate(`document.documentElement.style.fontSize = ''`)
  await page.emulateMedia({ colorScheme: 'light' })
}

/** Where everything stands that a thumb or an eye is going to. */
const places = (page: Page) =>
  page.$$eval('h1, input:not([type=hidden]), button, label, .msg, footer', (all) =>
    all
      .filter((one) => one.getClientRects().length > 0)
      .map((one) => {
        const { x, y, height } = one.getBoundingClientRect()
        return `${one.tagName} ${one.id} ${Math.round(x)} ${Math.round(y + scrollY)} ${Math.round(height)}`
      }),
  )
