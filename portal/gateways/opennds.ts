/**
 * openNDS with forwarding authentication service (FAS) level 1. Read from openNDS v9.10.0 (560a47d):
 * src/http_microhttpd.c, and https://opennds.readthedocs.io/en/v9.10.0/fas.html.
 *
 * The redirect is one base64 list of `name=value` with ", " between. The way back is a GET from the guest's own
 * address with `tok` = SHA-256(hid || faskey); no RADIUS is involved.
 */
import { createHash } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { parseIp } from '../../db/values/ip.ts'
import { parseMac } from '../../db/values/mac.ts'
import {
  type Arrival,
  type ArrivalRequest,
  type Gateway,
  GatewayError,
  hasControl,
  type NasSecrets,
  type Opening,
  parseWantedUrl,
  type Reading,
  type Release,
  single,
} from './gateway.ts'

export const opennds: Gateway = {
  family: 'opennds',
  admits: 'portal',
  hasMacAuth: false,
  recognises: (query) => query.has('fas'),
  readArrival,
  release,
}

function readArrival({ query }: ArrivalRequest, _secrets: NasSecrets): Reading {
  const fields = readFas(single(query, 'fas', 8000))
  const deviceMac = parseMac(fields?.get('clientmac'))
  const address = parseAddress(fields?.get('gatewayaddress'))
  const hid = fields?.get('hid') ?? ''
  if (!fields || !deviceMac || !address || !/^[0-9a-f]{64}$/.test(hid))
    return { ok: false, reason: 'malformed' }
  const arrival: Arrival = {
    nas: {},
    deviceMac,
    // Opened again by somebody already let through: `fas_url?<query>&status=authenticated`.
    news: single(query, 'status') === 'authenticated' ? 'online' : 'captured',
    // Level 1 signs nothing on the way to us. The way back is bound to hid and faskey, which the gateway checks.
    trust: 'claimed',
    handle: { hid, gatewayaddress: address, authdir: authdirOf(fields.get('authdir')) },
  }
  const identifier = decode(fields.get('gatewayname'))?.trim()
  const nasMac = parseMac(fields.get('gatewaymac'))
  const deviceIp = parseIp(fields.get('clientip'))
  const wantedUrl = parseWantedUrl(decode(fields.get('originurl')))
  if (identifier) arrival.nas.identifier = identifier
  if (nasMac) arrival.nas.mac = nasMac
  if (deviceIp) arrival.deviceIp = deviceIp
  if (wantedUrl) arrival.wantedUrl = wantedUrl
  return { ok: true, arrival }
}

/**
 * The base64 is put into the address without encoding `+ / =`, so a reader of forms has made spaces of the pluses.
 * A field that comes twice makes the whole list unusable.
 */
export function readFas(fas: string | undefined): Map<string, string> | undefined {
  const packed = fas?.replaceAll(' ', '+')
  if (!packed || !/^[A-Za-z0-9+/]+={0,2}$/.test(packed)) return undefined
  const text = Buffer.from(packed, 'base64').toString('utf8')
  if (hasControl(text)) return undefined
  const fields = new Map<string, string>()
  for (const item of text.split(', ')) {
    const at = item.indexOf('=')
    if (at < 1) continue
    const name = item.slice(0, at)
    const value = item.slice(at + 1)
    if (fields.has(name)) return undefined
    if (value && value !== '(null)') fields.set(name, value)
  }
  return fields
}

/** util: `rhid` = lower hex SHA-256(hid as ASCII || faskey), the value to send back as `tok`. */
export const rhid = (hid: string, faskey: string) =>
  createHash('sha256').update(hid).update(faskey).digest('hex')

/** Never without `tok`: in 9.10.0 the gateway then reads through a null pointer. The slash before `?` is required. */
async function release({ handle, secrets, returnUrl }: Opening): Promise<Release> {
  const { hid, gatewayaddress, authdir } = handle
  if (!hid || !gatewayaddress) throw new GatewayError('handle-incomplete', { permanent: true })
  const to = new URL(`http://${gatewayaddress}/${authdir ?? 'opennds_auth'}/`)
  // openNDS has no RADIUS secret, so an installation that was given one secret means the faskey by it.
  to.search = `?tok=${rhid(hid, secrets.portalSecret ?? secrets.secret)}&redir=${encodeURIComponent(returnUrl)}`
  return { how: 'redirect', to }
}

function parseAddress(text: string | undefined): string | undefined {
  const [ip, port, ...rest] = (text ?? '').split(':')
  if (!ip || !isIPv4(ip) || !port || rest.length > 0 || !/^[0-9]{1,5}$/.test(port)) return undefined
  return Number(port) >= 1 && Number(port) <= 65535 ? `${ip}:${port}` : undefined
}

const authdirOf = (text: string | undefined) =>
  text && /^[A-Za-z0-9_-]{1,32}$/.test(text) ? text : 'opennds_auth'

function decode(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  try {
    const plain = decodeURIComponent(text)
    return hasControl(plain) ? undefined : plain
  } catch {
    return undefined
  }
}
