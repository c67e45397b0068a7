import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addNas } from '../../db/network/nas.ts'
import { type NasProblem, recordNasNews, recordStrangers } from '../../db/network/nas-health.ts'
import { addSite } from '../../db/network/sites.ts'
import { openPanel } from './wing.ts'

type NasSaid = {
  id: string
  health: string
  problems: { kind: string; text: string; remedy: string }[]
}

/** A business with its owner at the panel. */
async function atThePanel(config = {}) {
  const panel = await openPanel(config)
  const business = await panel.openBusiness()
  const owner = panel.browser()
  await owner.signIn(business.email)
  const chinese = panel.browser('zh-CN')
  chinese.cookies = owner.cookies
  return { panel, business, owner, chinese, siteId: business.site.id }
}

describe('An integrator who adds a gateway', () => {
  let at: Awaited<ReturnType<typeof atThePanel>>
  let nasId = ''
  let secrets: { secret: string; portalSecret: string } = { secret: '', portalSecret: '' }
  beforeAll(async () => {
    at = await atThePanel({ publicUrl: 'http://localhost:8080' })
  })
  afterAll(() => at.panel.close())

  it('is given secrets once, and sees a gateway that has not been heard', async () => {
    const added = await at.owner.api(
      'POST /nas',
      {},
      { siteId: at.siteId, gateway: 'uam', address: '192.0.2.1' },
    )
    expect(added).toMatchObject({ status: 201, json: { nas: { health: 'never', problems: [] } } })
    nasId = (added.json.nas as NasSaid).id
    secrets = added.json as typeof secrets
    expect(secrets.secret.length).toBeGreaterThanOrEqual(16)
    expect(secrets.portalSecret).not.toBe(secrets.secret)
    const listed = JSON.stringify([
      (await at.owner.api('GET /nas')).json,
      (await at.owner.api('GET /nas/:id', { id: nasId })).json,
      (await at.owner.send('GET', `/api/v1/sites/${at.siteId}/setup-text?nas=${nasId}`)).json,
    ])
    expect(listed).not.toContain(secrets.secret)
    expect(listed).not.toContain(secrets.portalSecret)
  })

  it('copies the text for CoovaChilli with its secrets, which is written down', async () => {
    const copied = await at.owner.api('POST /sites/:id/setup-text/copy', { id: at.siteId }, { nasId })
    const steps = copied.json.steps as { title: string; text: string }[]
    const config = steps.find(({ title }) => title === 'radius-config')?.text
    expect(config).toContain(`HS_RADSECRET='${secrets.secret}'`)
    expect(config).toContain(`HS_UAMSECRET='${secrets.portalSecret}'`)
    expect(config).toContain(`HS_UAMFORMAT='http://localhost:8080/s/${at.business.site.slug}'`)
    expect(config).toContain("HS_RADAUTH='1812'")
    expect(steps.find(({ title }) => title === 'uci')?.text).toContain('uci commit chilli')
    const { items } = (await at.owner.send('GET', '/api/v1/audit?action=nas.secret-copied')).json
    expect(items).toMatchObject([{ subject: nasId, actor: { kind: 'staff' } }])
  })

  it('copies the text for openNDS, whose firewall is told an address beside the name', async () => {
    const body = { siteId: at.siteId, gateway: 'opennds', nasIdentifier: 'node 1', secret: "it's a faskey" }
    const added = await at.owner.api('POST /nas', {}, body)
    const id = (added.json.nas as NasSaid).id
    const copied = await at.owner.api('POST /sites/:id/setup-text/copy', { id: at.siteId }, { nasId: id })
    const steps = copied.json.steps as { title: string; text: string }[]
    const uci = steps.find(({ title }) => title === 'uci')?.text
    expect(uci).toContain("fasremotefqdn='localhost'")
    expect(uci).toContain("fasremoteip='127.0.0.1'")
    expect(uci).toContain("fasport='8080'")
    // A single quote in a secret must not end the word of the shell.
    expect(uci).toContain("faskey='it'\\''s a faskey'")
    expect(steps.find(({ title }) => title === 'conf')?.text).toContain("faskey it's a faskey")
  })

  it('is told what is wrong with a gateway and what to do, in their language', async () => {
    const tell = (problems: [NasProblem, number][], cleared: NasProblem[] = []) =>
      recordNasNews(
        at.panel.db,
        [
          {
            merchantId: at.business.merchantId,
            nasId,
            authAt: at.panel.clock.now,
            problems: new Map(problems),
            cleared: new Set(cleared),
          },
        ],
        at.panel.clock.now,
      )
    const said = async (browser = at.owner) =>
      (await browser.api('GET /nas/:id', { id: nasId })).json as unknown as NasSaid
    await tell([['bad-acct-secret', 2]])
    expect(await said()).toMatchObject({ health: 'half-works', problems: [{ kind: 'bad-acct-secret' }] })
    expect((await said()).problems[0]?.text).toContain('accounting secret is wrong')
    expect((await said(at.chinese)).problems[0]?.remedy).toMatch(/\p{Script=Han}/u)
    await tell([['no-message-authenticator', 1]], ['bad-acct-secret'])
    expect(await said()).toMatchObject({
      health: 'answers',
      problems: [{ kind: 'no-message-authenticator' }],
    })
    at.panel.pass(2 * 86_400)
    expect(await said()).toMatchObject({ health: 'silent', problems: [{ kind: 'silent' }, {}] })
    at.panel.pass(-2 * 86_400)
  })

  it('changes the secret, and gets a sentence for one that is too short or an address that is none', async () => {
    const change = (body: object) => at.owner.api('PATCH /nas/:id', { id: nasId }, body)
    expect(await change({ secret: 'short' })).toMatchObject({ status: 422, code: 'nas.invalid-secret' })
    expect(await change({ address: '192.0.2.999' })).toMatchObject({
      status: 422,
      code: 'nas.invalid-address',
    })
    expect((await change({ secret: 'a new and longer one' })).status).toBe(200)
    const told = await at.owner.api('POST /nas/:id/secret', { id: nasId })
    expect(told.json).toMatchObject({ secret: 'a new and longer one' })
  })

  it('takes it out of service', async () => {
    expect((await at.owner.api('DELETE /nas/:id', { id: nasId })).status).toBe(200)
    expect(await at.owner.api('GET /nas/:id', { id: nasId })).toMatchObject({
      status: 404,
      code: 'nas.not-found',
    })
  })
})

