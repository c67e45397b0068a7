import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Messenger, type Outgoing, SendError } from './messenger.ts'

export type WebhookConfig = { url: string; secret: string }

const timeoutMs = 10_000

/**
 * Hands each message to an address of the operator's: POST of JSON `{ id, to, text }`, signed in
 * `X-Doorman-Signature: t=<seconds>,v1=<hex HMAC-SHA-256(secret, "t.body")>`. 2xx: taken. 4xx: never. Else: try again.
 */
export function webhookMessenger(config: WebhookConfig): Messenger {
  return {
    name: 'webhook',
    send: async (message: Outgoing) => {
      const body = JSON.stringify(message)
      const response = await fetch(config.url, {
        method: 'POST',
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          'content-type': 'application/json',
          'x-doorman-signature': sign(config.secret, body, Date.now()),
        },
      }).catch((error: unknown) => {
        const cause = (error as { cause?: { code?: string } }).cause?.code
        throw new SendError('unreachable', {
          permanent: false,
          mayHaveLeft: cause !== 'ECONNREFUSED' && cause !== 'ENOTFOUND',
        })
      })
      await response.body?.cancel()
      if (response.ok) return { state: 'sent' }
      if (response.status === 429 || response.status === 503)
        throw new SendError('busy', { permanent: false })
      if (response.status >= 500) throw new SendError('unreachable', { permanent: false, mayHaveLeft: true })
      throw new SendError(response.status === 401 || response.status === 403 ? 'account' : 'unclear', {
        permanent: true,
      })
    },
    readReport: ({ signature, form }) => {
      const body = form.toString()
      if (!signature || !isSignedWith(config.secret, body, signature)) return 'unsigned'
      const state = form.get('state')
      const id = form.get('id')
      if (!id || (state !== 'sent' && state !== 'delivered' && state !== 'failed')) return 'unclear'
      return { providerMessageId: id, state, ...(state === 'failed' ? { problem: 'unclear' as const } : {}) }
    },
  }
}

export function sign(secret: string, body: string, atMs: number): string {
  const t = Math.floor(atMs / 1000)
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`
}

/** Good for five minutes, so that an old report can not be played again. */
function isSignedWith(secret: string, body: string, signature: string): boolean {
  const [, t, v1] = /^t=([0-9]{1,12}),v1=([0-9a-f]{64})$/.exec(signature) ?? []
  if (!t || !v1 || Math.abs(Date.now() / 1000 - Number(t)) > 300) return false
  const right = createHmac('sha256', secret).update(`${t}.${body}`).digest()
  return timingSafeEqual(right, Buffer.from(v1, 'hex'))
}
