import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeliveryReport, Messenger, ProviderCall, SendError } from '../../portal/messengers/messenger.ts'

/** A provider of our own: answers what a case wants, remembers what came. */
export type Provider = {
  url: string
  requests: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[]
  answer: (response: ServerResponse) => void
  close(): Promise<void>
}

export async function openProvider(): Promise<Provider> {
  const provider: Provider = {
    url: '',
    requests: [],
    answer: (response) => response.end(),
    close: async () => {},
  }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    provider.requests.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body,
    })
    provider.answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  provider.close = () =>
    new Promise((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return provider
}

export type MessengerFixture = {
  name: string
  make(baseUrl: string): Messenger
  /** How this provider says yes. */
  accept: (response: ServerResponse) => void
  /** How it says no, and what we must understand by it. */
  refusals: {
    name: string
    answer: (response: ServerResponse) => void
    problem: string
    permanent: boolean
    mayHaveLeft: boolean
  }[]
  reports?: { name: string; call: () => ProviderCall; report: DeliveryReport | 'unsigned' | 'unclear' }[]
  skip?: Partial<Record<'network' | 'reports', string>>
}

const message = { id: 'msg_1', to: '+8613800138000', text: '【青岚】验证码 012345' }

/** The same cases for every messenger. */
export function messengerContract(fixture: MessengerFixture) {
  describe(`messenger ${fixture.name}`, () => {
    let provider: Provider
    beforeAll(async () => {
      provider = await openProvider()
    })
    afterAll(() => provider.close())

    test('carries number and text, and says that it went', async () => {
      provider.answer = fixture.accept
      const receipt = await fixture.make(provider.url).send(message)
      expect(['sent', 'delivered']).toContain(receipt.state)
      if (fixture.skip?.network) return
      const sent = decodeURIComponent(provider.requests.at(-1)?.body.replaceAll('+', ' ') ?? '')
      expect(sent).toContain('8613800138000')
      expect(sent).toContain('【青岚】')
    })

    for (const refusal of fixture.refusals)
      test(`understands: ${refusal.name}`, async () => {
        provider.answer = refusal.answer
        const { problem, permanent, mayHaveLeft } = refusal
        const error = await fixture
          .make(provider.url)
          .send(message)
          .catch((caught: SendError) => caught)
        expect(error).toMatchObject({ name: 'SendError', problem, permanent, mayHaveLeft })
        expect(String(error)).not.toContain('138')
      })

    test.skipIf(fixture.skip?.network)(
      'a provider that is not there is a passing problem, and nothing has left',
      async () => {
        const closed = await openProvider()
        await closed.close()
        const sending = fixture.make(closed.url).send(message)
        await expect(sending).rejects.toMatchObject({
          problem: 'unreachable',
          permanent: false,
          mayHaveLeft: false,
        })
      },
    )

    test.skipIf(fixture.skip?.network)(
      'a connection that breaks in the middle may have carried it',
      async () => {
        provider.answer = (response) => void response.socket?.destroy()
        const sending = fixture.make(provider.url).send(message)
        await expect(sending).rejects.toMatchObject({
          problem: 'unreachable',
          permanent: false,
          mayHaveLeft: true,
        })
      },
    )

    for (const { name, call, report } of fixture.reports ?? [])
      test(`delivery report: ${name}`, () => {
        expect(fixture.make(provider.url).readReport?.(call())).toEqual(report)
      })
  })
}

export const json = (status: number, body: object) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
