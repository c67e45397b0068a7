import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHttp } from '../../admin/process/http.ts'
import { newId } from '../../db/values/id.ts'
import { deriveDigits } from '../../db/values/keys.ts'
import { freeTcpPort } from '../support/ports.ts'
import { codeIn, openShop, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const lastCode = async (of: Shop) => codeIn((await of.texts())[0]?.text ?? '')
const wrongOf = (right: string) => String((Number(right) + 1) % 1_000_000).padStart(6, '0')

describe('somebody who guesses', () => {
  test('has twenty tries a number and day, whatever phone they hold, and then not even the right code helps', async () => {
    const own = await openShop({ database: shop.database })
    const tries = async () =>
      (
        await own.db.sql`select count(*)::int as count from code_tries where merchant_id = ${own.merchantId}`
      )[0]?.count
    for (let round = 0; round < 4; round++) {
      const guest = own.guest()
      await guest.arrive()
      await guest.askCode('13800138001')
      const right = await lastCode(own)
      for (let attempt = 0; attempt < 7; attempt++) await guest.submit('/code', { code: wrongOf(right) })
      expect(guest.step).toBe('code')
      own.pass(1000)
    }
    expect(await tries()).toBe(20)
    own.pass(3600)
    const guest = own.guest()
    await guest.arrive()
    await guest.askCode('13800138001')
    await guest.submit('/code', { code: await lastCode(own) })
    expect(guest.status).toBe(429)
    expect(guest.words).toContain('Too many wrong tries today')
    expect(await tries()).toBe(20)
    own.pass(86_400)
    const nextDay = own.guest()
    await nextDay.arrive()
    await nextDay.askCode('13800138001')
    await nextDay.submit('/code', { code: await lastCode(own) })
    expect(nextDay.step).toBe('release')
  })

  test('finds every digit as likely as another', () => {
    const counts = Array.from({ length: 6 }, () => new Array<number>(10).fill(0))
    const codes = 60_000
    for (let made = 0; made < codes; made++)
      [...deriveDigits(newId('cod'), 6)].forEach((digit, place) => {
        const of = counts[place] as number[]
        of[Number(digit)] = (of[Number(digit)] ?? 0) + 1
      })
    for (const of of counts) {
      const chiSquare = of.reduce((sum, count) => sum + (count - codes / 10) ** 2 / (codes / 10), 0)
      // 9 degrees of freedom: 39.3 is passed by chance once in 100,000 runs.
      expect(chiSquare).toBeLessThan(39.3)
    }
  })

  test('is not taken for a crowd: where most guests type their codes, none has to wait', async () => {
    const own = await openShop({ database: shop.database })
    let sent = 0
    for (let index = 0; index < 80; index++) {
      const guest = own.guest()
      await guest.arrive()
      await guest.askCode(`137${String(1000 + index)}1234`)
      sent += guest.step === 'code' ? 1 : 0
      if (index % 7 !== 0) await guest.submit('/code', { code: await lastCode(own) })
      own.pass(20)
    }
    expect(sent).toBe(80)
  }, 60_000)

  test('learns from no answer whether the shop knows a number', async () => {
    const own = await openShop({ database: shop.database })
    const known = own.guest()
    await known.arrive()
    await known.askCode('13811138111')
    await known.submit('/code', { code: await lastCode(own) })
    own.pass(7200)
    const seen: { status: number; html: string }[] = []
    for (const phone of ['13811138111', '13922239222']) {
      const guest = own.guest()
      await guest.arrive()
      await guest.askCode(phone)
      const { status, html } = guest
      seen.push({
        status,
        html: html.replace(/arr_[0-9a-z]+\.[A-Za-z0-9_-]+/g, 'arrival').replace(/\+86 [0-9 ]+/g, 'number'),
      })
    }
    expect(seen[0]).toEqual(seen[1])
  })
})

describe('a guest with two windows', () => {
  test('gets one text for both, and either may type the code', async () => {
    const own = await openShop({ database: shop.database, site: { rememberedDays: 0 } })
    const one = own.guest()
    await one.arrive()
    const other = own.guest(one.mac)
    await other.arrive()
    await one.askCode('13800138009')
    await other.askCode('13800138009')
    expect(await own.texts()).toHaveLength(1)
    const right = await lastCode(own)
    await other.submit('/code', { code: right })
    expect(other.step).toBe('release')
    await one.submit('/code', { code: right })
    expect(one.step).toBe('release')
    const [{ count } = { count: 0 }] = await own.db
      .sql`select count(*)::int as count from grants where merchant_id = ${own.merchantId}`
    expect(count).toBe(1)
  })

  test.each([1, 30, 300, 540])(
    'who closes one and comes back after %i s has the tries that were left',
    async (seconds) => {
      const own = await openShop({ database: shop.database })
      const guest = own.guest()
      await guest.arrive()
      await guest.askCode('13800138010')
      const right = await lastCode(own)
      await guest.submit('/code', { code: wrongOf(right) })
      own.pass(seconds)
      const reopened = own.guest(guest.mac, { 'user-agent': 'Mozilla/5.0' })
      await reopened.arrive()
      expect([reopened.step, reopened.requests]).toEqual(['code', 1])
      await reopened.submit('/code', { code: wrongOf(right) })
      expect(reopened.words).toContain('Three tries left')
      await reopened.submit('/code', { code: right })
      expect(reopened.step).toBe('release')
      expect(await own.texts()).toHaveLength(1)
    },
  )
})

describe('over a real socket', () => {
  let http: ReturnType<typeof createHttp>
  let port: number
  beforeAll(async () => {
    port = await freeTcpPort()
    http = createHttp({ host: '127.0.0.1', port, answer: shop.app.fetch })
    await http.listen()
  })
  afterAll(() => http.close(100))

  test.each(['phone', 'code', 'resend', 'back', 'language', 'terms'])(
    'a form of 5 MB without a length is cut off at the door of /%s',
    async (form) => {
      const { status, sent } = await pour(port, `/s/${shop.slug}/${form}`, 5_000_000)
      expect([413, 'reset']).toContain(status)
      expect(sent).toBeLessThan(5_000_000)
    },
  )

  test('nobody but a trusted proxy says where a guest comes from', async () => {
    const guest = shop.guest()
    const peers = async () =>
      (
        await shop.db
          .sql`select peer_ip from arrivals where merchant_id = ${shop.merchantId} and peer_ip is not null`
      ).map((row) => row.peer_ip as string)
    for (const header of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'cf-connecting-ip', 'true-client-ip'])
      for (const address of [
        '203.0.113.9',
        '::ffff:203.0.113.9',
        '203.0.113.9, 127.0.0.1',
        'for=203.0.113.9',
      ])
        await fetch(`http://127.0.0.1:${port}/s/${shop.slug}?${new URLSearchParams(guest.redirect())}`, {
          headers: { [header]: address },
        })
    expect(new Set(await peers())).toEqual(new Set(['127.0.0.1']))
  })
})

test('where the portal is reached by https, browsers are told to stay there, and no page may be framed', async () => {
  const guest = shop.guest()
  for (const path of [
    `/s/${shop.slug}`,
    `/s/${shop.slug}/terms`,
    '/me',
    '/s/none',
    '/nowhere',
    `/capport/${shop.slug}`,
  ]) {
    await guest.get(path)
    expect(guest.headers.get('strict-transport-security'), path).toMatch(/^max-age=31536000$/)
    if (!path.startsWith('/capport'))
      expect(guest.headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
  }
})

/** Posts a body in chunks and never says how long it is, until the other side has had enough. */
function pour(port: number, path: string, octets: number) {
  return new Promise<{ status: number | 'reset'; sent: number }>((done) => {
    let sent = 0
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const pouring = request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (answer) => {
      answer.resume()
      pouring.destroy()
      done({ status: answer.statusCode ?? 0, sent })
    })
    pouring.on('error', () => done({ status: 'reset', sent }))
    const block = 'x'.repeat(10_000)
    const more = () => {
      while (sent < octets && !pouring.destroyed) {
        sent += block.length
        if (!pouring.write(block)) return void pouring.once('drain', () => setTimeout(more, 1))
      }
      pouring.end()
    }
    more()
  })
}
