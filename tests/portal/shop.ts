import { randomBytes } from 'node:crypto'
import type { Hono } from 'hono'
import { askCode } from '../../db/access/codes.ts'
import type { Ctx } from '../../db/context.ts'
import { insertText } from '../../db/crm/consents.ts'
import { listMessages } from '../../db/crm/messages.ts'
import { transaction } from '../../db/index.ts'
import { insertNas, type NasSettings } from '../../db/network/nas.ts'
import { insertPlan } from '../../db/network/plans.ts'
import { insertSite, type SiteSettings } from '../../db/network/sites.ts'
import type { MerchantSettings } from '../../db/schema/merchants.ts'
import { merchants } from '../../db/schema/merchants.ts'
import { newId } from '../../db/values/id.ts'
import { createPortal, type PortalConfig } from '../../portal/index.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'

export { askCode }

/** A tea house with one gateway, a portal in front of it, and a clock that only tests move. */
export type Shop = Awaited<ReturnType<typeof openShop>>

export type ShopOptions = {
  database?: TestDatabase
  slug?: string
  settings?: MerchantSettings
  site?: SiteSettings
  nas?: Partial<NasSettings>
  config?: Partial<PortalConfig>
  name?: string
}

export async function openShop(options: ShopOptions = {}) {
  const database = options.database ?? (await freshDatabase())
  const { db } = database
  const clock = { now: new Date() }
  const merchantId = newId('mer')
  const ctx = (): Ctx => ({ db, merchantId, actor: { kind: 'job', name: 'test' }, now: clock.now })
  await db.system.insert(merchants).values({
    id: merchantId,
    name: options.name ?? 'Qinglan 青岚',
    country: 'CN',
    settings: options.settings ?? {},
  })
  const slug = options.slug ?? `tea-${randomBytes(4).toString('hex')}`
  const { site, nas } = await transaction(ctx(), async (tx) => {
    const plan = await insertPlan(tx, ctx(), { name: 'Two hours' })
    for (const locale of ['en', 'zh-CN'])
      for (const purpose of ['terms', 'marketing'] as const)
        await insertText(tx, ctx(), { purpose, locale, ...texts[locale as 'en'][purpose] })
    const site = await insertSite(tx, ctx(), {
      name: 'Nanjing Road',
      subtitle: 'Tea house, Nanjing Road',
      slug,
      planId: plan.id,
      ssid: 'Qinglan',
      ...options.site,
    })
    const nas = await insertNas(
      tx,
      ctx(),
      site.id,
      {
        gateway: 'uam',
        name: 'Counter',
        address: '192.0.2.10',
        nasIdentifier: 'nas01',
        secret: 'radius-secret-1',
        ...options.nas,
      },
      8,
    )
    return { site, nas }
  })
  const log: { facts: object; text: string }[] = []
  const note = (facts: object, text: string) => void log.push({ facts, text })
  const portal = createPortal({
    db,
    config: { publicUrl: 'https://wifi.example.com', messenger: { kind: 'outbox' }, ...options.config },
    log: { info: note, warn: note, error: note },
    now: () => clock.now,
  })
  return {
    database,
    db,
    ctx,
    clock,
    merchantId,
    site,
    nas,
    portal,
    log,
    slug,
    app: portal.app,
    pass: (seconds: number) => {
      clock.now = new Date(clock.now.getTime() + seconds * 1000)
    },
    texts: () => transaction(ctx(), (tx) => listMessages(tx, ctx(), { limit: 200 })),
    guest: (mac?: string, headers?: Record<string, string>) => new Visitor(portal.app, slug, mac, headers),
    close: () => database.close(),
  }
}

const texts = {
  en: {
    terms: {
      label: 'I accept the terms of use',
      text: 'Qinglan gives you this Wi-Fi. Use it lawfully.\nYour number proves who you are online; the law asks us to keep when and how long you were on for 6 months.\nWe don’t read what you do, and pass nothing on.',
    },
    marketing: {
      label: 'Send me Qinglan’s offers by text',
      text: 'Optional. At most 2 a month; reply STOP to end.',
    },
  },
  'zh-CN': {
    terms: {
      label: '我同意上网使用条款',
      text: '本无线网络由青岚提供，请依法使用。\n手机号用于实名上网；依法留存上网日志 6 个月。\n我们不查看您的上网内容，也不提供给他人。',
    },
    marketing: { label: '愿意接收青岚的优惠短信', text: '可不选。每月最多 2 条，回复 T 即退订。' },
  },
}

