import { codes } from '../dictionary/index.ts'
import type { Packet } from '../packet.ts'
import { Browser } from './browser.ts'
import type { Gateway, Station } from './gateway.ts'
import { type Form, hasField, type Page } from './page.ts'

export type Method = 'sms' | 'tap' | 'voucher'
export type Guest = {
  name: string
  phone: string
  mac: string
  ip: string
  language: string
  marketing: boolean
}
export type Online = {
  station: Station
  accepted: { userName: string; class: Uint8Array | undefined }
  sessionTimeoutSeconds: number | undefined
  interimSeconds: number
}
export type SignInDeps = {
  gateway: Gateway
  method: Method
  /** The newest code texted to a number; undefined where none has come. */
  codeFor(phone: string): Promise<string | undefined>
  say(line: string): void
}

/** Ten pages are more than any way in needs; a loop would go on for ever. */
const pagesMax = 10
/** A shop that lets no more texts out for now says when to come back; longer than this nobody stays. */
const patienceSeconds = 900

/** Leads one guest from the redirect to Access-Accept and the page that says so. Throws where it ends elsewhere. */
export async function signIn(guest: Guest, deps: SignInDeps): Promise<Online> {
  const { gateway, say } = deps
  const browser = new Browser(guest.language)
  const station = gateway.meet(guest.mac, guest.ip)
  let page = await browser.open(gateway.redirect(station))
  for (let pages = 0; pages < pagesMax; pages++) {
    if (page.status === 429) {
      await patience(page, say)
      page = await browser.open(gateway.redirect(station))
      continue
    }
    if (page.step === 'release') {
      const accepted = await handOver(page, station, deps)
      if (accepted.code !== 'accept') {
        page = await browser.open(gateway.redirect(station, accepted.news))
        continue
      }
      await browser.open(gateway.redirect(station, { res: 'success' })).then(mustBeOnline)
      return accepted.online
    }
    page = await answerPage(page, guest, browser, deps)
  }
  throw new Error(`still on the ${page.step} page after ${pagesMax} pages`)
}

async function answerPage(page: Page, guest: Guest, browser: Browser, deps: SignInDeps): Promise<Page> {
  const { say, method } = deps
  const form = (name: string) => page.forms.find((one) => hasField(one, name))
  if (page.status >= 400 || page.step === 'refused') throw new Error(told(page))
  if (page.step === 'code') {
    const typed = await code(guest.phone, deps)
    say('the code came; typing it')
    return browser.submit(need(form('code'), 'code', page), { code: typed })
  }
  if (page.step !== 'splash') throw new Error(told(page))
  const back = page.forms.find((one) => one.action.endsWith('/back'))
  if (back) {
    say('known here; one tap')
    return browser.submit(back)
  }
  const boxes: Record<string, string | true> = {
    terms: true,
    ...(guest.marketing ? { marketing: true } : {}),
  }
  if (method === 'sms') {
    say('splash page; asking for a code')
    return browser.submit(need(form('phone'), 'sms', page), { ...boxes, phone: guest.phone })
  }
  const other = method === 'voucher' ? form('voucher') : page.forms.find(isTap)
  return browser.submit(need(other, method, page), boxes)
}

const isTap = (form: Form) =>
  hasField(form, 'terms') && !hasField(form, 'phone') && !hasField(form, 'voucher')

function need(form: Form | undefined, method: string, page: Page): Form {
  if (!form) throw new Error(`the ${page.step} page of this site has no form for ${method}`)
  return form
}

type HandedOver =
  | { code: 'accept'; online: Online }
  | { code: 'again'; news: { res: string; reason?: string } }

async function handOver(page: Page, station: Station, { gateway, say }: SignInDeps): Promise<HandedOver> {
  const { release } = page
  if (!release) throw new Error('the release page leads nowhere')
  const address =
    'href' in release
      ? release.href
      : `${release.action}?${new URLSearchParams(release.fields.map(({ name, value }) => [name, value]))}`
  const answer = await gateway.logon(station, address)
  if (!answer) {
    say('RADIUS did not answer')
    return { code: 'again', news: { res: 'failed', reason: 'timeout' } }
  }
  if (answer.code !== codes['Access-Accept']) {
    say('Access-Reject')
    return { code: 'again', news: { res: 'failed', reason: 'reject' } }
  }
  return {
    code: 'accept',
    online: onlineOf(answer, station, new URL(address).searchParams.get('username') ?? ''),
  }
}

const onlineOf = (answer: Packet, station: Station, userName: string): Online => ({
  station,
  accepted: { userName, class: answer.raw('Class') },
  sessionTimeoutSeconds: answer.integer('Session-Timeout'),
  interimSeconds: answer.integer('Acct-Interim-Interval') ?? 600,
})

function mustBeOnline(page: Page) {
  if (page.step !== 'online') throw new Error(`let through, but the page says ${told(page)}`)
}

/** Texts leave by a job; a phone hears of one as soon as it has left. */
async function code(phone: string, deps: SignInDeps): Promise<string> {
  for (const until = Date.now() + 30_000; Date.now() < until; ) {
    const found = await deps.codeFor(phone)
    if (found) return found
    await pause(40)
  }
  throw new Error('no code came within 30 s: is the process that sends messages running?')
}

async function patience(page: Page, say: (line: string) => void) {
  const seconds = page.retryAfterSeconds
  if (seconds === undefined || seconds > patienceSeconds) throw new Error(told(page))
  say(`no more texts for now; waiting ${seconds} s as the page asks`)
  await pause((seconds + 1) * 1000)
}

const told = (page: Page) => `${page.step || `HTTP ${page.status}`}${page.words ? ` (${page.words})` : ''}`
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
