import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { formatMac, parseMac } from '../db/values/mac.ts'
import type { Secret } from './authenticator.ts'
import { codes } from './dictionary/index.ts'
import { decode } from './packet.ts'
import { Writer } from './writer.ts'

export type DisconnectTarget = {
  address: string
  port: number
  secret: Secret
  nasIdentifier: string | null
  gateway: string
}
export type SessionToEnd = { acctSessionId: string; callingStationId: string; userName: string | null }
export type DisconnectAnswer = { outcome: 'acknowledged' | 'refused' | 'unanswered'; errorCause?: number }

/**
 * Retransmission of RFC 5080 §2.2.1: first wait 2 s, doubled up to 16 s, each ±10 %, 5 tries, 30 s in all.
 * @param random in [0, 1).
 */
export function retryWaitsMs(random: () => number = Math.random): number[] {
  const waits: number[] = []
  let previous = 0
  let total = 0
  while (waits.length < 5 && total < 30_000) {
    const base = previous === 0 ? 2000 : Math.min(16_000, 2 * previous)
    const wait = Math.min(base * (1 + (random() * 0.2 - 0.1)), 30_000 - total)
    waits.push(wait)
    total += wait
    previous = base
  }
  return waits
}

/**
 * Asks a NAS to end one session (RFC 5176 §3). Message-Authenticator and Event-Timestamp go along; both
 * authenticators of the answer are verified, and what does not verify was not said.
 * A NAK that knows no such session (Error-Cause 503) counts as acknowledged: the guest is out.
 */
export function sendDisconnect(
  target: DisconnectTarget,
  session: SessionToEnd,
  options: { waitsMs?: number[]; now?: () => Date } = {},
): Promise<DisconnectAnswer> {
  const { waitsMs = retryWaitsMs(), now = () => new Date() } = options
  const request = disconnectRequest(target, session, now())
  const socket = createSocket(isIPv6(target.address) ? 'udp6' : 'udp4')
  return new Promise((done) => {
    let timer: NodeJS.Timeout
    const end = (answer: DisconnectAnswer) => {
      clearTimeout(timer)
      socket.close()
      done(answer)
    }
    let tries = 0
    const send = () => {
      if (tries === waitsMs.length) return end({ outcome: 'unanswered' })
      // The same octets each time: a repeat keeps Identifier, authenticator and time (RFC 5176 §2.3).
      socket.send(request, target.port, target.address, () => {})
      timer = setTimeout(send, waitsMs[tries++])
    }
    socket.on('error', () => end({ outcome: 'unanswered' }))
    socket.on('message', (bytes) => {
      const answer = readAnswer(bytes, request, target.secret)
      if (answer) end(answer)
    })
    send()
  })
}

function disconnectRequest(target: DisconnectTarget, session: SessionToEnd, now: Date): Buffer {
  const writer = new Writer().begin(codes['Disconnect-Request'], randomInt(256), {
    messageAuthenticator: true,
  })
  const mac = parseMac(session.callingStationId)
  if (target.nasIdentifier) writer.text('NAS-Identifier', target.nasIdentifier)
  // CoovaChilli and MikroTik look a session up by User-Name, hostapd by these two; none minds all three.
  if (session.userName && target.gateway === 'uam' && !isMac(session.userName))
    writer.text('User-Name', session.userName)
  writer.text('Calling-Station-Id', mac ? formatMac(mac) : session.callingStationId)
  writer.text('Acct-Session-Id', session.acctSessionId)
  writer.integer('Event-Timestamp', Math.floor(now.getTime() / 1000))
  return target.secret.signRequest(writer.take())
}

const isMac = (text: string) => parseMac(text) !== undefined

function readAnswer(bytes: Buffer, request: Buffer, secret: Secret): DisconnectAnswer | undefined {
  const packet = decode(bytes)
  if (typeof packet === 'string' || packet.identifier !== request[1]) return undefined
  const requestAuthenticator = request.subarray(4, 20)
  if (!secret.verifiesResponse(packet, requestAuthenticator)) return undefined
  if (packet.has('Message-Authenticator') && !secret.verifiesMessage(packet, requestAuthenticator))
    return undefined
  if (packet.code === codes['Disconnect-ACK']) return { outcome: 'acknowledged' }
  if (packet.code !== codes['Disconnect-NAK']) return undefined
  const errorCause = packet.integer('Error-Cause')
  if (errorCause === 503) return { outcome: 'acknowledged', errorCause }
  return errorCause === undefined ? { outcome: 'refused' } : { outcome: 'refused', errorCause }
}
