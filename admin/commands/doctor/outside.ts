import type { Config } from '../../../config.ts'
import type { Checkup } from '../../../db/checkup.ts'
import { ask, type Finding, fault, fine, warn } from './finding.ts'

/** Whether texts can leave: the provider is asked who we are, nothing is sent. */
export async function checkMessenger(
  config: Config,
  texts: Checkup['texts'] | undefined,
): Promise<Finding[]> {
  const findings = [await providerOf(config)]
  if (texts && texts.failed > 0)
    findings.push(
      texts.failed * 5 > texts.all
        ? fault('messages', failedOf(texts), 'The page Messages in the panel tells why, text by text.')
        : warn('messages', failedOf(texts), 'The page Messages in the panel tells why, text by text.'),
    )
  return findings
}

const failedOf = ({ failed, all, problems }: Checkup['texts']) =>
  `${failed} of ${all} texts of the last day failed${problems.length ? `: ${problems.join(', ')}` : ''}.`

async function providerOf({ messenger }: Config): Promise<Finding> {
  if ('twilio' in messenger && messenger.twilio) {
    const { accountSid, authToken, apiBase } = messenger.twilio
    const base = (apiBase ?? 'https://api.twilio.com').replace(/\/+$/, '')
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
    const answer = await ask(`${base}/2010-04-01/Accounts/${accountSid}.json`, { headers: { authorization } })
    if (!answer)
      return fault('messenger', `Twilio does not answer at ${base}.`, 'Let this machine reach it by HTTPS.')
    if (answer.status === 401 || answer.status === 403)
      return fault(
        'messenger',
        'Twilio refuses our name and token.',
        'Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.',
      )
    return fine('messenger', `Twilio answers (HTTP ${answer.status}).`)
  }
  if ('webhook' in messenger && messenger.webhook) {
    const { origin } = new URL(messenger.webhook.url)
    return (await ask(origin, { method: 'HEAD' }))
      ? fine('messenger', `The webhook's host ${origin} answers.`)
      : fault('messenger', `The webhook's host ${origin} does not answer.`, 'Check WEBHOOK_URL.')
  }
  return warn(
    'messenger',
    'MESSENGER=outbox: codes are shown in the panel only, no guest receives one.',
    'For a real shop set MESSENGER to twilio or webhook and its variables.',
  )
}

/** How phones in the shop reach the pages. */
export async function checkReach({ http: { publicUrl, port } }: Config): Promise<Finding[]> {
  if (!publicUrl)
    return [
      warn(
        'reachability',
        `PUBLIC_URL is not set, so gateways and phones must reach this machine by its address and port ${port}.`,
        'Give it a name with HTTPS: PUBLIC_URL=https://wifi.example.com. Phones warn of pages without it.',
      ),
    ]
  const answer = await ask(`${publicUrl}/healthz`)
  if (!answer?.ok)
    return [
      fault(
        'reachability',
        `${publicUrl} ${answer ? `answers HTTP ${answer.status}` : 'does not answer'} from here.`,
        'Check the name, the certificate and the reverse proxy. The gateway must let guests reach it before they sign in.',
      ),
    ]
  const insecure = publicUrl.startsWith('http:')
  return [
    insecure
      ? warn(
          'reachability',
          `${publicUrl} answers, without HTTPS.`,
          'Put a certificate in front: phone numbers are typed there.',
        )
      : fine('reachability', `${publicUrl} answers.`),
  ]
}
