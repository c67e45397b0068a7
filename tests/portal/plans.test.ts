import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyAccounting } from '../../db/access/accounting.ts'
import { topUp } from '../../db/crm/balances.ts'
import { transaction } from '../../db/index.ts'
import { insertPlan, type PlanLimits } from '../../db/network/plans.ts'
import { changeSite } from '../../db/network/sites.ts'
import { parseMac } from '../../db/values/mac.ts'
import { balanceNotices } from '../../portal/jobs/balance-notice.ts'
import { codeIn, openShop, type Shop, type Visitor } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ site: { timeZone: 'Asia/Shanghai' } })
  // Noon in Shanghai, so that no test meets midnight.
  shop.clock.now = new Date(`${new Date().toISOString().slice(0, 10)}T04:00:00Z`)
})
afterAll(() => shop.close())

const usePlan = async (limits: Partial<PlanLimits>) => {
  const plan = await transaction(shop.ctx(), (tx) =>
    insertPlan(tx, shop.ctx(), { name: '畅聊', sessionTimeoutSeconds: 7200, ...limits }),
  )
  await shop.db.sql`update sites set plan_id = ${plan.id} where id = ${shop.site.id}`
  return plan
}

const signIn = async (phone: string, language = 'en'): Promise<Visitor> => {
  // Codes for one number keep their distance.
  shop.pass(120)
  const guest = shop.guest(undefined, { 'accept-language': language })
  await guest.arrive()
  await guest.submit('/phone', { phone, country: 'CN', terms: '1' })
  await guest.submit('/code', {
    code: codeIn((await shop.texts()).find(({ to }) => to === `+86${phone}`)?.text ?? ''),
  })
  return guest
}

/** The gateway's word that this guest has been online so long and moved so much. */
const report = async (guest: Visitor, seconds: number, octets = 0n) => {
  const mac = parseMac(guest.mac) as string
  const [grant] = await shop.db.sql`
    update grants set bound_at = ${shop.clock.now} where mac = ${mac} and admits = 'credential' returning id, guest_id`
  const at = shop.clock.now
  const { metered: sessions } = await applyAccounting(shop.db, [
    {
      merchantId: shop.merchantId,
      nasId: shop.nas.id,
      siteId: shop.site.id,
      status: 'interim',
      acctSessionId: `of-${mac}`,
      callingStationId: mac,
      calledStationId: null,
      acctMultiSessionId: null,
      userName: null,
      class: String(grant?.id),
      framedIpAddress: null,
      at,
      sessionTimeSeconds: seconds,
      inputOctets: octets,
      outputOctets: 0n,
      inputPackets: 0n,
      outputPackets: 0n,
      hasGigawords: true,
      terminateCause: null,
      marks: [],
      receivedAt: at,
      packet: '',
    },
  ])
  return { guestId: String(grant?.guest_id), sessions }
}

const capport = async (guest: Visitor) => {
  const response = await shop.app.request(
    `https://wifi.example.com/capport/${shop.slug}?mac=${encodeURIComponent(guest.mac)}`,
  )
  return (await response.json()) as Record<string, unknown>
}

describe('a guest with half an hour a day', () => {
  test('sees what is left, and the phone knows it too (RFC 8908)', async () => {
    await usePlan({ dailySeconds: 1800, dailyOctets: 500_000_000n })
    const guest = await signIn('13800138101')
    await report(guest, 600, 20_000_000n)
    await guest.get(guest.path)
    expect(guest.step).toBe('online')
    expect(guest.words).toContain('20 minutes, 480 MB')
    expect(guest.words).toContain('until 12:22')
    expect(await capport(guest)).toMatchObject({
      captive: false,
      'seconds-remaining': 1200,
      'bytes-remaining': 480_000_000,
    })
  })

  test('is told kindly when it is used up, from when there is more, and is captive again', async () => {
    const guest = await signIn('13800138102')
    await report(guest, 1800)
    await guest.arrive()
    expect(guest.step).toBe('refused')
    expect(guest.words).toContain('Today’s free time is used up')
    expect(guest.words).toMatch(/Online again\s.*00:00/)
    expect(await capport(guest)).toMatchObject({ captive: true })
    const chinese = await signIn('13800138105', 'zh-CN')
    await report(chinese, 1800)
    await chinese.arrive()
    expect(chinese.words).toContain('今天的免费时长已用完')
  })

  test('does not get it twice by signing in once more', async () => {
    const guest = await signIn('13800138102')
    expect(guest.step).toBe('refused')
    expect(guest.words).toContain('Today’s free time is used up')
  })
})

