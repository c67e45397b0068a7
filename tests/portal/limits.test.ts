import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeLimits } from '../../db/access/code-limits.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { codeIn, newMac, openShop } from './shop.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

const phoneAt = (n: number) => `138${String(n).padStart(4, '0')}${String(1000 + (n % 9000))}`

describe('messages are limited', () => {
  test('another message waits 60, 120, 300 and 900 seconds and repeats the same code', async () => {
    const shop = await openShop({ database })
    const guest = shop.guest()
    await guest.arrive()
    await guest.askCode()
    for (const [index, wait] of codeLimits.backOffSeconds.slice(0, 2).entries()) {
      await guest.submit('/resend')
      expect(guest.status).toBe(429)
      shop.pass(wait - 1)
      await guest.submit('/resend')
      expect(guest.status).toBe(429)
      expect(Number(guest.headers.get('retry-after'))).toBe(1)
      shop.pass(1)
      await guest.submit('/resend')
      expect(guest.status).toBe(200)
      expect(guest.words).toContain('Sent again, the same code')
      expect((await shop.texts()).length).toBe(index + 2)
    }
    const codes = new Set((await shop.texts()).map((message) => codeIn(message.text)))
    expect(codes.size).toBe(1)
    await guest.submit('/code', { code: [...codes][0] ?? '' })
    expect(guest.step).toBe('release')
  })

  test('no number gets more than five messages an hour and ten a day', async () => {
    const shop = await openShop({ database })
    for (let minute = 0; minute < 24 * 60; minute += 5) {
      const guest = shop.guest()
      await guest.arrive()
      await guest.askCode()
      shop.pass(300)
      if (minute === 55) expect((await shop.texts()).length).toBeLessThanOrEqual(5)
    }
    expect((await shop.texts()).length).toBeLessThanOrEqual(10)
  }, 90_000)

  test('one device asks for three numbers and eight messages a day at most', async () => {
    const shop = await openShop({ database })
    const mac = newMac()
    for (let index = 0; index < 40; index++) {
      const guest = shop.guest(mac)
      await guest.arrive()
      await guest.get(`${guest.path}`)
      const arrival = /value="(arr_[^"]*)"/.exec(guest.html)?.[1] ?? ''
      await guest.post(`/s/${shop.slug}/phone`, { arrival, phone: phoneAt(index % 5), terms: '1' })
      shop.pass(1000)
    }
    const sent = await shop.texts()
    expect(new Set(sent.map((message) => message.to)).size).toBe(3)
    expect(sent.length).toBe(8)
  })

  test('numbers that differ in their last four digits get five messages in ten minutes', async () => {
    const shop = await openShop({ database })
    for (let index = 0; index < 10; index++) {
      const guest = shop.guest()
      await guest.arrive()
      await guest.askCode(`1380013${8000 + index}`)
      if (index === 9) {
        expect(guest.status).toBe(429)
        expect(guest.step).toBe('splash')
        expect(guest.html).toContain('value="13800138009"')
      }
    }
    expect((await shop.texts()).length).toBe(5)
  })

  test('50 requests at once for one number send one message', async () => {
    const shop = await openShop({ database })
    const guests = await Promise.all(Array.from({ length: 50 }, () => shop.guest().arrive()))
    await Promise.all(guests.map((guest) => guest.askCode()))
    expect((await shop.texts()).length).toBe(1)
  })

  test('the daily cap of the merchant holds against a crowd; a guest known before still gets a code', async () => {
    const shop = await openShop({ database, settings: { smsPerDay: 12 } })
    const known = shop.guest()
    await known.arrive()
    await known.askCode('13999139999')
    await known.submit('/code', { code: codeIn((await shop.texts())[0]?.text ?? '') })
    expect(known.step).toBe('release')
    const crowd = await Promise.all(Array.from({ length: 60 }, () => shop.guest().arrive()))
    await Promise.all(crowd.map((guest, index) => guest.askCode(phoneAt(index + 100))))
    expect((await shop.texts()).length).toBe(12)
    expect(crowd.at(-1)?.words).toContain('No codes right now')
    shop.pass(3600)
    const again = shop.guest()
    await again.arrive()
    await again.askCode('13999139999')
    expect(again.step).toBe('code')
  })

  test('pumping is noticed: after 50 messages whose codes nobody types, new numbers wait an hour', async () => {
    const shop = await openShop({ database })
    let sent = 0
    for (let index = 0; index < 70; index++) {
      const guest = shop.guest()
      await guest.arrive()
      await guest.askCode(phoneAt(index + 300))
      sent += guest.step === 'code' ? 1 : 0
      shop.pass(20)
    }
    expect(sent).toBeGreaterThanOrEqual(50)
    expect(sent).toBeLessThanOrEqual(57)
  }, 60_000)
})

describe('only numbers a shop means to text', () => {
  test.each([
    ['another country', '+447400123456', 'We can’t text numbers of that country'],
    ['a fixed line', '+862155550142', 'We can only text mobile numbers'],
    ['a digit too few', '1380013800', 'One digit is missing: +86 takes 11.'],
    ['a digit too many', '138001380001', 'One digit too many: +86 takes 11.'],
    ['a premium number', '+4690012345', 'We can’t text numbers of that country'],
    ['words', '<script>alert(1)</script>', 'There is no such number'],
    ['nothing', '', 'Type your mobile number'],
  ])('%s is refused beside the field, and what was typed stays', async (_, phone, words) => {
    const shop = await openShop({ database })
    const guest = shop.guest()
    await guest.arrive()
    await guest.askCode(phone, { marketing: '1' })
    expect(guest.status).toBe(422)
    expect(guest.words).toContain(words)
    expect(guest.html).toContain('id="marketing"')
    expect(/<input type="checkbox" id="marketing"[^>]* checked/.test(guest.html)).toBe(true)
    expect((await shop.texts()).length).toBe(0)
  })

  test('a full number wins over the country beside it', async () => {
    const shop = await openShop({ database, settings: { smsCountries: ['SG'] } })
    const guest = shop.guest()
    await guest.arrive()
    expect(guest.html).toContain('SG +65')
    await guest.askCode('0086 138 0013 8000', { country: 'SG' })
    expect((await shop.texts())[0]?.to).toBe('+8613800138000')
  })

  test('the box of the terms is asked for in its own words', async () => {
    const shop = await openShop({ database })
    const guest = shop.guest()
    await guest.arrive()
    await guest.submit('/phone', { phone: '13800138000' })
    expect(guest.status).toBe(422)
    expect(guest.words).toContain('Tick this box to go on')
    expect(guest.html).toContain('value="13800138000"')
    expect((await shop.texts()).length).toBe(0)
  })
})

test('a stolen database gives no live code', async () => {
  const shop = await openShop({ database })
  const guest = shop.guest()
  await guest.arrive()
  await guest.askCode()
  const code = codeIn((await shop.texts())[0]?.text ?? '')
  const rows = await shop.db
    .sql`select row_to_json(c)::text as text from codes c where merchant_id = ${shop.merchantId}
    union all select row_to_json(m)::text from messages m where merchant_id = ${shop.merchantId}
    union all select row_to_json(a)::text from arrivals a where merchant_id = ${shop.merchantId}`
  for (const { text } of rows) {
    expect(text).not.toContain(code)
    expect(text).not.toContain('13800138000')
  }
})
