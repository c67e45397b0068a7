import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import { parseIp } from '../db/values/ip.ts'
import { type AnswerParts, Answers, type Purpose } from './answers.ts'
import type { Count } from './counters.ts'
import { codes } from './dictionary/index.ts'
import { saysStatus } from './handlers/accounting.ts'
import type { Health } from './health.ts'
import type { Neighbours } from './neighbours.ts'
import { decode } from './packet.ts'
import { Sources } from './sources.ts'
import { verify } from './verify.ts'

export type ServerParts = AnswerParts & {
  neighbours: Neighbours
  health: Health
}

type Port = Purpose
type Door = { port: Port; socket: Socket; sources: Sources; received: Count }

/** The two sockets. What can not be authenticated gets silence and a counter; nothing thrown escapes a callback. */
export class RadiusServer {
  readonly #parts: ServerParts
  readonly #doors: Door[] = []
  readonly #answers: Answers
  #out: { door: Door; bytes: Buffer; from: RemoteInfo }[] = []

  constructor(parts: ServerParts) {
    this.#parts = parts
    this.#answers = new Answers(parts)
  }

  /**
   * Binds one port. IPv6 sockets take IPv4 too. Rejects with the system's error, EADDRINUSE for one.
   * @param options.shared several processes bind it; the kernel gives each source to one of them.
   */
  async listen(port: Port, host: string, number: number, options: { shared?: boolean } = {}): Promise<void> {
    const type = host.includes(':') ? 'udp6' : 'udp4'
    let isBound = false
    const buffers = { recvBufferSize: 8 << 20, sendBufferSize: 4 << 20 }
    const socket = createSocket({
      type,
      ...buffers,
      ...(options.shared ? { reusePort: true } : {}),
      // Answers go to the address a request came from: there is nothing to look up, nor a turn of the loop to wait for it.
      lookup: (name, options, found) => {
        const family = isBound ? (type === 'udp4' ? 4 : 6) : isIP(name)
        if (family) found(null, name, family)
        else lookup(name, options, found as never)
      },
    })
    const received = this.#parts.counters.of(`${port}.received`)
    const door = { port, socket, sources: new Sources(), received }
    this.#doors.push(door)
    socket.on('message', (bytes, from) => {
      try {
        this.#receive(door, bytes, from)
      } catch (error) {
        this.#answers.failed(port, error)
      }
    })
    await new Promise<void>((done, failed) => {
      socket.once('error', failed)
      socket.bind(number, host, () => {
        socket.off('error', failed)
        socket.on('error', this.#parts.onError)
        isBound = true
        done()
      })
    })
  }

  async close(): Promise<void> {
    // What is under way is finished and answered first.
    await Promise.race([
      Promise.all([this.#parts.access.idle(), this.#parts.recorder.idle()]),
      new Promise((done) => setTimeout(done, 5000).unref()),
    ])
    for (const { sources } of this.#doors) sources.close()
    const closing = this.#doors.map(({ socket }) => new Promise<void>((done) => socket.close(() => done())))
    await Promise.all(closing)
  }

  #receive(door: Door, bytes: Buffer, from: RemoteInfo) {
    const { neighbours, health } = this.#parts
    const { port, socket, sources } = door
    door.received.value++
    const heard = sources.find(from.address, from.port)
    // RFC 5080 §2.2.3: not everybody's packets are dropped alike. Who has most in work waits first, before any digest
    // is spent on it, so that a flood leaves the others their share.
    if (heard && heard.inWork >= inWorkMax && this.#isCrowded(port))
      return this.#answers.drop(port, 'overload')
    const packet = decode(bytes)
    if (typeof packet === 'string') return this.#answers.drop(port, packet)
    if (!belongs(port, packet.code)) return this.#answers.drop(port, 'unexpected-code')
    const address = heard?.address ?? parseIp(from.address) ?? from.address
    const candidates = neighbours.candidates(address, packet)
    const [likeliest] = candidates
    if (!likeliest) {
      health.stranger(address, packet.text('NAS-Identifier') ?? '')
      return this.#answers.drop(port, 'unknown-nas')
    }
    const verified = verify(packet, candidates)
    if ('reason' in verified) {
      health.refused(likeliest, port, verified.reason)
      return this.#answers.drop(port, verified.reason, likeliest)
    }
    const { nas, secret } = verified
    const source = heard ?? sources.know(from.address, from.port)
    if (packet.code === codes['Status-Server']) {
      if (!sources.mayAskStatus(source)) return this.#answers.drop(port, 'status-too-often', nas)
      const alive = this.#answers.status(port, packet, secret)
      if (alive) socket.send(alive, from.port, from.address)
      return
    }
    if (verified.warning) health.problem(nas, verified.warning)
    health.heard(nas, port, port === 'auth' && packet.has('Message-Authenticator'))
    const known = sources.recall(source, packet.identifier, packet.authenticator)
    if (known) {
      this.#answers.duplicate(port, nas)
      const answer = sources.answerTo(known)
      if (answer) socket.send(answer, from.port, from.address)
      return
    }
    if (port === 'acct' && !saysStatus(packet)) return this.#answers.drop(port, 'no-status-type', nas)
    const number = sources.remember(source, packet.identifier, packet.authenticator)
    source.inWork++
    const reply = (bytes: Buffer | undefined) => {
      source.inWork--
      if (!bytes) return sources.forget(source, packet.identifier, number)
      sources.answered(number, bytes)
      if (this.#out.push({ door, bytes, from }) === 1) queueMicrotask(this.#send)
    }
    try {
      this.#answers[port === 'auth' ? 'access' : 'accounting'](packet, nas, secret, reply)
    } catch (error) {
      reply(undefined)
      throw error
    }
  }

  /** What one batch has answered leaves together: whoever waits for several is woken once. */
  readonly #send = () => {
    const out = this.#out
    this.#out = []
    for (const { door, bytes, from } of out) {
      try {
        door.socket.send(bytes, from.port, from.address)
      } catch (error) {
        this.#answers.failed(door.port, error)
      }
    }
  }

  #isCrowded(port: Port): boolean {
    const { access, recorder } = this.#parts
    return (port === 'auth' ? access.waiting() : recorder.waiting()) > crowded
  }
}

/** Requests waiting for the ledger from which on a source has no more than `inWorkMax` of them in work. */
const crowded = 300
const inWorkMax = 32

function belongs(port: Port, code: number): boolean {
  if (code === codes['Status-Server']) return true
  return code === (port === 'auth' ? codes['Access-Request'] : codes['Accounting-Request'])
}
