import twilio from 'twilio'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SendError } from '../../portal/messengers/messenger.ts'
import { twilioMessenger } from '../../portal/messengers/twilio.ts'
import { startTwilioApi, type TwilioApi } from './prism.ts'
import { type Product, setUpTeahouse, startProduct } from './product.ts'
import { submit, uamRedirect } from './walk.ts'

const account = { sid: 'AC00000000000000000000000000000001', token: 'a-token-of-this-test' }
const sender = '+15005550006'
const publicUrl = 'https://wifi.tea.example'
const statusUrl = `${publicUrl}/hooks/twilio/status`
const ports = { prism: 8155, http: 8154, auth: 18511, acct: 18512 }

const refusals = [
  { status: 400, code: 21211, message: 'Invalid To', problem: 'number-invalid', permanent: true },
  { status: 401, code: 20003, message: 'Authenticate', problem: 'account', permanent: true },
  { status: 429, code: 20429, message: 'Too Many Requests', problem: 'busy', permanent: false },
  { status: 500, code: 20500, message: 'Internal Server Error', problem: 'unreachable', permanent: false },
  { status: 503, code: 20503, message: 'Service Unavailable', problem: 'unreachable', permanent: false },
] as const

describe('Twilio, as its published description has it', () => {
  let api: TwilioApi
  beforeAll(async () => {
    api = await startTwilioApi({ port: ports.prism, refusals: [...refusals] })
  }, 60_000)
  afterAll(() => api?.close())

  const messenger = (statusCallback?: string) =>
    twilioMessenger(
      { accountSid: account.sid, authToken: account.token, from: sender, apiBase: api.base },
      statusCallback,
    )
  const text = { id: 'msg_1', to: '+8613800138000', text: 'Tea: 123456 is your code.' }

  it('takes what our messenger sends, and gives it a number', async () => {
    const receipt = await messenger(statusUrl).send(text)
    expect(receipt).toMatchObject({ state: 'sent', providerMessageId: expect.stringMatching(/^SM\w{32}$/) })
    expect(Object.fromEntries(api.messages.at(-1) ?? [])).toEqual({
      To: text.to,
      From: sender,
      Body: text.text,
      StatusCallback: statusUrl,
    })
  })

  it('is strict: without a receiver, or without an account, it takes nothing', async () => {
    const to = `${api.base}/2010-04-01/Accounts/${account.sid}/Messages.json`
    const authorization = `Basic ${btoa(`${account.sid}:${account.token}`)}`
    const body = () => new URLSearchParams({ From: sender, Body: 'x' })
    expect((await fetch(to, { method: 'POST', headers: { authorization }, body: body() })).status).toBe(400)
    expect((await fetch(to, { method: 'POST', body: body() })).status).toBe(401)
  })

  it.each(refusals)('says $status, and the reason is told in our own words', async (refusal) => {
    api.prefer = refusal.status
    const error = await messenger()
      .send(text)
      .then(
        () => undefined,
        (thrown: SendError) => thrown,
      )
    api.prefer = undefined
    expect(error).toMatchObject({ problem: refusal.problem, permanent: refusal.permanent })
    expect(String(error)).not.toContain('138')
  })

  describe('with the whole product behind it', () => {
    let product: Product
    let apiKey: string
    const base = `http://127.0.0.1:${ports.http}`

    beforeAll(async () => {
      product = await startProduct({
        port: ports.http,
        env: {
          PUBLIC_URL: publicUrl,
          RADIUS_AUTH_PORT: String(ports.auth),
          RADIUS_ACCT_PORT: String(ports.acct),
          MESSENGER: 'twilio',
          TWILIO_ACCOUNT_SID: account.sid,
          TWILIO_AUTH_TOKEN: account.token,
          TWILIO_FROM: sender,
          TWILIO_API_BASE: api.base,
        },
      })
      const made = await setUpTeahouse(product, {
        '--gateway': 'uam',
        '--nas-address': '127.0.0.1',
        '--nas-secret': 'a-radius-secret-of-this-test',
        '--nas-identifier': 'nas01',
      })
      apiKey = made.apiKey
    }, 90_000)
    afterAll(() => product?.stop(), 30_000)

    const told = async () => {
      const answer = await fetch(`${base}/api/v1/messages`, {
        headers: { authorization: `Bearer ${apiKey}` },
      })
      return ((await answer.json()) as { items: { state: string; problem: string | null }[] }).items
    }
    const report = (fields: Record<string, string>, signature: string) =>
      fetch(`${base}/hooks/twilio/status`, {
        method: 'POST',
        headers: { 'x-twilio-signature': signature },
        body: new URLSearchParams(fields),
      })

    it('a guest gets a code by it, signs in, and the shop sees that it was delivered', async () => {
      const before = api.messages.length
      const splash = await fetch(`${base}/s/tea?${uamRedirect('02-5A-00-00-02-01')}`)
      const code = await submit(await splash.text(), splash.url, { phone: '+8613800138001', terms: 'on' })
      await expect.poll(() => api.messages.length, { timeout: 10_000 }).toBe(before + 1)
      const sms = api.messages.at(-1)
      expect(sms?.get('To')).toBe('+8613800138001')
      expect(sms?.get('StatusCallback')).toBe(statusUrl)
      expect(sms?.get('Body')?.split('\n').at(-1)).toMatch(/^@wifi\.tea\.example #\d{6}$/)
      const digits = sms?.get('Body')?.match(/#(\d{6})$/)?.[1] ?? ''
      const release = await submit(code.html, code.url, { code: digits })
      expect(release.html).toMatch(/data-step="release"/)
      await expect.poll(async () => (await told())[0]?.state).toBe('sent')

      const fields = {
        AccountSid: account.sid,
        ApiVersion: '2010-04-01',
        From: sender,
        To: '+8613800138001',
        MessageSid: `SM${'a'.repeat(32)}`,
        MessageStatus: 'delivered',
      }
      const right = twilio.getExpectedTwilioSignature(account.token, statusUrl, fields)
      expect((await report(fields, 'bm90IHNpZ25lZA==')).status).toBe(403)
      expect((await report({ ...fields, MessageStatus: 'failed' }, right)).status).toBe(403)
      expect((await told())[0]?.state).toBe('sent')
      expect((await report(fields, right)).status).toBe(204)
      expect((await told())[0]?.state).toBe('delivered')
    }, 60_000)

    it('a guest whose number it does not take costs the shop one try, and the shop sees why', async () => {
      api.prefer = 400
      const before = api.messages.length
      const splash = await fetch(`${base}/s/tea?${uamRedirect('02-5A-00-00-02-02')}`)
      await submit(await splash.text(), splash.url, { phone: '+8613900139002', terms: 'on' })
      await expect.poll(async () => (await told())[0]?.state, { timeout: 10_000 }).toBe('failed')
      api.prefer = undefined
      expect(api.messages.length).toBe(before + 1)
      expect((await told())[0]?.problem).toBe('number-invalid')
      expect(product.output()).not.toContain('13900139002')
    }, 60_000)
  })
})
