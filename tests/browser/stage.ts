import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { createHttp } from '../../admin/process/http.ts'
import { codes } from '../../radius/dictionary/index.ts'
import { createRadius } from '../../radius/index.ts'
import { VirtualNas } from '../../radius/virtual-nas.ts'
import { newMac, openShop, type Shop, type ShopOptions } from '../portal/shop.ts'
import { openBrowser } from '../support/chromium.ts'
import { freeTcpPort, freeUdpPort } from '../support/ports.ts'

const secret = 'a-radius-secret-of-this-test'

/** A tea house on real sockets: portal over HTTP, our RADIUS server, an access point between them, and Chromium. */
export type Stage = {
  shop: Shop
  /** http://127.0.0.1:…: the portal, as phones know it. */
  portalUrl: string
  gateway: Gateway
  browser: Browser
  /** A phone with this context of a browser; `reopened` gives it a fresh window that remembers nothing. */
  phone(options?: PhoneOptions): Promise<Phone>
  /** The newest code texted. */
  code(): Promise<string>
  close(): Promise<void>
}

type PhoneOptions = BrowserContextOptions & {
  mac?: string
  before?: (context: BrowserContext) => Promise<unknown>
}

export async function openStage(options: ShopOptions = {}): Promise<Stage> {
  const portalPort = await freeTcpPort()
  const portalUrl = `http://127.0.0.1:${portalPort}`
  const shop = await openShop({
    ...options,
    nas: { address: '127.0.0.1', secret, nasIdentifier: 'nas01', ...options.nas },
    config: { publicUrl: portalUrl },
  })
  runClock(shop.clock)
  const ports = { auth: await freeUdpPort(), acct: await freeUdpPort() }
  const radius = createRadius({
    db: shop.db,
    config: { host: '127.0.0.1', authPort: ports.auth, acctPort: ports.acct, secretMin: 8 },
  })
  await radius.listen()
  const http = createHttp({ host: '127.0.0.1', port: portalPort, answer: shop.app.fetch })
  await http.listen()
  const nas = await VirtualNas.open({
    server: '127.0.0.1',
    authPort: ports.auth,
    acctPort: ports.acct,
    secret,
    nasIdentifier: 'nas01',
  })
  const gateway = await Gateway.open(`${portalUrl}/s/${shop.slug}`, nas)
  const browser = await openBrowser()
  return {
    shop,
    portalUrl,
    gateway,
    browser,
    phone: (more = {}) => Phone.open(browser, gateway, more),
    code: async () => /(?<![0-9])[0-9]{6}(?![0-9])/.exec((await shop.texts())[0]?.text ?? '')?.[0] ?? '',
    close: async () => {
      await browser.close()
      await gateway.close()
      await http.close(500)
      await radius.close()
      await shop.close()
    },
  }
}

/** One device in one window. What it asks for, and from whom, is written down. */
export class Phone {
  readonly requests: string[] = []
  readonly mac: string
  page!: Page
  readonly #gateway: Gateway
  readonly #browser: Browser
  readonly #options: PhoneOptions
  /** What the next window is opened with besides. */
  window: BrowserContextOptions = {}
  #context!: BrowserContext

  private constructor(browser: Browser, gateway: Gateway, options: PhoneOptions) {
    this.#browser = browser
    this.#gateway = gateway
    this.#options = options
    this.mac = options.mac ?? newMac()
  }

  static async open(browser: Browser, gateway: Gateway, options: PhoneOptions): Promise<Phone> {
    const phone = new Phone(browser, gateway, options)
    await phone.reopen()
    return phone
  }

