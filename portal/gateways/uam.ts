/**
 * CoovaChilli / UAM. Read from coova-chilli e0c7d7a (src/redir.c, src/chilli.c); see also ChilliLibrary.js.
 *
 * The browser is sent to us with a challenge and goes back to `http://uamip:uamport/logon` with an answer to it;
 * the gateway then asks our RADIUS server. `md`, always last, is a hash over the literal address when a uamsecret is set.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { parseIp } from '../../db/values/ip.ts'
import { parseMac } from '../../db/values/mac.ts'
import {
  type Arrival,
  type ArrivalNews,
  type ArrivalRequest,
  type Gateway,
  GatewayError,
  type NasSecrets,
  type Opening,
  parseWantedUrl,
  type Reading,
  type Release,
  single,
} from './gateway.ts'

export const uam: Gateway = {
  family: 'uam',
  admits: 'credential',
  hasMacAuth: true,
  recognises: (query) => query.has('uamip') || query.has('uamport'),
  readArrival,
  release,
}

function readArrival(request: ArrivalRequest, secrets: NasSecrets): Reading {
  const { query } = request
  if (secrets.portalSecret && !isSigned(request, secrets.portalSecret))
    return { ok: false, reason: 'bad-signature' }
  const deviceMac = parseMac(single(query, 'mac'))
  const uamip = parseIp(single(query, 'uamip'))
  const uamport = single(query, 'uamport') ?? '3990'
  const news = newsOf(query)
  if (!deviceMac || !uamip || uamip.includes(':') || !isPort(uamport) || !news)
    return { ok: false, reason: 'malformed' }
  const challenge = single(query, 'challenge')
  if (challenge !== undefined && !/^(?:[0-9a-f]{2}){16,32}$/i.test(challenge))
    return { ok: false, reason: 'malformed' }
  const arrival: Arrival = {
    nas: {},
    deviceMac,
    news,
    trust: secrets.portalSecret ? 'signed' : 'claimed',
    handle: { uamip, uamport, ...(challenge ? { challenge: challenge.toLowerCase() } : {}) },
  }
  const identifier = single(query, 'nasid', 253)
  const nasMac = parseMac(single(query, 'called'))
  const deviceIp = parseIp(single(query, 'ip'))
  const ssid = single(query, 'ssid', 64)
  const wantedUrl = parseWantedUrl(single(query, 'userurl', 2000))
  if (identifier) arrival.nas.identifier = identifier
  if (nasMac) arrival.nas.mac = nasMac
  if (deviceIp) arrival.deviceIp = deviceIp
  if (ssid) arrival.ssid = ssid
  if (wantedUrl) arrival.wantedUrl = wantedUrl
  return { ok: true, arrival }
}

function newsOf(query: URLSearchParams): ArrivalNews | undefined {
  switch (single(query, 'res') ?? 'notyet') {
    case 'notyet':
    case 'splash':
    case 'challenge':
      return 'captured'
    case 'failed':
      return single(query, 'reason') === 'timeout' ? 'timed-out' : 'refused'
    case 'success':
    case 'already':
      return 'online'
    case 'logoff':
      return 'left'
    default:
      return undefined
  }
}

/** redir.c: md = upper hex MD5(address up to but excluding `&md=` || uamsecret), over the text as configured. */
export function md(urlBeforeMd: string, uamSecret: string): string {
  return createHash('md5').update(urlBeforeMd).update(uamSecret).digest('hex').toUpperCase()
}

function isSigned(request: ArrivalRequest, uamSecret: string): boolean {
  return request.urls.some((url) => {
    const at = url.lastIndexOf('&md=')
    if (at < 0) return false
    const claimed = Buffer.from(url.slice(at + 4).toUpperCase())
    const right = Buffer.from(md(url.slice(0, at), uamSecret))
    return claimed.length === right.length && timingSafeEqual(claimed, right)
  })
}

/** The challenge both sides work with: mixed with the uamsecret where there is one. */
export function effectiveChallenge(challenge: string, uamSecret: string | undefined): Buffer {
  const raw = Buffer.from(challenge, 'hex')
  return uamSecret ? createHash('md5').update(raw).update(uamSecret).digest() : raw
}

/** RFC 1994: hex MD5(ident || password || challenge); the ident is 0 here as in the gateway's default. */
export function chapResponse(password: string, challenge: Buffer): string {
  return createHash('md5')
    .update(Buffer.from([0]))
    .update(password)
    .update(challenge)
    .digest('hex')
}

/** The password XORed with the challenge repeated, in hex; cut at 128 octets as redir.c does. */
export function papPassword(password: string, challenge: Buffer): string {
  const bytes = Buffer.from(password).subarray(0, 128)
  return Buffer.from(
    bytes.map((byte, index) => byte ^ (challenge[index % challenge.length] as number)),
  ).toString('hex')
}

/** CHAP first; PAP on the second try, for derivatives that pass only that on; plain text where there is no challenge. */
async function release({ handle, credential, secrets, tries }: Opening): Promise<Release> {
  const { uamip, uamport, challenge } = handle
  if (!uamip || !uamport || !credential) throw new GatewayError('handle-incomplete', { permanent: true })
  const to = new URL(`http://${uamip}:${uamport}/logon`)
  to.searchParams.set('username', credential.userName)
  if (!challenge) {
    to.searchParams.set('password', credential.secret)
  } else {
    const mixed = effectiveChallenge(challenge, secrets.portalSecret)
    if (tries % 2 === 1) to.searchParams.set('password', papPassword(credential.secret, mixed))
    else to.searchParams.set('response', chapResponse(credential.secret, mixed))
  }
  return { how: 'redirect', to }
}

const isPort = (text: string) => /^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535
