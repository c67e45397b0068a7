import { randomBytes } from 'node:crypto'
import peer from 'radius'
import { Secret } from '../../../radius/authenticator.ts'
import { HmacMd5, md5 } from '../../../radius/md5.ts'
import { decode } from '../../../radius/packet.ts'
import { hidePassword, proofOf } from '../../../radius/password.ts'
import { Writer } from '../../../radius/writer.ts'

const secretText = 'testing123'

/**
 * The codec alone: an Access-Request with twelve attributes is decoded, verified, its password read, and an
 * Access-Accept with Message-Authenticator written and signed; by ours and by the npm package `radius`, alternating.
 */
export function benchCodec(quick: boolean, log: (line: string) => void): { ratio: number } {
  const secret = new Secret(secretText)
  const requests = Array.from({ length: 256 }, (_, identifier) => request(secret, identifier))
  const ms = quick ? 400 : 1500
  const ours = () => {
    for (const bytes of requests) {
      const packet = decode(bytes)
      if (typeof packet === 'string' || !secret.verifiesMessage(packet, packet.authenticator))
        throw new Error('bad')
      if (!proofOf(packet, secret)?.matches(password)) throw new Error('bad password')
      const writer = new Writer().begin(2, packet.identifier, { messageAuthenticator: true })
      writer.integer('Session-Timeout', 3600).integer('Acct-Interim-Interval', 600)
      secret.signResponse(writer.take(), packet.authenticator)
    }
  }
  const theirs = () => {
    for (const bytes of requests) {
      const packet = peer.decode({ packet: bytes, secret: secretText })
      if (packet.attributes['User-Password'] !== password.toString()) throw new Error('bad password')
      peer.encode_response({
        packet,
        code: 'Access-Accept',
        secret: secretText,
        attributes: [['Session-Timeout', 3600], [85, Buffer.from([0, 0, 2, 88])] as never],
      })
    }
  }
  const hmac = new HmacMd5(Buffer.from(secretText))
  const out = Buffer.alloc(16)
  /** What cannot be left out: one HMAC and one MD5 for the request (its password), one of each for the reply. */
  const digests = () => {
    for (const bytes of requests) {
      hmac.sign(bytes, bytes.length, out)
      md5(bytes, 26, out)
      hmac.sign(bytes, 50, out)
      md5(bytes, 60, out)
    }
  }
  const rates = { ours: [] as number[], theirs: [] as number[], digests: [] as number[] }
  for (let round = 0; round < (quick ? 2 : 4); round++)
    for (const [name, work] of Object.entries({ ours, theirs, digests })) {
      const rate = perSecond(work, ms) * requests.length
      if (round > 0) rates[name as keyof typeof rates].push(rate)
    }
  const best = (name: keyof typeof rates) => Math.max(...rates[name])
  log(
    `codec: ours ${Math.round(best('ours'))}/s, npm radius ${Math.round(best('theirs'))}/s, the four digests alone ${Math.round(best('digests'))}/s (ours reaches ${Math.round((100 * best('ours')) / best('digests'))} % of them)`,
  )
  return { ratio: best('ours') / best('theirs') }
}

const password = Buffer.from('correct horse')

/** Twelve attributes, as an access point sends them. */
function request(secret: Secret, identifier: number): Buffer {
  const authenticator = randomBytes(16)
  const writer = new Writer()
    .begin(1, identifier, { messageAuthenticator: true })
    .text('User-Name', 'u00042@wifi.example')
    .octets('User-Password', hidePassword(password, authenticator, secret))
    .address('NAS-IP-Address', '192.0.2.1')
    .text('NAS-Identifier', 'radload')
    .integer('NAS-Port', 42)
    .integer('NAS-Port-Type', 19)
    .integer('Service-Type', 1)
    .text('Calling-Station-Id', '02-5A-00-00-00-2A')
    .text('Called-Station-Id', '02-00-00-AA-BB-CC:PortalWiFi')
    .raw(77, Buffer.from('CONNECT 54Mbps 802.11ac'))
    .integer('Framed-MTU', 1400)
  return secret.signAccessRequest(writer.take(), authenticator)
}

function perSecond(work: () => void, ms: number): number {
  const end = performance.now() + ms
  let rounds = 0
  const began = performance.now()
  while (performance.now() < end) {
    work()
    rounds++
  }
  return (rounds * 1000) / (performance.now() - began)
}