describe('a shop that is closed', () => {
  test('says so before anybody types a number, and when it opens', async () => {
    await usePlan({})
    const open = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '18:00', to: '02:00' }))
    await changeSite(shop.ctx(), shop.site.id, { openingHours: open })
    const guest = shop.guest()
    await guest.arrive()
    expect(guest.step).toBe('refused')
    expect(guest.words).toContain('Wi-Fi is closed now')
    expect(guest.words).toMatch(/Opens\s.*18:00/)
    // Half past one at night belongs to the evening before.
    const noon = shop.clock.now
    const lateAt = new Date(`${noon.toISOString().slice(0, 10)}T17:28:00Z`)
    shop.clock.now = lateAt
    await guest.arrive()
    expect(guest.step).toBe('splash')
    const late = await signIn('13800138103')
    expect(late.step).toBe('release')
    await report(late, 0)
    expect(await capport(late)).toMatchObject({ captive: false, 'seconds-remaining': 1800 })
    shop.clock.now = new Date(noon.getTime() + 86_400_000)
    await changeSite(shop.ctx(), shop.site.id, { openingHours: null })
  })
})

describe('a shop that sells its Wi-Fi', () => {
  test('lets in who has paid, tells them once in their language, and says where to pay when it is used up', async () => {
    const plan = await usePlan({ isPrepaid: true, sessionTimeoutSeconds: null, noticePercent: 10 })
    const guest = await signIn('13800138104')
    expect(guest.step).toBe('refused')
    expect(guest.words).toContain('Your balance is used up')
    const [row] = await shop.db.sql`select guest_id from grants where mac = ${parseMac(guest.mac) as string}`
    const guestId = String(row?.guest_id)
    await topUp(shop.ctx(), { guestId, planId: plan.id, seconds: 3600, reason: 'receipt 7' })
    await guest.arrive()
    expect(guest.step).not.toBe('refused')
    await report(guest, 3300)
    const notice = { merchantId: shop.merchantId, entryId: '' }
    const [entry] = await shop.db.sql`select id from balance_entries where guest_id = ${guestId}`
    notice.entryId = String(entry?.id)
    await shop.db.sql`insert into balance_notices (merchant_id, entry_id, session_id, at)
      select merchant_id, ${notice.entryId}, id, now() from sessions where guest_id = ${guestId}`
    const tell = balanceNotices({ db: shop.db, now: () => shop.clock.now })
    await tell(notice)
    await tell(notice)
    const told = (await shop.texts()).filter(({ kind }) => kind === 'notice')
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ to: '+8613800138104', guestId })
    expect(told[0]?.text).toContain('5 minutes left of 畅聊')
  })

  test('wakes nobody at night who has left', async () => {
    const [row] = await shop.db.sql`select entry_id from balance_notices limit 1`
    const entryId = String(row?.entry_id)
    await shop.db.sql`update balance_notices set message_id = null`
    await shop.db.sql`update sessions set stopped_at = now()`
    const before = (await shop.texts()).length
    const night = new Date(shop.clock.now.getTime() + 11 * 3_600_000)
    await balanceNotices({ db: shop.db, now: () => night })({ merchantId: shop.merchantId, entryId })
    expect((await shop.texts()).length).toBe(before)
    const [job] = await shop.db.sql`select start_after from pgboss.job where name = 'balance.notice'
      order by created_on desc limit 1`
    expect(Number(job?.start_after) - Date.now()).toBeGreaterThan(8.9 * 3_600_000)
  })
})
