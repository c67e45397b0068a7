import {
  type Admission,
  type Asking,
  bindCredentials,
  type Refusal,
  type RefusalReason,
} from '../../db/access/admit.ts'
import type { Db, Lane } from '../../db/index.ts'
import { credentialOctets } from '../../db/values/credential.ts'
import { type Mac, parseMac } from '../../db/values/mac.ts'
import type { Admitted } from '../admitted.ts'
import type { Secret } from '../authenticator.ts'
import { type Batcher, type BatcherOptions, createBatcher, type Waiting } from '../batcher.ts'
import type { Neighbour } from '../neighbours.ts'
import type { Outage } from '../outage.ts'
import type { Packet } from '../packet.ts'
import { type Proof, proofOf } from '../password.ts'
import { refusalText } from '../refusal-text.ts'
import { Returning } from '../returning.ts'

/** What became of an Access-Request. `later`: could not be decided, so it is not answered (the NAS asks again). */
export type AccessOutcome =
  | { how: 'accept'; admission: Admission }
  | { how: 'reject'; reason: RejectReason; message?: string }
  | { how: 'later' }
export type RejectReason =
  | RefusalReason
  | 'no-proof'
  | 'wrong-password'
  | 'no-grant'
  | 'no-calling-station-id'
  | 'no-nas'
  | 'eap-unsupported'
  | 'mac-auth-off'
  | 'proxy-state-too-long'

export type AccessHandler = {
  /** Decides a request, at once or later; `tell` is called once, and must not throw. */
  handle(packet: Packet, nas: Neighbour, secret: Secret, tell: (outcome: AccessOutcome) => void): void
  waiting(): number
  idle(): Promise<void>
}

type Answer = Admission | Refusal | undefined

/**
 * Decides Access-Requests: a one-time credential (PAP or CHAP), or a remembered device by its MAC address. While the
 * ledger is away, what was admitted before is admitted again; about everything else we say nothing, for a no would be
 * a guess and silence lets the NAS ask another server (RFC 2865 §2.4).
 */
