import { beforeAll, expect, it } from 'vitest'
import { dial } from '../../db/index.ts'
import { pause, type Service } from '../support/service.ts'
import { onBothDatabases } from './databases.ts'
import { comeOnline, nasAt, type Shop } from './phone.ts'

type SetUp = { merchantId: string; siteId: string; siteSlug: string; nasId: string; apiKey: string }
type Guest = {
  id: string
  phone: string
  visitCount: number
  online: boolean
  consents: { marketing: boolean }
}
type List<T> = { items: T[]; total: number }
type Session = { id: string; guestId: string; callingStationId: string; stoppedAt: string | null }

onBothDatabases('From an empty folder to a guest on file', (start) => {
  let service: Service
  let tea: Shop
  let branch: Shop
  let rival: Shop
  beforeAll(async () => {
    service = await start({ LOG_LEVEL: 'trace' })
    tea = await openShop(service, 'Qinglan', 'Nanjing Road', 'tea')
    branch = await openShop(service, 'Qinglan', 'Xujiahui', 'branch')
    rival = await openShop(service, 'Rival', 'Next door', 'rival')
  }, 120_000)

  it('changes nothing where it is set up again, and gives a new key', async () => {
    const again = await setUp(service, 'Qinglan', 'Nanjing Road', 'tea')
    expect(again.siteSlug).toBe('tea')
    expect(again.apiKey).not.toBe(tea.apiKey)
    const sites = await service.api<List<{ slug: string }>>(again.apiKey, '/sites')
    expect(sites.items.map((site) => site.slug).sort()).toEqual(['branch', 'tea'])
  })

  it('brings made-up guests online through the virtual access point, every one', async () => {
    const { code, json } = await service.doorman<{ guests: number; online: number; failed: number }>(
      ...['ap', '--site', 'branch', '--guests', '12', '--leave-after', '1'],
    )
    expect({ code, ...json }).toMatchObject({ code: 0, guests: 12, online: 12, failed: 0 })
  }, 60_000)

  it('has the guest on file with a visit as soon as the guest is online', async () => {
    const visit = await comeOnline(service, tea, { phone: '+8613800138000', mac: '02-00-00-00-00-01' })
    const [guest] = (await guestsOf(service, tea, '8000')).items
    expect(guest).toMatchObject({ visitCount: 1, online: true, consents: { marketing: false } })
    const sessions = await service.api<List<Session>>(tea.apiKey, '/sessions?active=true')
    expect(sessions.items.map((session) => session.guestId)).toContain(guest?.id)
    await visit.leave(600)
    expect((await guestsOf(service, tea, '8000')).items[0]).toMatchObject({ visitCount: 1, online: false })
    const timeline = await service.api<List<{ kind: string }>>(tea.apiKey, `/guests/${guest?.id}/timeline`)
    const kinds = timeline.items.map((item) => item.kind)
    for (const kind of ['sign-in', 'visit', 'consent', 'message']) expect(kinds).toContain(kind)
  })

  it('knows the same phone at another shop of the merchant as the same guest', async () => {
    await letTwoMinutesPass(service)
    const visit = await comeOnline(service, branch, { phone: '+8613800138000', mac: '02-00-00-00-00-02' })
    await visit.leave(60)
    const found = await guestsOf(service, branch, '8000')
    expect(found.total).toBe(1)
    expect(found.items[0]).toMatchObject({ visitCount: 2 })
  })

  it('knows the same phone at another merchant as another guest', async () => {
    const before = await guestsOf(service, tea, '8000')
    const visit = await comeOnline(service, rival, { phone: '+8613800138000', mac: '02-00-00-00-00-01' })
    await visit.leave(60)
    const there = await guestsOf(service, rival, '8000')
    expect(there.items[0]).toMatchObject({ visitCount: 1 })
    expect(there.items[0]?.id).not.toBe(before.items[0]?.id)
    expect(await guestsOf(service, tea, '8000')).toMatchObject({ total: 1, items: [{ visitCount: 2 }] })
  })

  it('lets a remembered device on by its address alone, with no page', async () => {
    const mac = '02-00-00-00-00-01'
    const nas = await nasAt(service, tea)
    const answer = await nas.authenticate({ method: 'mac', userName: '020000000001', callingStationId: mac })
    expect(answer?.code).toBe(2)
    const session = { acctSessionId: 'by-address', callingStationId: mac, userName: '020000000001' }
    const ownClass = answer?.raw('Class')
    const grant = ownClass ? { class: ownClass } : {}
    expect(await nas.account({ ...session, ...grant, status: 'Start' })).toBe(true)
    expect((await guestsOf(service, tea, '8000')).items[0]).toMatchObject({ online: true })
    expect(await nas.account({ ...session, ...grant, status: 'Stop', terminateCause: 1 })).toBe(true)
    const stranger = { userName: '0200000000ff', callingStationId: '02-00-00-00-00-FF' }
    expect((await nas.authenticate({ method: 'mac', ...stranger }))?.code).toBe(3)
    nas.close()
  })

  it('tells a phone by RFC 8908 that it is captive, and then how long it has', async () => {
    const mac = '02-00-00-00-00-77'
    const ask = async () => {
      const answer = await fetch(`${service.url}/capport/tea?mac=${mac}`)
      expect(answer.headers.get('content-type')).toBe('application/captive+json')
      return answer.json()
    }
    expect(await ask()).toMatchObject({ captive: true, 'user-portal-url': `${service.url}/s/tea` })
    const visit = await comeOnline(service, tea, { phone: '+8613900139000', mac })
    const told = (await ask()) as { captive: boolean; 'seconds-remaining': number }
    expect(told.captive).toBe(false)
    expect(told['seconds-remaining']).toBeGreaterThan(60)
    await visit.leave(5)
  })

  it('puts a guest out at the shop’s word: the gateway obeys, and the device stays out', async () => {
    const mac = '02-00-00-00-00-88'
    const visit = await comeOnline(service, tea, { phone: '+8613700137000', mac })
    const nas = await nasAt(service, tea)
    const ended: string[] = []
    const ears = await nas.answerDisconnects(coaPortOf(service), (id) => ended.push(id) > 0)
    const sessions = await service.api<List<Session>>(tea.apiKey, '/sessions?active=true')
    const session = sessions.items.find(
      (one) => one.callingStationId.replace(/[^0-9a-f]/gi, '') === '020000000088',
    )
    const answer = await service.api<{ disconnect: string }>(
      tea.apiKey,
      `/sessions/${session?.id}/disconnect`,
      {
        method: 'POST',
      },
    )
    expect(answer.disconnect).toBe('acknowledged')
    expect(ended).toEqual([visit.online.station.sessionId])
    const again = await nas.authenticate({ method: 'mac', userName: '020000000088', callingStationId: mac })
    expect(again?.code).toBe(3)
    ears.close()
    nas.close()
    await visit.leave(5)
  })

  it('shows its figures to machines without a person in them', async () => {
    await pause(1200)
    const text = await (await fetch(`${service.url}/metrics`)).text()
    expect(text).toMatch(/doorman_radius_packets_total\{port="auth",event="accepted",reason=""\} [1-9]/)
    expect(text).toMatch(
      /doorman_http_request_seconds_count\{method="POST",route="\/s\/:slug\/code",status="303"\} [1-9]/,
    )
    expect(text).toMatch(/doorman_rows_total\{table="guests"\} [1-9]/)
    // A person could only stand in a name or a label; the figures behind them are any digits.
    const names = text.replace(/ \S+$/gm, '')
    expect(names).toContain('doorman_rows_total{table="guests"}')
    expect(names).not.toMatch(/138001|13800|02-?00-?00|(?!nas_)[a-z]{3}_0/i)
  })

  it('has written no number, device or code into its log, however much it says', () => {
    expect(service.output).toContain('A guest signed in.')
    expect(service.output).not.toMatch(
      /1380013|13900139|13700137|02-?00-?00-?00|"code":"[0-9]{6}"|correct horse/,
    )
  })
})

