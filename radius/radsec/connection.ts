import type { TLSSocket } from 'node:tls'
import type { Answers } from '../answers.ts'
import { Secret } from '../authenticator.ts'
import type { Counters } from '../counters.ts'
import { codes } from '../dictionary/index.ts'
import { saysStatus } from '../handlers/accounting.ts'
import type { Health } from '../health.ts'
import type { Neighbour, Neighbours } from '../neighbours.ts'
import { decode, type Packet } from '../packet.ts'
import { Frames } from './frames.ts'

/** RFC 6614 §2.3: TLS does what the shared secret did; the packets are signed with this one all the same. */
export const radsecSecret = new Secret('radsec')

export type ConnectionParts = {
  neighbours: Neighbours
  health: Health
  counters: Counters
  answers: Answers
  onError(error: unknown): void
  /** A packet of this NAS came this way: what is for it can go back the same way. */
  onHeard(connection: Connection, nasId: string): void
}
export type ConnectionLimits = {
  idleMs: number
  /** Requests taken in and not answered yet; beyond it nothing more is read. */
  unansweredMax: number
}

type Asked = { request: Buffer; done: (answer: Packet | undefined) => void }

/** One TLS connection of a NAS or a proxy: its requests, our answers, and what we ask of it. */
export class Connection {
  /** By what its certificate may be registered. */
  readonly names: readonly string[]
  readonly #socket: TLSSocket
  readonly #parts: ConnectionParts
  readonly #limits: ConnectionLimits
  readonly #frames = new Frames()
  /** Requests that are worked on: Identifier and authenticator. */
  readonly #unanswered = new Map<number, Buffer>()
  readonly #asked = new Map<number, Asked>()
  #nextIdentifier = 0
  #isEnding = false
  #isWorking = false

  constructor(socket: TLSSocket, names: readonly string[], parts: ConnectionParts, limits: ConnectionLimits) {
    this.names = names
    this.#socket = socket
    this.#parts = parts
    this.#limits = limits
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 60_000)
    socket.disableRenegotiation()
    socket.setTimeout(limits.idleMs, () => this.end('idle'))
    socket.on('data', (chunk: Buffer) => {
      this.#frames.put(chunk)
      this.#work()
    })
    socket.on('drain', () => this.#work())
    socket.on('close', () => {
      for (const { done } of this.#asked.values()) done(undefined)
      this.#asked.clear()
    })
  }

  get isOpen(): boolean {
    return !this.#isEnding && !this.#socket.destroyed
  }

  /** Whether requests are still worked on. */
  get isBusy(): boolean {
    return this.#unanswered.size > 0
  }

  /** Closes it for a reason, which is counted. What was written before goes out first. */
  end(reason: string) {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#parts.counters.add(`radsec.closed.${reason}`)
    this.#socket.destroySoon()
  }

  /** Reads no more; answers what is under way. */
  stopReading() {
    this.#socket.pause()
    this.#socket.removeAllListeners('data')
  }

  /**
   * Sends the other side a request of ours (RFC 6614 §2.5) and waits for its answer; undefined where none came. It is
   * sent once: TLS carries it for certain or not at all (RFC 6613 §2.6.1).
   */
  ask(build: (identifier: number) => Buffer, waitMs: number): Promise<Packet | undefined> {
    if (!this.isOpen || this.#asked.size >= 256) return Promise.resolve(undefined)
    while (this.#asked.has(this.#nextIdentifier)) this.#nextIdentifier = (this.#nextIdentifier + 1) & 255
    const identifier = this.#nextIdentifier
    this.#nextIdentifier = (identifier + 1) & 255
    const request = build(identifier)
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(undefined), waitMs)
      const done = (answer: Packet | undefined) => {
        clearTimeout(timer)
        this.#asked.delete(identifier)
        resolve(answer)
      }
      this.#asked.set(identifier, { request, done })
      this.#socket.write(request)
    })
  }

  /** Takes packets out of the stream as long as there is room for their answers. Nothing thrown escapes. */
  #work() {
    this.#isWorking = true
    try {
      while (this.isOpen && !this.#isFull()) {
        const bytes = this.#frames.next()
        if (bytes === undefined) break
        if (bytes === 'bad-length') this.end(bytes)
        else this.#receive(bytes)
      }
      if (!this.isOpen) return
      // Back-pressure: the other side's writes stand still until we are through.
      if (this.#isFull()) this.#socket.pause()
      else this.#socket.resume()
    } catch (error) {
      this.#parts.onError(error)
      this.end('error')
    } finally {
      this.#isWorking = false
    }
  }

