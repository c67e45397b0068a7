import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShop, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const arrivals = async () =>
  (await shop.db.sql`select count(*)::int as count from arrivals where merchant_id = ${shop.merchantId}`)[0]
    ?.count

test('a shop looks at its splash page, in the language it asks for, and no guest has arrived', async () => {
  const before = await arrivals()
  const english = await shop.guest().get(`/s/${shop.slug}/preview?lang=en`)
  const chinese = await shop.guest().get(`/s/${shop.slug}/preview?lang=zh-CN`)
  expect(english.html).toContain('<html lang="en"')
  expect(chinese.html).toContain('<html lang="zh')
  for (const { html } of [english, chinese]) {
    expect(html).toContain('data-step="splash"')
    expect(html).not.toMatch(/name="arrival"|arr_/)
  }
  expect(await arrivals()).toBe(before)
})

test('only a page of our own may frame it, and it is as strict as the splash in all else', async () => {
  const guest = shop.guest()
  await guest.get(`/s/${shop.slug}/preview`)
  const policy = guest.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("frame-ancestors 'self'")
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  expect(guest.headers.get('x-frame-options')).toBe('SAMEORIGIN')
  expect(guest.headers.get('cache-control')).toBe('no-store')
})

test('a site that is not there has no splash page to look at', async () => {
  const guest = shop.guest()
  await guest.get('/s/nowhere-at-all/preview')
  expect(guest.status).toBe(404)
  expect(guest.headers.get('x-frame-options')).toBe('DENY')
})
