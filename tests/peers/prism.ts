import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('../../', import.meta.url).pathname

/**
 * The part of Twilio's published description that covers messages (twilio/twilio-oai, spec/json/twilio_api_v2010.json,
 * MIT). It names no answer but success; the shape of a refusal is https://www.twilio.com/docs/usage/twilios-response.
 */
const description = join(root, 'tests/peers/twilio-messages-openapi.json')

type Refusal = { status: number; code: number; message: string }

/** Twilio's API as its own description has it: what the description does not allow is refused. */
export type TwilioApi = {
  base: string
  /** Forms of messages that came, oldest first. */
  readonly messages: URLSearchParams[]
  /** Answers with this from now on, instead of success. */
  prefer: number | undefined
  close(): Promise<void>
}

export async function startTwilioApi(options: { port: number; refusals: Refusal[] }): Promise<TwilioApi> {
  const work = mkdtempSync(join(tmpdir(), 'doorman-prism-'))
  const file = join(work, 'twilio.json')
  writeFileSync(file, JSON.stringify(withRefusals(options.refusals)))
  const words = ['mock', '--errors', '-h', '127.0.0.1', '-p', String(options.port), file]
  const prism = spawn(join(root, 'node_modules/.bin/prism'), words, { stdio: ['ignore', 'pipe', 'pipe'] })
  await listening(prism)
  const messages: URLSearchParams[] = []
  // The SDK sends no Prefer header of ours, so somebody stands in the door who adds it.
  const door = createServer(async (request, response) => {
    const body = await bodyOf(request)
    if (request.url?.endsWith('/Messages.json')) messages.push(new URLSearchParams(body.toString()))
    const headers = { ...request.headers, ...(api.prefer ? { prefer: `code=${api.prefer}` } : {}) }
    const onward = send(
      { host: '127.0.0.1', port: options.port, method: request.method, path: request.url, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    onward.end(body)
  })
  await new Promise<void>((done) => door.listen(0, '127.0.0.1', done))
  const api: TwilioApi = {
    base: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    messages,
    prefer: undefined,
    close: async () => {
      door.closeAllConnections()
      await new Promise((done) => door.close(done))
      const gone = new Promise((done) => prism.once('exit', done))
      prism.kill('SIGTERM')
      await gone
      rmSync(work, { recursive: true, force: true })
    },
  }
  return api
}

function withRefusals(refusals: Refusal[]): object {
  const whole = JSON.parse(readFileSync(description, 'utf8'))
  const { responses } = whole.paths['/2010-04-01/Accounts/{AccountSid}/Messages.json'].post
  for (const { status, code, message } of refusals) {
    const example = { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }
    responses[status] = { description: message, content: { 'application/json': { example } } }
  }
  return whole
}

async function listening(prism: ChildProcess): Promise<void> {
  let text = ''
  await new Promise<void>((done, failed) => {
    const hear = (chunk: Buffer) => {
      text += chunk
      if (text.includes('Prism is listening')) done()
    }
    prism.stdout?.on('data', hear)
    prism.stderr?.on('data', hear)
    prism.once('exit', () => failed(new Error(`Prism did not start:\n${text}`)))
  })
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}
