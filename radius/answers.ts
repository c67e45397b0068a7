import type { Secret } from './authenticator.ts'
import type { Count, Counters } from './counters.ts'
import { codes } from './dictionary/index.ts'
import type { AccessHandler, AccessOutcome } from './handlers/access.ts'
import type { AccountingHandler, AccountingOutcome } from './handlers/accounting.ts'
import type { Neighbour } from './neighbours.ts'
import type { Packet } from './packet.ts'
import { writeLimits } from './policy.ts'
import type { Recorder } from './recorder.ts'
import type { Sight } from './sight.ts'
import { Writer } from './writer.ts'

/** What a packet is for. Over TLS both come in by one port. */
export type Purpose = 'auth' | 'acct'

export type AnswerParts = {
  counters: Counters
  access: AccessHandler
  accounting: AccountingHandler
  recorder: Recorder
  sight: Sight
  onError(error: unknown): void
}

/** The octets of an answer; undefined is silence. Must not throw. */
export type Reply = (bytes: Buffer | undefined) => void

/**
 * What is answered to a request whose sender is known: the same whichever way it came, by UDP or TLS. No answer is
 * undefined, and is counted.
 */
export class Answers {
  readonly #parts: AnswerParts
  readonly #writer = new Writer()
  readonly #accepted: Count
  readonly #recordedCount: Count

  constructor(parts: AnswerParts) {
    this.#parts = parts
    this.#accepted = parts.counters.of('auth.accepted')
    this.#recordedCount = parts.counters.of('acct.recorded')
  }

  /** @param reply told once, with the answer or undefined; it may be told before this returns. */
  access(packet: Packet, nas: Neighbour, secret: Secret, reply: Reply) {
    const { access, sight } = this.#parts
    const beganMs = performance.now()
    sight.request(nas, 'auth', packet)
    if (proxyStates(packet) > proxyStateMax)
      return this.#decided(packet, nas, secret, beganMs, reply, tooMuchProxyState)
    access.handle(packet, nas, secret, (outcome) =>
      this.#decided(packet, nas, secret, beganMs, reply, outcome),
    )
  }

  #decided(
    packet: Packet,
    nas: Neighbour,
    secret: Secret,
    beganMs: number,
    reply: Reply,
    outcome: AccessOutcome,
  ) {
    const { counters, sight } = this.#parts
    let bytes: Buffer | undefined
    try {
      if (outcome.how === 'later') {
        counters.add('auth.dropped.not-decided')
        sight.dropped(nas, 'auth', 'not-decided')
      } else {
        const seconds = (performance.now() - beganMs) / 1000
        const isYes = outcome.how === 'accept'
        if (isYes) {
          this.#accepted.value++
          sight.accepted(nas, 'auth', seconds)
        } else {
          counters.add(`auth.rejected.${outcome.reason}`)
          sight.rejected(nas, 'auth', outcome.reason, seconds)
        }
        const code = codes[isYes ? 'Access-Accept' : 'Access-Reject']
        const writer = this.#writer.begin(code, packet.identifier, signed)
        if (isYes) writeLimits(writer, outcome.admission, nas)
        else if (outcome.message) writer.text('Reply-Message', outcome.message)
        bytes = this.#sign(writer, packet, secret)
      }
    } catch (error) {
      this.failed('auth', error)
    }
    reply(bytes)
  }

  /** @param reply told once, with the answer or undefined; it may be told before this returns. */
  accounting(packet: Packet, nas: Neighbour, secret: Secret, reply: Reply) {
    const { accounting, sight } = this.#parts
    const beganMs = performance.now()
    sight.request(nas, 'acct', packet)
    accounting.handle(packet, nas, new Date(), (outcome) =>
      this.#recorded(packet, nas, secret, beganMs, reply, outcome),
    )
  }

  #recorded(
    packet: Packet,
    nas: Neighbour,
    secret: Secret,
    beganMs: number,
    reply: Reply,
    outcome: AccountingOutcome,
  ) {
    const { counters, sight } = this.#parts
    let bytes: Buffer | undefined
    try {
      if (outcome === 'recorded') {
        this.#recordedCount.value++
        sight.accepted(nas, 'acct', (performance.now() - beganMs) / 1000)
        const words = packet.has('Message-Authenticator') ? signed : unsigned
        const writer = this.#writer.begin(codes['Accounting-Response'], packet.identifier, words)
        bytes = this.#sign(writer, packet, secret)
      } else {
        counters.add(`acct.dropped.${outcome}`)
        sight.dropped(nas, 'acct', outcome)
      }
    } catch (error) {
      this.failed('acct', error)
    }
    reply(bytes)
  }

  /** A fault of ours: counted and told, and the request is not answered. */
  failed(purpose: Purpose, error: unknown) {
    this.#parts.counters.add(`${purpose}.error`)
    this.#parts.onError(error)
  }

  /** A request that came before: it is answered as before, or soon. */
  duplicate(purpose: Purpose, nas: Neighbour) {
    this.#parts.counters.add(`${purpose}.duplicate`)
    this.#parts.sight.duplicate(nas, purpose)
  }

  /** What is not answered is counted, by reason and by whom it is of, as far as that is known. */
  drop(purpose: Purpose, reason: string, nas?: Neighbour) {
    this.#parts.counters.add(`${purpose}.dropped.${reason}`)
    this.#parts.sight.dropped(nas, purpose, reason)
  }

  /** RFC 5997: alive, and on the accounting port able to record. */
  status(purpose: Purpose, packet: Packet, secret: Secret): Buffer | undefined {
    this.#parts.counters.add(`${purpose}.status`)
    if (purpose === 'acct' && !this.#parts.recorder.canRecord()) return undefined
    const code = codes[purpose === 'auth' ? 'Access-Accept' : 'Accounting-Response']
    return this.#sign(this.#writer.begin(code, packet.identifier, signed), packet, secret)
  }

  /** Proxy-State goes back unmodified and in order (RFC 2865 §5.33), then the packet is signed. */
  #sign(writer: Writer, packet: Packet, secret: Secret): Buffer {
    if (packet.has('Proxy-State'))
      for (const state of packet.all('Proxy-State')) writer.octets('Proxy-State', state)
    return secret.signResponse(writer.take(), packet.authenticator)
  }
}

/** Octets of Proxy-State that still leave an Access-Accept with all its limits below 4,096. */
const proxyStateMax = 3500
const tooMuchProxyState: AccessOutcome = { how: 'reject', reason: 'proxy-state-too-long' }
const signed = { messageAuthenticator: true }
const unsigned = { messageAuthenticator: false }

const proxyStates = (packet: Packet) =>
  packet.has('Proxy-State')
    ? packet.all('Proxy-State').reduce((octets, state) => octets + state.length + 2, 0)
    : 0