let macs = 0
export const newMac = () =>
  `a6-4f-00-00-${(macs >> 8).toString(16).padStart(2, '0')}-${(macs++ & 255).toString(16).padStart(2, '0')}`.toUpperCase()

/** A phone without cookies, storage or script: it knows the last page it was shown, and nothing else. */
export class Visitor {
  html = ''
  status = 0
  headers = new Headers()
  /** Where the last page was found. */
  path = ''
  requests = 0
  readonly #app: Hono
  readonly #slug: string
  readonly mac: string
  readonly #headers: Record<string, string>

  constructor(app: Hono, slug: string, mac = newMac(), headers: Record<string, string> = {}) {
    this.#app = app
    this.#slug = slug
    this.mac = mac
    this.#headers = { 'accept-language': 'en', ...headers }
  }

  /** The gateway sends the browser over. */
  arrive(more: Record<string, string> = {}) {
    return this.get(`/s/${this.#slug}?${new URLSearchParams({ ...this.redirect(), ...more })}`)
  }

  redirect(): Record<string, string> {
    return {
      res: 'notyet',
      uamip: '10.1.0.1',
      uamport: '3990',
      challenge: '5b1d296db7826a655411dcd83ee25154',
      called: '00-11-22-33-44-55',
      mac: this.mac,
      ip: '10.1.0.2',
      nasid: 'nas01',
      sessionid: '5e6792ce00000006',
      userurl: 'http://news.example.com/today',
    }
  }

  async get(path: string): Promise<this> {
    return this.#take(
      path,
      await this.#app.request(`https://wifi.example.com${path}`, { headers: this.#headers }),
    )
  }

  /** Sends the form whose action ends so, with the hidden fields it has. */
  async submit(action: string, fields: Record<string, string> = {}): Promise<this> {
    const form = this.form(action)
    return this.post(form.action, { ...form.hidden, ...fields })
  }

  async post(
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<this> {
    const response = await this.#app.request(`https://wifi.example.com${path}`, {
      method: 'POST',
      headers: {
        ...this.#headers,
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://wifi.example.com',
        ...headers,
      },
      body: new URLSearchParams(fields).toString(),
    })
    return this.#take(path, response)
  }

  async #take(path: string, response: Response): Promise<this> {
    this.requests++
    const to = response.headers.get('location')
    if (response.status === 303 && to?.startsWith('/')) return this.get(to)
    this.html = await response.text()
    this.status = response.status
    this.headers = response.headers
    this.path = path
    return this
  }

  form(action: string): { action: string; hidden: Record<string, string> } {
    for (const [, attributes = '', inside = ''] of this.html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
      const path = plain(/ action="([^"]*)"/.exec(attributes)?.[1] ?? '')
      if (!path.endsWith(action)) continue
      const hidden: Record<string, string> = {}
      for (const [, name = '', value = ''] of inside.matchAll(
        /<input type="hidden" name="([^"]*)" value="([^"]*)"/g,
      ))
        hidden[name] = plain(value)
      return { action: path, hidden }
    }
    throw new Error(`no form ${action} on ${this.step}`)
  }

  get step() {
    return /<body data-step="([^"]*)"/.exec(this.html)?.[1]
  }

  /** Words a person reads. */
  get words() {
    return plain(
      this.html
        .replace(/<style>[\s\S]*?<\/style>|<script>[\s\S]*?<\/script>|<svg[\s\S]*?<\/svg>/g, '')
        .replace(/<[^>]+>/g, ' '),
    ).replace(/\s+/g, ' ')
  }

  get release() {
    return plain(/<a id="release"[^>]* href="([^"]*)"/.exec(this.html)?.[1] ?? '')
  }

  link(containing: string) {
    const found = [...this.html.matchAll(/ href="([^"]*)"/g)]
      .map(([, href]) => plain(href ?? ''))
      .find((href) => href.includes(containing))
    if (!found) throw new Error(`no link ${containing}`)
    return found
  }

  askCode(phone = '138 0013 8000', more: Record<string, string> = {}) {
    return this.submit('/phone', { phone, terms: '1', ...more })
  }
}

const plain = (text: string) =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')

export const codeIn = (text: string) => /(?<![0-9])[0-9]{6}(?![0-9])/.exec(text)?.[0] ?? ''
