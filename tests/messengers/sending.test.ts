import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startJobs } from '../../db/jobs.ts'
import { sendMessage } from '../../portal/jobs/send-message.ts'
import { type Messenger, type Outgoing, SendError } from '../../portal/messengers/messenger.ts'
import { openShop, type Shop } from '../portal/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const fake = (answers: (() => void)[] = []) => {
  const sent: Outgoing[] = []
  const messenger: Messenger = {
    name: 'fake',
    send: async (message) => {
      sent.push(message)
      answers.shift()?.()
      return { state: 'sent', providerMessageId: `fake-${message.id}` }
    },
  }
  return { sent, job: sendMessage({ db: shop.db, messenger: Promise.resolve(messenger), pausesMs: [1, 1] }) }
}

let numbers = 0
const queued = async () => {
  const guest = shop.guest()
  await guest.arrive()
  await guest.askCode(`139${String(++numbers).padStart(4, '0')}5678`)
  const [message] = await shop.texts()
  return { merchantId: shop.merchantId, messageId: message?.id ?? '' }
}
const stateOf = async (id: string) => (await shop.texts()).find((one) => one.id === id)
const fail =
  (...how: ConstructorParameters<typeof SendError>) =>
  () => {
    throw new SendError(...how)
  }

describe('a text leaves', () => {
  test('once, however often the job runs', async () => {
    const payload = await queued()
    const { sent, job } = fake()
    await Promise.all(Array.from({ length: 20 }, () => job(payload)))
    expect(sent.length).toBe(1)
    expect(sent[0]?.text).toContain('Qinglan')
  })

  test('again after a passing refusal, and then not more', async () => {
    const payload = await queued()
    const busy = fail('busy', { permanent: false })
    const { sent, job } = fake([busy, busy])
    await job(payload)
    expect(sent.length).toBe(3)
    expect(await stateOf(payload.messageId)).toMatchObject({ state: 'sent', provider: 'fake' })
    const { sent: never, job: give } = fake([busy, busy, busy])
    const other = await queued()
    await give(other)
    expect(never.length).toBe(3)
    expect(await stateOf(other.messageId)).toMatchObject({ state: 'failed', problem: 'busy' })
  })

  test('never a second time where it may have left', async () => {
    const payload = await queued()
    const { sent, job } = fake([fail('unreachable', { permanent: false, mayHaveLeft: true })])
    await job(payload)
    await job(payload)
    expect(sent.length).toBe(1)
    expect(await stateOf(payload.messageId)).toMatchObject({ state: 'unknown', problem: 'unreachable' })
  })

  test('and a refusal for good is written down in a word', async () => {
    const payload = await queued()
    const { job } = fake([fail('opted-out', { permanent: true })])
    await job(payload)
    expect(await stateOf(payload.messageId)).toMatchObject({ state: 'failed', problem: 'opted-out' })
  })

  test('by the queue, within a moment of the guest’s press', async () => {
    const jobs = await startJobs(shop.db, shop.portal.jobs, () => {})
    const { messageId } = await queued()
    await expect.poll(async () => (await stateOf(messageId))?.state, { timeout: 8000 }).toBe('delivered')
    expect(await stateOf(messageId)).toMatchObject({ provider: 'outbox' })
    await jobs.stop()
  })
})

test('a delivery report without a right signature changes nothing', async () => {
  const own = await openShop({
    database: shop.database,
    config: {
      messenger: { kind: 'twilio', twilio: { accountSid: 'AC1', authToken: '12345', from: '+15005550006' } },
    },
  })
  const response = await own.app.request('https://wifi.example.com/hooks/twilio/status', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'AAAA' },
    body: 'MessageSid=SM1&MessageStatus=failed&AccountSid=AC1',
  })
  expect(response.status).toBe(403)
  expect(
    (await shop.app.request('https://wifi.example.com/hooks/twilio/status', { method: 'POST' })).status,
  ).toBe(404)
})