export function createAccess(deps: {
  db: Db
  outage: Outage
  admitted: Admitted
  /** Told how many rows were written, see `keepStatistics`. */
  written(rows: number): void
}): AccessHandler {
  const { db, outage, admitted, written } = deps
  const asker = (
    lane: Lane,
    work: (questions: Question[], now: Date) => Promise<Answer[]>,
    options: BatcherOptions<Question>,
  ) => {
    const batcher = createBatcher(async (questions: Question[]) => {
      try {
        return await work(questions, new Date())
      } catch (error) {
        outage.failed(error)
        throw error
      }
    }, options)
    outage.watch(batcher.underWayMs)
    outage.onAway(() => {
      if (batcher.underWayMs() > 0) lane.renew()
      batcher.abandon(new Error('the ledger is away'))
    })
    return batcher
  }
  // Under overload a guest who has just signed in and stands waiting goes before devices that come back by themselves:
  // their room is smaller, so theirs are the first requests that find none (RFC 5080 §2.2.3).
  const credentialsLane = db.lane()
  const credentials = asker(
    credentialsLane,
    async (questions, now) => {
      const answers = await bindCredentials(
        credentialsLane,
        questions as (Question & { userName: string })[],
        now,
      )
      // Each of them has just signed in: a right, and perhaps a guest and a device, are there that were not.
      written(questions.length)
      return answers
    },
    // Two requests for one credential in one statement would meet in one row: they go one after the other.
    { size: 200, inFlight: 2, enough: 40, room: 5000, keyOf: (question) => question.userName ?? '' },
  )
  const devicesLane = db.lane()
  const returning = new Returning(devicesLane, admitted)
  const devices = asker(devicesLane, (questions, now) => returning.answer(questions, now), {
    size: 200,
    inFlight: 2,
    enough: 24,
    room: 1500,
  })

  const remembered = (question: Question): AccessOutcome => {
    const since = outage.since
    const admission = since && admitted.find(question, new Date(), since, question.userName)
    return admission ? { how: 'accept', admission } : { how: 'later' }
  }

  /** One device that asks, until it is answered. */
  class Question implements Asking, Waiting<Answer> {
    readonly merchantId: string
    readonly nasId: string
    readonly siteId: string

    constructor(
      nas: Neighbour,
      readonly mac: Mac,
      readonly userName: string | undefined,
      private readonly tell: (outcome: AccessOutcome) => void,
    ) {
      this.merchantId = nas.merchantId
      this.nasId = nas.nasId
      this.siteId = nas.siteId
    }

    done(answer: Answer) {
      if (answer && !('refused' in answer)) {
        if (this.userName !== undefined) admitted.keep(this, answer, { userName: this.userName })
        return this.tell({ how: 'accept', admission: answer })
      }
      if (this.userName !== undefined) admitted.drop(this, this.userName)
      this.tell(
        answer
          ? { how: 'reject', reason: answer.refused, message: refusalText(answer) }
          : { how: 'reject', reason: 'no-grant' },
      )
    }

    failed() {
      this.tell(remembered(this))
    }
  }

  const ask = (question: Question, batcher: Batcher<Question>) => {
    if (outage.since || !batcher.add(question)) question.failed()
  }

  return {
    handle: (packet, nas, secret, tell) => {
      const reject = (reason: RejectReason) => tell({ how: 'reject', reason })
      // RFC 2865 §4.1: one of these must be there.
      if (!packet.has('NAS-IP-Address') && !packet.has('NAS-Identifier') && !packet.has('NAS-IPv6-Address'))
        return reject('no-nas')
      if (packet.has('EAP-Message')) return reject('eap-unsupported')
      const mac = parseMac(packet.text('Calling-Station-Id'))
      if (!mac) return reject('no-calling-station-id')
      const proof = proofOf(packet, secret)
      const userName = packet.text('User-Name') ?? ''
      const isCallCheck = packet.integer('Service-Type') === callCheck
      if (isCallCheck || macOfUserName(userName) === mac) {
        // Without Call-Check it is a password that everybody can read off the air (RFC 5080 §2.1.1): only where allowed.
        if (!isCallCheck && !nas.macAuth) return reject('mac-auth-off')
        if (!provesMac(packet, proof, mac, userName)) return reject('wrong-password')
        return ask(new Question(nas, mac, undefined, tell), devices)
      }
      if (!proof) return reject('no-proof')
      if (!proof.matches(credentialOctets(userName))) return reject('wrong-password')
      ask(new Question(nas, mac, userName, tell), credentials)
    },
    waiting: () => credentials.waiting() + devices.waiting(),
    idle: async () => {
      await Promise.all([credentials.idle(), devices.idle()])
    },
  }
}

const callCheck = 10

/** The MAC in the User-Name, in any spelling; CoovaChilli may add a suffix. */
function macOfUserName(name: string): Mac | undefined {
  return parseMac(name) ?? (name.length > 17 ? parseMac(name.slice(0, 17)) : undefined)
}

/**
 * The password of MAC authentication: none, an empty one, or the MAC in any spelling. It proves nothing, and is not
 * meant to: the NAS's word counts, and a live right of the device.
 */
function provesMac(packet: Packet, proof: Proof | undefined, mac: Mac, userName: string): boolean {
  const hasPassword = packet.has('User-Password') || packet.has('CHAP-Password')
  if (!hasPassword) return packet.integer('Service-Type') === callCheck
  if (!proof) return false
  if (proof.isEmpty) return true
  return (
    proof.matches(Buffer.from(userName)) ||
    spellings(mac).some((password) => proof.matches(Buffer.from(password)))
  )
}

function spellings(mac: Mac): string[] {
  const pairs = mac.match(/../g) ?? []
  const quads = mac.match(/.{4}/g) ?? []
  const lower = [mac, pairs.join('-'), pairs.join(':'), quads.join('-'), quads.join('.'), quads.join(':')]
  return [...lower, ...lower.map((text) => text.toUpperCase())]
}
