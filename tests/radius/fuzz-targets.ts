import { gateways } from '../../portal/gateways/index.ts'
import { Secret } from '../../radius/authenticator.ts'
import { dictionary } from '../../radius/dictionary/index.ts'
import { rawAttributes, toRecord } from '../../radius/handlers/accounting.ts'
import type { Neighbour } from '../../radius/neighbours.ts'
import { decode } from '../../radius/packet.ts'
import { proofOf } from '../../radius/password.ts'
import { shownPacket } from '../../radius/shown-packet.ts'
import { verify } from '../../radius/verify.ts'

export const fuzzSecret = 'the secret of the fuzzer'
const secret = new Secret(fuzzSecret)
const neighbour: Neighbour = {
  merchantId: 'mer_1',
  nasId: 'nas_1',
  siteId: 'sit_1',
  siteSlug: 'teahouse',
  gateway: 'uam',
  address: '127.0.0.1',
  nasIdentifier: null,
  tlsIdentity: null,
  secrets: [secret],
  formerSecretUntil: null,
  coaPort: 3799,
  messageAuthenticator: 'auto',
  messageAuthenticatorSeen: false,
  macAuth: true,
  acctInterimIntervalSeconds: 600,
}
const names = Object.keys(dictionary) as (keyof typeof dictionary)[]
const at = new Date('2026-11-25T00:00:00Z')

/** Everything the server does with a datagram before the ledger is asked. Throws where a promise is broken. */
export function readPacket(bytes: Buffer): void {
  const packet = decode(bytes)
  if (typeof packet === 'string') return
  if (packet.length > bytes.length) throw new Error('more octets than there are')
  verify(packet, [neighbour, neighbour])
  verify(packet, [{ ...neighbour, messageAuthenticator: 'require' }])
  for (const name of names) {
    packet.integer(name)
    packet.address(name)
    const words = packet.text(name)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left.
    if (words !== undefined && /[\u0000-\u001f\u007f]/.test(words)) throw new Error('a control character')
    if (packet.all(name).length > 0 !== packet.has(name)) throw new Error('there and not there')
  }
  let octets = 20
  for (const { value } of packet) octets += value.length + 2
  if (octets !== packet.length) throw new Error('attributes do not add up')
  for (const [vendor, type] of [
    [14559, 8],
    [14122, 7],
    [14988, 8],
  ] as const)
    packet.vendor(vendor, type)
  proofOf(packet, secret)?.matches(Buffer.from('guest'))
  const record = toRecord(packet, neighbour, at)
  if (record.at > at || Number.isNaN(record.at.getTime())) throw new Error('in the future')
  if (record.inputOctets < 0n || record.inputOctets >= 1n << 64n) throw new Error('octets out of range')
  if (record.sessionTimeSeconds < 0 || record.sessionTimeSeconds > 0x7fffffff)
    throw new Error('time out of range')
  rawAttributes(packet)
  JSON.stringify(shownPacket(packet, 'acct'))
}

/** The query a gateway sends a browser with, as it is and as what openNDS packs into one. Never throws; what is read is whole. */
export function readQuery(bytes: Buffer): void {
  readText(bytes.toString('latin1'))
  readText(fas(bytes))
}

function readText(text: string): void {
  const query = new URLSearchParams(text)
  const request = { urls: [`http://portal.example/?${text}`], query }
  for (const gateway of Object.values(gateways)) {
    gateway.recognises(query)
    for (const portalSecret of [undefined, 'portal secret']) {
      const reading = gateway.readArrival(request, { secret: fuzzSecret, portalSecret })
      if (!reading.ok) continue
      const { deviceMac, handle, wantedUrl } = reading.arrival
      if (!/^[0-9a-f]{12}$/.test(deviceMac)) throw new Error(`no MAC: ${deviceMac}`)
      for (const value of Object.values(handle))
        if (typeof value !== 'string') throw new Error('a handle that is no text')
      if (wantedUrl !== undefined && !/^https?:/i.test(wantedUrl))
        throw new Error(`leads astray: ${wantedUrl}`)
    }
  }
}

const fas = (text: Buffer) => `fas=${text.toString('base64')}`
const openNds = `hid=${'ab'.repeat(32)}, clientip=10.0.0.2, clientmac=02:00:00:00:00:01, gatewayname=Tea%20House, gatewayaddress=10.0.0.1:2050, gatewaymac=aabbccddeeff, authdir=opennds_auth, originurl=http%3a%2f%2fexample.com, version=10`
export const querySeeds = [
  'res=notyet&uamip=10.1.0.1&uamport=3990&challenge=00112233445566778899aabbccddeeff&called=AA-BB-CC-DD-EE-FF&mac=02-00-00-00-00-01&ip=10.1.0.2&nasid=gateway&sessionid=1&ssid=Tea&userurl=http%3a%2f%2fexample.com%2f&md=00112233445566778899AABBCCDDEEFF',
  'res=failed&reason=timeout&uamip=10.1.0.1&uamport=3990&mac=02:00:00:00:00:01',
  'res=success&uamip=10.1.0.1&uamport=3990&mac=020000000001&uid=grt',
  'res=logoff&uamip=10.1.0.1&uamport=99999&mac=02-00-00-00-00-01',
  openNds,
  `hid=${'cd'.repeat(32)}, clientmac=02:00:00:00:00:01, gatewayaddress=[fe80::1]:2050`,
  `${fas(Buffer.from(openNds))}&status=authenticated`,
].map((query) => Buffer.from(query))
