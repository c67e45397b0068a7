import type { Secret } from './authenticator.ts'
import type { Counters } from './counters.ts'
import { codes } from './dictionary/index.ts'
import type { AccessHandler } from './handlers/access.ts'
import type { AccountingHandler } from './handlers/accounting.ts'
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
}

/**
 * What is answered to a request whose sender is known: the same whichever way it came, by UDP or TLS. No answer is
 * undefined, and is counted.
 */
export class Answers {
  readonly #parts: AnswerParts
  readonly #writer = new Writer()

  constructor(parts: AnswerParts) {
    this.#parts = parts
  }

  async access(packet: Packet, nas: Neighbour, secret: Secret): Promise<Buffer | undefined> {
    const { counters, access, sight } = this.#parts
    const began = performance.now()
    sight.request(nas, 'auth', packet)
    const states = packet.all('Proxy-State')
    const tooLong = states.reduce((octets, state) => octets + state.length + 2, 0) > proxyStateMax
    const outcome = tooLong
      ? { how: 'reject' as const, reason: 'proxy-state-too-long' as const, message: undefined }
      : await access.handle(packet, nas, secret, new Date())
    if (outcome.how === 'later') {
      counters.add('auth.dropped.not-decided')
      sight.dropped(nas, 'auth', 'not-decided')
      return undefined
    }
    const seconds = (performance.now() - began) / 1000
    if (outcome.how === 'accept') {
      counters.add('auth.accepted')
      sight.accepted(nas, 'auth', seconds)
    } else {
      counters.add(`auth.rejected.${outcome.reason}`)
      sight.rejected(nas, 'auth', outcome.reason, seconds)
    }
    const code = codes[outcome.how === 'accept' ? 'Access-Accept' : 'Access-Reject']
    const writer = this.#writer.begin(code, packet.identifier, { messageAuthenticator: true })
    if (outcome.how === 'accept') writeLimits(writer, outcome.admission, nas)
    else if (outcome.message) writer.text('Reply-Message', outcome.message)
    return this.#sign(writer, packet, secret)
  }

  async accounting(packet: Packet, nas: Neighbour, secret: Secret): Promise<Buffer | undefined> {
    const { counters, sight } = this.#parts
    const began = performance.now()
    sight.request(nas, 'acct', packet)
    const recording = this.#parts.accounting.handle(packet, nas, new Date())
    if (!recording) {
      counters.add('acct.dropped.no-room')
      sight.dropped(nas, 'acct', 'no-room')
      return undefined
    }
    try {
      await recording
    } catch {
      // Told already by whoever could not record it.
      counters.add('acct.dropped.not-recorded')
      sight.dropped(nas, 'acct', 'not-recorded')
      return undefined
    }
    counters.add('acct.recorded')
    sight.accepted(nas, 'acct', (performance.now() - began) / 1000)
    const hadOne = packet.has('Message-Authenticator')
    const writer = this.#writer.begin(codes['Accounting-Response'], packet.identifier, {
      messageAuthenticator: hadOne,
    })
    return this.#sign(writer, packet, secret)
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
    const writer = this.#writer.begin(code, packet.identifier, { messageAuthenticator: true })
    return this.#sign(writer, packet, secret)
  }

  /** Proxy-State goes back unmodified and in order (RFC 2865 §5.33), then the packet is signed. */
  #sign(writer: Writer, packet: Packet, secret: Secret): Buffer {
    for (const state of packet.all('Proxy-State')) writer.octets('Proxy-State', state)
    return secret.signResponse(writer.take(), packet.authenticator)
  }
}

/** Octets of Proxy-State that still leave an Access-Accept with all its limits below 4,096. */
const proxyStateMax = 3500
