import type { Messenger } from './messenger.ts'
import { outbox } from './outbox.ts'
import type { TwilioConfig } from './twilio.ts'
import { type WebhookConfig, webhookMessenger } from './webhook.ts'

export type MessengerConfig = {
  kind: string
  twilio?: TwilioConfig | undefined
  webhook?: WebhookConfig | undefined
}

/** The messenger of this installation. Twilio's SDK is loaded only where it is used: it is the slowest import we have. */
export async function createMessenger(
  config: MessengerConfig,
  publicUrl: string | undefined,
): Promise<Messenger> {
  if (config.kind === 'twilio' && config.twilio) {
    const { twilioMessenger } = await import('./twilio.ts')
    return twilioMessenger(
      config.twilio,
      reachable(publicUrl) ? `${publicUrl}/hooks/twilio/status` : undefined,
    )
  }
  if (config.kind === 'webhook' && config.webhook) return webhookMessenger(config.webhook)
  if (config.kind === 'outbox') return outbox()
  throw new Error(`There is no messenger '${config.kind}' with these settings.`)
}

/** Providers refuse to call back to names of the local network. */
const reachable = (publicUrl: string | undefined): publicUrl is string =>
  publicUrl?.startsWith('https://') === true && new URL(publicUrl).hostname.includes('.')
