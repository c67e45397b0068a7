import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { outbox } from '../../portal/messengers/outbox.ts'
import { twilioMessenger } from '../../portal/messengers/twilio.ts'
import { sign, webhookMessenger } from '../../portal/messengers/webhook.ts'
import { json, messengerContract, openProvider } from './contract.ts'

messengerContract({
  name: 'outbox',
  make: () => outbox(),
  accept: () => {},
  refusals: [],
  skip: { network: 'it speaks to nobody', reports: 'nobody reports to it' },
})

const accountSid = 'AC00000000000000000000000000000001'
const twilioAt = (apiBase: string) =>
  twilioMessenger(
    { accountSid, authToken: '12345', from: '+15005550006', apiBase },
    'https://portal.example.com/hooks/twilio/status',
  )
const refused = (status: number, code: number) =>
  json(status, { code, message: 'no +8613800138000', more_info: '', status })
const form = (fields: Record<string, string>) => new URLSearchParams(fields)
const delivered = {
  AccountSid: accountSid,
  ApiVersion: '2010-04-01',
  From: '+15005550006',
  MessageSid: 'SM00000000000000000000000000000001',
  MessageStatus: 'delivered',
  To: '+8613800138000',
}
const statusUrl = 'https://portal.example.com/hooks/twilio/status'
const twilioSignature = (fields: Record<string, string>) =>
  createHmac('sha1', '12345')
    .update(
      statusUrl +
        Object.keys(fields)
          .sort()
          .map((key) => key + fields[key])
          .join(''),
    )
    .digest('base64')

messengerContract({
  name: 'twilio',
  make: twilioAt,
  accept: json(201, { sid: 'SM1', status: 'queued', error_code: null }),
  refusals: [
    {
      name: 'wrong credentials',
      answer: refused(401, 20003),
      problem: 'account',
      permanent: true,
      mayHaveLeft: false,
    },
    {
      name: 'an invalid number',
      answer: refused(400, 21211),
      problem: 'number-invalid',
      permanent: true,
      mayHaveLeft: false,
    },
    {
      name: 'a guest who said STOP',
      answer: refused(400, 21610),
      problem: 'opted-out',
      permanent: true,
      mayHaveLeft: false,
    },
    {
      name: 'a country not enabled',
      answer: refused(400, 21408),
      problem: 'region-blocked',
      permanent: true,
      mayHaveLeft: false,
    },
    {
      name: 'a sender that is not ours',
      answer: refused(400, 21606),
      problem: 'sender-invalid',
      permanent: true,
      mayHaveLeft: false,
    },
    {
      name: 'too many requests',
      answer: refused(429, 20429),
      problem: 'busy',
      permanent: false,
      mayHaveLeft: false,
    },
    {
      name: 'an unknown refusal',
      answer: refused(400, 99999),
      problem: 'unclear',
      permanent: true,
      mayHaveLeft: false,
    },
    {
      name: 'a fault of theirs',
      answer: json(500, {}),
      problem: 'unreachable',
      permanent: false,
      mayHaveLeft: true,
    },
    {
      name: 'out of service',
      answer: json(503, {}),
      problem: 'unreachable',
      permanent: false,
      mayHaveLeft: false,
    },
  ],
  reports: [
    {
      name: 'delivered',
      call: () => ({ urls: [statusUrl], signature: twilioSignature(delivered), form: form(delivered) }),
      report: { providerMessageId: 'SM00000000000000000000000000000001', state: 'delivered' },
    },
    {
      name: 'undelivered, with the reason',
      call: () => {
        const fields = { ...delivered, MessageStatus: 'undelivered', ErrorCode: '30005' }
        return { urls: [statusUrl], signature: twilioSignature(fields), form: form(fields) }
      },
      report: {
        providerMessageId: 'SM00000000000000000000000000000001',
        state: 'failed',
        problem: 'number-invalid',
      },
    },
    {
      name: 'without a signature',
      call: () => ({ urls: [statusUrl], signature: undefined, form: form(delivered) }),
      report: 'unsigned',
    },
    {
      name: 'changed after signing',
      call: () => ({
        urls: [statusUrl],
        signature: twilioSignature(delivered),
        form: form({ ...delivered, MessageStatus: 'failed' }),
      }),
      report: 'unsigned',
    },
    {
      name: 'of another account with the same token',
      call: () => {
        const fields = { ...delivered, AccountSid: 'AC2' }
        return { urls: [statusUrl], signature: twilioSignature(fields), form: form(fields) }
      },
      report: 'unsigned',
    },
  ],
})

