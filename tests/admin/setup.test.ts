import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordNasNews } from '../../db/network/nas-health.ts'
import { issueSetupCode } from '../../db/staff/set-up.ts'
import { letIn } from '../support/people.ts'
import { openPanel, type Panel, password } from './wing.ts'

const wish = (name = 'Qinglan') => ({
  owner: { name: 'Lan', email: `owner@${name.toLowerCase()}.example`, password },
  merchant: { name, country: 'CN', locale: 'zh-CN' },
  site: { name: 'Nanjing Road', slug: `${name.toLowerCase()}-nanjing`, ssid: name },
})

describe('The first start', () => {
  let panel: Panel
  beforeAll(async () => {
    panel = await openPanel()
  })
  afterAll(() => panel.close())

  it('says that nobody owns the installation, and takes no code that was not printed', async () => {
    const stranger = panel.browser()
    expect((await stranger.api('GET /setup')).json).toEqual({ needed: true, waiting: null })
    expect((await stranger.api('POST /setup/code', {}, { code: 'guessed' })).json).toEqual({ valid: false })
    const refused = await stranger.api('POST /setup', {}, { code: 'guessed', ...wish() })
    expect(refused).toMatchObject({ status: 403, code: 'setup.wrong-code' })
    expect((await stranger.api('GET /setup')).json).toMatchObject({ needed: true })
  })

  it('says which field is wrong, in the language of the person, and uses up no code', async () => {
    const code = await issueSetupCode(panel.db, panel.clock.now)
    const { owner, ...rest } = wish()
    const short = { code, ...rest, owner: { ...owner, password: 'short' } }
    const english = await panel.browser().api('POST /setup', {}, short)
    expect(english).toMatchObject({ status: 422, code: 'request.invalid' })
    expect(english.message).toBe('owner.password is too short: at least 12 characters.')
    const chinese = await panel.browser('zh-CN').api('POST /setup', {}, short)
    expect(chinese.message).toBe('owner.password 过短，至少 12 个字符。')
    expect((await panel.browser().api('POST /setup/code', {}, { code })).json).toEqual({ valid: true })
  })

  it('makes one owner of two who finish at once, and signs that one in', async () => {
    const codes = [
      await issueSetupCode(panel.db, panel.clock.now),
      await issueSetupCode(panel.db, panel.clock.now),
    ]
    const browsers = codes.map(() => panel.browser())
    const made = await Promise.all(
      browsers.map((browser, index) =>
        browser.api('POST /setup', {}, { code: codes[index], ...wish(index ? 'Other' : 'Qinglan') }),
      ),
    )
    expect(made.map(({ status }) => status).sort()).toEqual([201, 409])
    const winner = made.findIndex(({ status }) => status === 201)
    expect(made[winner]?.json.portalUrl).toMatch(/^https:\/\/wifi\.example\.com\/s\/(qinglan|other)-nanjing$/)
    expect((await browsers[winner]?.api('GET /me'))?.json).toMatchObject({ staff: { role: 'owner' } })
    expect((await browsers[1 - winner]?.api('GET /me'))?.status).toBe(401)
    const texts = await browsers[winner]?.api('GET /consent-texts')
    expect(texts?.json.total).toBe(4)
  })

  it('is over then: the codes that are left do nothing', async () => {
    const code = await issueSetupCode(panel.db, panel.clock.now)
    expect((await panel.browser().api('POST /setup/code', {}, { code })).json).toEqual({ valid: false })
    const late = await panel.browser().api('POST /setup', {}, { code, ...wish('Late') })
    expect(late).toMatchObject({ status: 409, code: 'setup.already-done' })
  })
})

describe('An owner who waits for the first guest', () => {
  let panel: Panel
  beforeAll(async () => {
    panel = await openPanel()
  })
  afterAll(() => panel.close())

  it('sees the gateway heard, then what is wrong with it, then the guest', async () => {
    const code = await issueSetupCode(panel.db, panel.clock.now)
    const owner = panel.browser()
    const { siteId } = (await owner.api('POST /setup', {}, { code, ...wish() })).json as { siteId: string }
    const waiting = async () => (await owner.api('GET /setup')).json.waiting as Record<string, unknown>
    expect(await waiting()).toMatchObject({ gateway: null, heardAt: null, firstGuest: null })
    const added = await owner.api('POST /nas', {}, { siteId, gateway: 'uam', address: '192.0.2.10' })
    expect(added.status).toBe(201)
    expect(await waiting()).toMatchObject({
      gateway: { address: '192.0.2.10' },
      heardAt: null,
      secretRight: false,
    })

    const { merchant } = (await owner.api('GET /me')).json as { merchant: { id: string } }
    const nas = added.json.nas as { id: string }
    const news = {
      merchantId: merchant.id,
      nasId: nas.id,
      authAt: panel.clock.now,
      cleared: new Set<never>(),
    }
    await recordNasNews(panel.db, [{ ...news, problems: new Map([['bad-auth-secret', 3]]) }], panel.clock.now)
    const wrong = await waiting()
    expect(wrong).toMatchObject({ secretRight: false, clockAgrees: true })
    expect((wrong.problems as { kind: string; remedy: string }[])[0]).toMatchObject({
      kind: 'bad-auth-secret',
    })

    const ctx = {
      db: panel.db,
      merchantId: merchant.id,
      actor: { kind: 'job', name: 'test' } as const,
      now: panel.clock.now,
    }
    const site = (await owner.api('GET /sites/:id', { id: siteId })).json as { id: string }
    await letIn({ ctx, site, nas } as never, {
      phone: '13800138000',
      mac: '02-5A-00-00-00-01',
      now: panel.clock.now,
    })
    expect(await waiting()).toMatchObject({ firstGuest: { guestId: expect.stringMatching(/^gst_/) } })
    expect((await panel.browser().api('GET /setup')).json).toEqual({ needed: false, waiting: null })
  })
})