/** One number is texted once a minute; nobody waits for that here. */
async function letTwoMinutesPass(service: Service) {
  const sql = dial(service.databaseUrl, { max: 1, onnotice: () => {} })
  await sql`update code_sends set at = at - interval '2 minutes'`
  await sql.end()
}

/** Where the test's own access point listens for Disconnect-Requests: a port of its own for each service. */
const coaPortOf = (service: Service) => service.ports.http

async function openShop(service: Service, merchant: string, site: string, slug: string): Promise<Shop> {
  const { siteSlug, apiKey } = await setUp(service, merchant, site, slug)
  return { siteSlug, apiKey, secret: secretOf(slug), nasIdentifier: slug }
}

const secretOf = (slug: string) => `shared secret of ${slug}`

async function setUp(service: Service, merchant: string, site: string, slug: string): Promise<SetUp> {
  const owner = [
    '--owner-email',
    `${merchant.toLowerCase()}@example.com`,
    '--owner-password',
    'correct horse battery',
  ]
  const nas = ['--nas-address', '127.0.0.1', '--nas-identifier', slug, '--nas-secret', secretOf(slug)]
  const { code, json, stderr } = await service.doorman<SetUp>(
    ...['setup', '--merchant', merchant, '--site', site, '--site-slug', slug, ...owner],
    ...['--gateway', 'uam', ...nas, '--coa-port', String(coaPortOf(service))],
  )
  if (code !== 0 || !json) throw new Error(stderr)
  return json
}

const guestsOf = (service: Service, { apiKey }: Shop, q: string) =>
  service.api<List<Guest>>(apiKey, `/guests?q=${q}`)