describe('Packets from a source that nobody registered', () => {
  let at: Awaited<ReturnType<typeof atThePanel>>
  beforeAll(async () => {
    at = await atThePanel()
  })
  afterAll(() => at.panel.close())

  const stranger = (address: string, nasIdentifier = '') =>
    recordStrangers(at.panel.db, [{ address, nasIdentifier, count: 3 }], at.panel.clock.now)
  const shown = async () =>
    ((await at.owner.api('GET /nas/unknown')).json.items as { id: string; address: string }[]).map(
      ({ address }) => address,
    )

  it('are shown to the only business there is, which makes it a gateway with one secret', async () => {
    await stranger('198.51.100.1', 'ap-1')
    const { items } = (await at.owner.api('GET /nas/unknown')).json as { items: { id: string }[] }
    expect(items).toMatchObject([{ address: '198.51.100.1', nasIdentifier: 'ap-1', count: 3 }])
    const body = { siteId: at.siteId, gateway: 'uam', secret: 'typed on the device' }
    const adopted = await at.owner.api('POST /nas/unknown/:id/adopt', { id: items[0]?.id ?? '' }, body)
    expect(adopted).toMatchObject({
      status: 201,
      json: { nas: { address: '198.51.100.1', nasIdentifier: 'ap-1' } },
    })
    expect(await shown()).toEqual([])
  })

  it('are ignored for good when somebody says so', async () => {
    await stranger('198.51.100.2')
    const { items } = (await at.owner.api('GET /nas/unknown')).json as { items: { id: string }[] }
    expect((await at.owner.api('POST /nas/unknown/:id/ignore', { id: items[0]?.id ?? '' })).status).toBe(200)
    await stranger('198.51.100.2')
    expect(await shown()).toEqual([])
  })

  it('are shown to nobody else than whose gateway shares the address, once there are two businesses', async () => {
    await at.panel.openBusiness('Inn', 'owner@inn.example')
    await stranger('198.51.100.3')
    await stranger('198.51.100.1', 'ap-2')
    expect(await shown()).toEqual(['198.51.100.1'])
    const boss = at.panel.browser()
    await boss.signIn('owner@inn.example')
    const { items } = (await boss.api('GET /nas/unknown')).json as { items: object[] }
    expect(items).toEqual([])
  })
})