  #isFull(): boolean {
    return this.#unanswered.size >= this.#limits.unansweredMax || this.#socket.writableNeedDrain
  }

  /** RFC 6613 §2.6.4: what a datagram would be dropped for ends a connection, but for codes we do not know. */
  #receive(bytes: Buffer) {
    const packet = decode(bytes)
    if (typeof packet === 'string') return this.end(packet)
    if (isAnswer(packet.code)) return this.#answered(packet)
    const { counters, neighbours, health } = this.#parts
    const purpose = purposeOf(packet.code)
    if (!purpose) return counters.add('radsec.dropped.unexpected-code')
    counters.add(`${purpose}.received`)
    const certified = neighbours.certified(this.names)
    if (certified.length === 0) return this.end('unknown-identity')
    if (!isGenuine(packet)) return this.end('bad-authenticator')
    const nas = nasOf(packet, certified)
    if (!nas) return this.#parts.answers.drop(purpose, 'unknown-nas')
    this.#parts.onHeard(this, nas.nasId)
    if (packet.code === codes['Status-Server']) {
      const alive = this.#parts.answers.status('auth', packet, radsecSecret)
      if (alive) this.#socket.write(alive)
      return
    }
    health.heard(nas, purpose, false)
    if (purpose === 'acct' && !saysStatus(packet))
      return this.#parts.answers.drop('acct', 'no-status-type', nas)
    if (this.#unanswered.get(packet.identifier)?.equals(packet.authenticator))
      return this.#parts.answers.duplicate(purpose, nas)
    this.#answer(packet, nas, purpose)
  }

  #answer(packet: Packet, nas: Neighbour, purpose: 'auth' | 'acct') {
    const { answers } = this.#parts
    const { identifier, authenticator } = packet
    this.#unanswered.set(identifier, authenticator)
    const reply = (bytes: Buffer | undefined) => {
      // Its Identifier may stand for another request by now: then nobody waits for this answer any more.
      if (this.#unanswered.get(identifier) !== authenticator) return
      this.#unanswered.delete(identifier)
      if (bytes && this.#socket.writable) this.#socket.write(bytes)
      // What comes next is not read out of the depth of what has been.
      if (!this.#isWorking) this.#work()
    }
    try {
      answers[purpose === 'auth' ? 'access' : 'accounting'](packet, nas, radsecSecret, reply)
    } catch (error) {
      answers.failed(purpose, error)
      reply(undefined)
    }
  }

  #answered(packet: Packet) {
    const asked = this.#asked.get(packet.identifier)
    if (!asked) return this.#parts.counters.add('radsec.dropped.unexpected-answer')
    const authenticator = asked.request.subarray(4, 20)
    const isSigned =
      radsecSecret.verifiesResponse(packet, authenticator) &&
      (!packet.has('Message-Authenticator') || radsecSecret.verifiesMessage(packet, authenticator))
    if (!isSigned) return this.end('bad-authenticator')
    asked.done(packet)
  }
}

const isAnswer = (code: number) =>
  code === codes['Disconnect-ACK'] ||
  code === codes['Disconnect-NAK'] ||
  code === codes['CoA-ACK'] ||
  code === codes['CoA-NAK']

/** RFC 6614 §2.5: one port for all. */
function purposeOf(code: number): 'auth' | 'acct' | undefined {
  if (code === codes['Access-Request'] || code === codes['Status-Server']) return 'auth'
  return code === codes['Accounting-Request'] ? 'acct' : undefined
}

/** The signatures inside must be right too, where there are any to be (RFC 6613 §2.6.4); an Access-Request need have none. */
function isGenuine(packet: Packet): boolean {
  const hasOne = packet.has('Message-Authenticator')
  if (packet.code === codes['Accounting-Request'])
    return radsecSecret.verifiesRequest(packet) && (!hasOne || radsecSecret.verifiesMessage(packet, zeros))
  return hasOne
    ? radsecSecret.verifiesMessage(packet, packet.authenticator)
    : packet.code !== codes['Status-Server']
}

/** One certificate, one gateway; several behind a proxy are told apart by NAS-Identifier. */
function nasOf(packet: Packet, certified: readonly Neighbour[]): Neighbour | undefined {
  if (certified.length === 1) return certified[0]
  const identifier = packet.text('NAS-Identifier')
  return (
    certified.find((nas) => nas.nasIdentifier !== null && nas.nasIdentifier === identifier) ??
    certified.find((nas) => nas.nasIdentifier === null)
  )
}

const zeros = Buffer.alloc(16)