test('the published signature of Twilio is reproduced', () => {
  const url = 'https://portal.example.com/hooks/twilio/status?tenant=7'
  const call = (signature: string) => ({ urls: [url], signature, form: form(delivered) })
  const messenger = twilioAt('https://api.twilio.com')
  expect(messenger.readReport?.(call('Rov1Ikc+xl+mAd7vdISXTVCrVBQ='))).toMatchObject({ state: 'delivered' })
  expect(messenger.readReport?.(call('Rov1Ikc+xl+mAd7vdISXTVCrVBR='))).toBe('unsigned')
})

describe('what Twilio is sent', () => {
  test('goes to the address of the operator’s choice, with the account, the sender and where to report', async () => {
    const provider = await openProvider()
    provider.answer = json(201, { sid: 'SM9', status: 'queued' })
    expect(
      await twilioAt(`${provider.url}/elsewhere/`).send({ id: 'msg_1', to: '+8613800138000', text: 'hi' }),
    ).toEqual({
      state: 'sent',
      providerMessageId: 'SM9',
    })
    const [request] = provider.requests
    expect(request?.path).toBe(`/elsewhere/2010-04-01/Accounts/${accountSid}/Messages.json`)
    expect(request?.headers.authorization).toBe(
      `Basic ${Buffer.from(`${accountSid}:12345`).toString('base64')}`,
    )
    const sent = new URLSearchParams(request?.body)
    expect(Object.fromEntries(sent)).toEqual({
      To: '+8613800138000',
      From: '+15005550006',
      Body: 'hi',
      StatusCallback: statusUrl,
    })
    await provider.close()
  })
})

const webhookSecret = 'a-secret-of-16-octets'
messengerContract({
  name: 'webhook',
  make: (url) => webhookMessenger({ url, secret: webhookSecret }),
  accept: (response) => response.writeHead(204).end(),
  refusals: [
    {
      name: 'refused for good',
      answer: json(400, {}),
      problem: 'unclear',
      permanent: true,
      mayHaveLeft: false,
    },
    { name: 'wrong secret', answer: json(401, {}), problem: 'account', permanent: true, mayHaveLeft: false },
    { name: 'busy', answer: json(429, {}), problem: 'busy', permanent: false, mayHaveLeft: false },
    { name: 'broken', answer: json(500, {}), problem: 'unreachable', permanent: false, mayHaveLeft: true },
    {
      name: 'sent elsewhere',
      answer: (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      problem: 'unreachable',
      permanent: false,
      mayHaveLeft: true,
    },
  ],
  reports: [
    {
      name: 'delivered',
      call: () => {
        const body = form({ id: 'x1', state: 'delivered' })
        return { urls: [], signature: sign(webhookSecret, body.toString(), Date.now()), form: body }
      },
      report: { providerMessageId: 'x1', state: 'delivered' },
    },
    {
      name: 'played again an hour later',
      call: () => {
        const body = form({ id: 'x1', state: 'delivered' })
        return {
          urls: [],
          signature: sign(webhookSecret, body.toString(), Date.now() - 3_600_000),
          form: body,
        }
      },
      report: 'unsigned',
    },
    {
      name: 'without a signature',
      call: () => ({ urls: [], signature: undefined, form: form({ id: 'x1', state: 'delivered' }) }),
      report: 'unsigned',
    },
  ],
})
