import twilio from 'twilio'
import type { MessageProblem } from '../../db/crm/messages.ts'
import {
  type DeliveryReport,
  type Messenger,
  type Outgoing,
  type ProviderCall,
  SendError,
} from './messenger.ts'

export type TwilioConfig = {
  accountSid: string
  authToken: string
  /** A number, or a messaging service (MG…). */
  from: string
  /** Another base address than https://api.twilio.com. */
  apiBase?: string | undefined
}

const timeoutMs = 10_000

/**
 * Twilio Programmable Messaging through its SDK.
 * @param statusCallback our address for delivery reports; none where Twilio could not reach it.
 */
export function twilioMessenger(config: TwilioConfig, statusCallback: string | undefined): Messenger {
  const sdk = twilio(config.accountSid, config.authToken, { httpClient: new Elsewhere(config.apiBase) })
  const sender = config.from.startsWith('MG') ? { messagingServiceSid: config.from } : { from: config.from }
  return {
    name: 'twilio',
    send: async ({ to, text }: Outgoing) => {
      try {
        const message = await sdk.messages.create({
          to,
          body: text,
          ...sender,
          ...(statusCallback ? { statusCallback } : {}),
        })
        return { state: 'sent', providerMessageId: message.sid }
      } catch (error) {
        throw asSendError(error)
      }
    },
    readReport: (call) => readReport(call, config),
  }
}

/** The SDK knows only its own hosts; a base address of the operator's choice replaces scheme, host and port. */
class Elsewhere extends twilio.RequestClient {
  readonly #base: URL | undefined
  constructor(apiBase: string | undefined) {
    super({ timeout: timeoutMs })
    this.#base = apiBase ? new URL(apiBase) : undefined
  }
  override request<T>(options: Parameters<InstanceType<typeof twilio.RequestClient>['request']>[0]) {
    const base = this.#base
    if (!base) return super.request<T>(options as never)
    const uri = new URL(options.uri)
    const path = base.pathname.replace(/\/$/, '') + uri.pathname
    return super.request<T>({ ...options, uri: `${base.origin}${path}${uri.search}` } as never)
  }
}

/** https://www.twilio.com/docs/api/errors, as far as they tell what to do next. */
const problems: Record<number, [MessageProblem, permanent: boolean]> = {
  20003: ['account', true],
  20404: ['account', true],
  20429: ['busy', false],
  21211: ['number-invalid', true],
  21408: ['region-blocked', true],
  21606: ['sender-invalid', true],
  21610: ['opted-out', true],
  21612: ['number-unreachable', true],
  21614: ['number-invalid', true],
  30001: ['busy', false],
  30002: ['account', true],
  30003: ['number-unreachable', true],
  30004: ['opted-out', true],
  30005: ['number-invalid', true],
  30006: ['number-unreachable', true],
  30007: ['filtered', true],
  30008: ['unclear', true],
  30034: ['sender-invalid', true],
}

function asSendError(error: unknown): SendError {
  const { code, status } = error as { code?: number | string; status?: number }
  const known = typeof code === 'number' ? problems[code] : undefined
  if (known) return new SendError(known[0], { permanent: known[1] })
  if (status === 429) return new SendError('busy', { permanent: false })
  if (status === 401 || status === 403) return new SendError('account', { permanent: true })
  if (status && status >= 400 && status < 500) return new SendError('unclear', { permanent: true })
  if (status === 503) return new SendError('unreachable', { permanent: false })
  if (status) return new SendError('unreachable', { permanent: false, mayHaveLeft: true })
  const neverArrived =
    code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EHOSTUNREACH'
  return new SendError('unreachable', { permanent: false, mayHaveLeft: !neverArrived })
}

function readReport(
  { urls, signature, form }: ProviderCall,
  config: TwilioConfig,
): DeliveryReport | 'unsigned' | 'unclear' {
  const params: Record<string, string | string[]> = {}
  for (const key of new Set(form.keys())) {
    const values = form.getAll(key)
    params[key] = values.length === 1 ? (values[0] as string) : values
  }
  const signed =
    signature && urls.some((url) => twilio.validateRequest(config.authToken, signature, url, params))
  if (!signed || form.get('AccountSid') !== config.accountSid) return 'unsigned'
  const providerMessageId = form.get('MessageSid')
  const state = stateOf(form.get('MessageStatus'))
  if (!providerMessageId || !state) return 'unclear'
  const problem = state === 'failed' ? (problems[Number(form.get('ErrorCode'))]?.[0] ?? 'unclear') : undefined
  return { providerMessageId, state, ...(problem ? { problem } : {}) }
}

function stateOf(status: string | null): DeliveryReport['state'] | undefined {
  if (status === 'delivered' || status === 'read') return 'delivered'
  if (status === 'failed' || status === 'undelivered' || status === 'canceled') return 'failed'
  return status === 'sent' ? 'sent' : undefined
}
