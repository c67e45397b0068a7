import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { parseIp } from '../../db/values/ip.ts'
import type { Secret } from '../authenticator.ts'
import { decode, type Packet } from '../packet.ts'

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
 * Sends one request to a NAS by UDP until it answers. Nothing counts but an answer from that address and port, to this
 * Identifier, with both authenticators right (RFC 5176 §6.3); what else comes was not said.
 * @param from address of ours it is sent from, where there is one of choice: access points ask for the one they know.
 * @returns undefined where no answer came after the last wait.
 */
export function exchange(
  to: { address: string; port: number; secret: Secret },
  request: Buffer,
  waitsMs: readonly number[],
  from?: string,
): Promise<Packet | undefined> {
  const isSix = isIPv6(to.address)
  const socket = createSocket(isSix ? 'udp6' : 'udp4')
  return new Promise((done) => {
    let timer: NodeJS.Timeout | undefined
    let tries = 0
    let isOver = false
    const end = (answer: Packet | undefined) => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      socket.close()
      done(answer)
    }
    const send = () => {
      if (isOver) return
      if (tries === waitsMs.length) return end(undefined)
      // The same octets each time: a repeat keeps Identifier, authenticator and Event-Timestamp, so that the NAS knows
      // it for one (RFC 5176 §2.3). 30 s are well within the 300 s a NAS grants to clocks.
      socket.send(request, to.port, to.address, () => {})
      timer = setTimeout(send, waitsMs[tries++])
    }
    socket.on('error', () => end(undefined))
    socket.on('message', (bytes, sender) => {
      if (sender.port !== to.port || parseIp(sender.address) !== parseIp(to.address)) return
      const answer = genuineAnswer(bytes, request, to.secret)
      if (answer) end(answer)
    })
    if (from && isIPv6(from) === isSix && !/^[0.:]+$/.test(from)) socket.bind(0, from, send)
    else send()
  })
}

/** What answers this request, if the secret has signed it. */
export function genuineAnswer(bytes: Buffer, request: Buffer, secret: Secret): Packet | undefined {
  const packet = decode(bytes)
  if (typeof packet === 'string' || packet.identifier !== request[1]) return undefined
  // 40 is answered by 41 or 42, 43 by 44 or 45.
  if (packet.code !== (request[0] ?? 0) + 1 && packet.code !== (request[0] ?? 0) + 2) return undefined
  const authenticator = request.subarray(4, 20)
  if (!secret.verifiesResponse(packet, authenticator)) return undefined
  if (packet.has('Message-Authenticator') && !secret.verifiesMessage(packet, authenticator)) return undefined
  return packet
}
