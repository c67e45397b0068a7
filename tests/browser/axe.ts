import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** What axe finds, by the rules of WCAG 2.2 A and AA and by good practice. */
export async function findings(page: Page): Promise<string[]> {
  // By the debugger, because the page's own policy lets no other script in.
  await page.evaluate(`window.axe || (() => { ${axe.source} })()`)
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'], selectors: false })`,
  )
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
}

/** Pixels by which a page is wider than its window. */
export const overflow = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')

/** The elements that make a page wider than its window; what scrolls in a frame of its own does not. */
export const widest = async (page: Page): Promise<string | undefined> =>
  (await overflow(page)) <= 0
    ? undefined
    : page.$$eval('body *', (all) => {
        const scrolls = (one: Element | null): boolean =>
          one !== null &&
          one !== document.body &&
          (/auto|scroll|hidden|clip/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement))
        return all
          .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !scrolls(one.parentElement))
          .map((one) => one.outerHTML.slice(0, 120))
          .slice(0, 5)
          .join(' | ')
      })