describe('Somebody who answers for one shop', () => {
  let at: Awaited<ReturnType<typeof atThePanel>>
  beforeAll(async () => {
    at = await atThePanel()
  })
  afterAll(() => at.panel.close())

  it('finds the gateways of the others nowhere, and changes no plan of theirs', async () => {
    const { ctx, site } = at.business
    const other = await addSite(ctx, { name: 'Xujiahui', slug: 'xujiahui', planId: site.planId })
    const secret = 'a-secret-of-ours'
    const mine = await addNas(ctx, site.id, { gateway: 'uam', address: '192.0.2.1', secret }, 8)
    const theirs = await addNas(ctx, other.id, { gateway: 'uam', address: '192.0.2.2', secret }, 8)
    await at.panel.join(ctx, 'branch@qinglan.example', 'manager', [site.id])
    const branch = at.panel.browser()
    await branch.signIn('branch@qinglan.example')
    const { items } = (await branch.api('GET /nas')).json as { items: NasSaid[] }
    expect(items.map(({ id }) => id)).toEqual([mine.id])
    const nowhere = [
      branch.api('GET /nas/:id', { id: theirs.id }),
      branch.api('PATCH /nas/:id', { id: theirs.id }, { name: 'mine now' }),
      branch.api('DELETE /nas/:id', { id: theirs.id }),
      branch.api('POST /nas/:id/secret', { id: theirs.id }),
      branch.api('PATCH /sites/:id', { id: other.id }, { name: 'mine now' }),
      branch.api('POST /nas', {}, { siteId: other.id, gateway: 'uam', address: '192.0.2.3' }),
      branch.api('POST /sites/:id/setup-text/copy', { id: site.id }, { nasId: theirs.id }),
    ]
    expect((await Promise.all(nowhere)).map(({ status }) => status)).toEqual(nowhere.map(() => 404))
    const plan = await branch.api('PATCH /plans/:id', { id: site.planId }, { devicesMax: 1 })
    expect(plan).toMatchObject({ status: 403, code: 'plan.not-allowed' })
    expect((await branch.api('POST /sites', {}, { name: 'New' })).status).toBe(403)
    expect((await branch.api('PATCH /nas/:id', { id: mine.id }, { name: 'Counter' })).status).toBe(200)
  })
})

describe('An owner who changes what guests get', () => {
  let at: Awaited<ReturnType<typeof atThePanel>>
  beforeAll(async () => {
    at = await atThePanel()
  })
  afterAll(() => at.panel.close())

  it('adds a plan and a shop that uses it, and is told when its address is taken', async () => {
    const plan = await at.owner.api(
      'POST /plans',
      {},
      { name: 'Day', quotaOctets: '5000000000', idleTimeoutSeconds: null },
    )
    expect(plan).toMatchObject({
      status: 201,
      json: { quotaOctets: '5000000000', idleTimeoutSeconds: null, siteIds: [] },
    })
    const planId = String(plan.json.id)
    const site = await at.owner.api('POST /sites', {}, { name: 'Pudong', slug: 'pudong', planId })
    expect(site).toMatchObject({ status: 201, json: { portalUrl: 'https://wifi.example.com/s/pudong' } })
    const again = await at.owner.api('POST /sites', {}, { name: 'Pudong', slug: 'pudong' })
    expect(again).toMatchObject({ status: 409, code: 'site.slug-taken' })
    const zone = await at.owner.api(
      'PATCH /sites/:id',
      { id: String(site.json.id) },
      { timeZone: 'Mars/Olympus' },
    )
    expect(zone).toMatchObject({ status: 422, code: 'site.invalid-time-zone' })
    const empty = await at.owner.api('PATCH /sites/:id', { id: String(site.json.id) }, {})
    expect(empty).toMatchObject({ status: 200, json: { name: 'Pudong' } })
  })

  it('puts a new version of a text into use, and the former stays on file', async () => {
    const text = { purpose: 'marketing', locale: 'en', label: 'Send me offers', text: 'At most one a month.' }
    const made = await at.owner.api('POST /consent-texts', {}, text)
    expect(made).toMatchObject({ status: 201, json: { version: 2, isCurrent: true, agreed: 0 } })
    const { items } = (await at.owner.api('GET /consent-texts')).json as {
      items: { purpose: string; locale: string; version: number; isCurrent: boolean }[]
    }
    const versions = items.filter((one) => one.purpose === 'marketing' && one.locale === 'en')
    expect(versions.map(({ version, isCurrent }) => [version, isCurrent])).toEqual([
      [2, true],
      [1, false],
    ])
  })

  it('changes the business without losing what was not named', async () => {
    await at.owner.api('PATCH /merchant', {}, { settings: { smsPerDay: 100 } })
    await at.owner.api('PATCH /merchant', {}, { settings: { privacyContact: 'privacy@qinglan.example' } })
    expect((await at.owner.api('GET /merchant')).json).toMatchObject({
      settings: { smsPerDay: 100, privacyContact: 'privacy@qinglan.example' },
    })
  })

  it('finds all of it in the log, whole and page by page', async () => {
    const first = (await at.owner.send('GET', '/api/v1/audit?limit=2')).json as {
      items: { seq: number }[]
      total: number
      nextCursor: string
    }
    const second = (await at.owner.send('GET', `/api/v1/audit?limit=2&cursor=${first.nextCursor}`))
      .json as typeof first
    expect(second.items[0]?.seq).toBe((first.items[1]?.seq ?? 0) - 1)
    expect((await at.owner.api('GET /audit/verdict')).json).toMatchObject({
      ok: true,
      rows: first.total,
      brokenAt: null,
    })
  })
})