  /** The login window is closed and another one opened: no cookie, no storage, no history. */
  async reopen(): Promise<void> {
    await this.#context?.close()
    const { mac: _mac, before, ...options } = this.#options
    this.#context = await this.#browser.newContext({
      locale: 'en-GB',
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
      ...options,
      ...this.window,
    })
    await before?.(this.#context)
    this.page = await this.#context.newPage()
    this.page.on('request', (request) => void this.requests.push(request.url()))
  }

  /** Joins the Wi-Fi: the gateway captures the first page asked for. */
  async join(): Promise<void> {
    this.requests.length = 0
    await this.page.goto(this.#gateway.capture(this.mac))
  }

  step = () => this.page.getAttribute('body', 'data-step').catch(() => null)

  /** Waits until the window shows this step. */
  on = (step: string) => this.page.waitForSelector(`body[data-step="${step}"]`, { timeout: 15_000 })

  async askCode(number: string, more: { marketing?: boolean } = {}): Promise<void> {
    await this.page.fill('#phone', number)
    await this.page.check('#terms')
    if (more.marketing) await this.page.check('#marketing')
    await this.page.click('#sign-in .btn')
    await this.on('code')
  }

  get hasScript() {
    return this.#options.javaScriptEnabled !== false
  }

  close = () => this.#context.close()
}

/** CoovaChilli's half that a browser sees, and its RADIUS half: it lets on whom our server accepts, and nobody else. */
export class Gateway {
  /** Phones let through. */
  readonly online = new Set<string>()
  /** As if the access point had no power: the browser gets no answer. */
  isDead = false
  readonly #splashUrl: string
  readonly #nas: VirtualNas
  readonly #server = createServer((request, response) => void this.#answer(request, response))
  /** A real gateway tells phones apart by their addresses; here one stands before it at a time. */
  #station = { mac: '', challenge: '' }

  private constructor(splashUrl: string, nas: VirtualNas) {
    this.#splashUrl = splashUrl
    this.#nas = nas
  }

  static async open(splashUrl: string, nas: VirtualNas): Promise<Gateway> {
    const gateway = new Gateway(splashUrl, nas)
    await new Promise<void>((done) => gateway.#server.listen(0, '127.0.0.1', done))
    return gateway
  }

  get port() {
    return (this.#server.address() as AddressInfo).port
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`
  }

  /** Where the first page a phone asks for is redirected to. */
  capture(mac: string, news: Record<string, string> = { res: 'notyet' }): string {
    const challenge = randomBytes(16).toString('hex')
    this.#station = { mac, challenge }
    const query = new URLSearchParams({
      ...news,
      uamip: '127.0.0.1',
      uamport: String(this.port),
      challenge,
      called: '02-00-5E-00-53-01',
      mac,
      ip: '10.1.0.2',
      nasid: 'nas01',
      sessionid: randomBytes(8).toString('hex'),
      userurl: 'http://news.example.com/today',
    })
    return `${this.#splashUrl}?${query}`
  }

  async close(): Promise<void> {
    this.#nas.close()
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }

  async #answer(request: IncomingMessage, to: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin)
    const go = (location: string) => void to.writeHead(302, { location }).end()
    if (this.isDead) return
    if (url.pathname !== '/logon') return void to.writeHead(404).end()
    const { mac, challenge } = this.#station
    const userName = url.searchParams.get('username') ?? ''
    const response = Buffer.from(url.searchParams.get('response') ?? '', 'hex')
    const answer = await this.#nas.authenticate({
      method: 'chap',
      userName,
      chap: { identifier: 0, response, challenge: Buffer.from(challenge, 'hex') },
      callingStationId: mac,
      framedIpAddress: '10.1.0.2',
    })
    if (answer?.code !== codes['Access-Accept'])
      return go(this.capture(mac, { res: 'failed', reason: answer ? 'reject' : 'timeout' }))
    this.online.add(mac)
    await this.#nas.account({
      status: 'Start',
      acctSessionId: randomBytes(8).toString('hex'),
      callingStationId: mac,
      userName,
      class: answer.raw('Class') ?? Buffer.alloc(0),
    })
    go(this.capture(mac, { res: 'success' }))
  }
}

/** The shop's clock runs with ours, as RADIUS and database see it; `pass` still puts it forward. */
function runClock(clock: { now: Date }) {
  let aheadMs = 0
  Object.defineProperty(clock, 'now', {
    get: () => new Date(Date.now() + aheadMs),
    set: (to: Date) => {
      aheadMs = to.getTime() - Date.now()
    },
  })
}
