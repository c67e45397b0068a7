import {
  type Admission,
  type Asking,
  admitDevices,
  bindCredentials,
  type Refusal,
  type RefusalReason,
} from '../../db/access/admit.ts'
import type { Db } from '../../db/index.ts'
import { credentialSecret } from '../../db/values/credential.ts'
import { type Mac, parseMac } from '../../db/values/mac.ts'
import type { Admitted } from '../admitted.ts'
import type { Secret } from '../authenticator.ts'
import { type BatcherOptions, createBatcher } from '../batcher.ts'
import type { Neighbour } from '../neighbours.ts'
import type { Outage } from '../outage.ts'
import type { Packet } from '../packet.ts'
import { type Proof, proofOf } from '../password.ts'
import { refusalText } from '../refusal-text.ts'

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
  handle(packet: Packet, nas: Neighbour, secret: Secret, now: Date): Promise<AccessOutcome> | AccessOutcome
  waiting(): number
  idle(): Promise<void>
}

type Question = Asking & { userName?: string; now: Date }
type Ask = (question: Question) => Promise<Admission | Refusal | undefined> | undefined

/**
 * Decides Access-Requests: a one-time credential (PAP or CHAP), or a remembered device by its MAC address. While the
 * ledger is away, what was admitted before is admitted again; about everything else we say nothing, for a no would be
 * a guess and silence lets the NAS ask another server (RFC 2865 §2.4).
 */
export function createAccess(deps: { db: Db; outage: Outage; admitted: Admitted }): AccessHandler {
  const { db, outage, admitted } = deps
  const asker = (
    work: (questions: Question[]) => Promise<(Admission | Refusal | undefined)[]>,
    options: BatcherOptions<Question>,
  ) => {
    const batcher = createBatcher(async (questions: Question[]) => {
      try {
        return await work(questions)
      } catch (error) {
        outage.failed(error)
        throw error
      }
    }, options)
    outage.watch(batcher.underWayMs)
    outage.onAway(() => batcher.abandon(new Error('the ledger is away')))
    return batcher
  }
  // Under overload a guest who has just signed in and stands waiting goes before devices that come back by themselves:
  // their room is smaller, so theirs are the first requests that find none (RFC 5080 §2.2.3).
  const credentials = asker(
    (questions) => bindCredentials(db, questions as (Asking & { userName: string })[], newest(questions)),
    // Two requests for one credential in one statement would meet in one row: they go one after the other.
    { size: 200, inFlight: 2, enough: 24, room: 5000, keyOf: (question) => question.userName ?? '' },
  )
  const devices = asker((questions) => admitDevices(db, questions, newest(questions)), {
    size: 200,
    inFlight: 2,
    enough: 24,
    room: 1500,
  })

  const answer = async (question: Question, ask: Ask): Promise<AccessOutcome> => {
    const { userName, now } = question
    try {
      const asking = outage.since ? undefined : ask(question)
      if (!asking) return remembered(question)
      const admission = await asking
      if (!admission || 'refused' in admission) {
        admitted.drop(question, userName)
        return admission
          ? { how: 'reject', reason: admission.refused, message: refusalText(admission) }
          : { how: 'reject', reason: 'no-grant' }
      }
      admitted.keep(question, admission, userName)
      return { how: 'accept', admission }
    } catch {
      return remembered({ ...question, now })
    }
  }

  const remembered = (question: Question): AccessOutcome => {
    const since = outage.since
    const admission = since && admitted.find(question, question.now, since, question.userName)
    return admission ? { how: 'accept', admission } : { how: 'later' }
  }

  return {
    handle: (packet, nas, secret, now) => {
      // RFC 2865 §4.1: one of these must be there.
      if (!packet.has('NAS-IP-Address') && !packet.has('NAS-Identifier') && !packet.has('NAS-IPv6-Address'))
        return { how: 'reject', reason: 'no-nas' }
      if (packet.has('EAP-Message')) return { how: 'reject', reason: 'eap-unsupported' }
      const mac = parseMac(packet.text('Calling-Station-Id'))
      if (!mac) return { how: 'reject', reason: 'no-calling-station-id' }
      const question = { merchantId: nas.merchantId, nasId: nas.nasId, siteId: nas.siteId, mac, now }
      const proof = proofOf(packet, secret)
      const isCallCheck = packet.integer('Service-Type') === callCheck
      if (isCallCheck || macOfUserName(packet) === mac) {
        // Without Call-Check it is a password that everybody can read off the air (RFC 5080 §2.1.1): only where allowed.
        if (!isCallCheck && !nas.macAuth) return { how: 'reject', reason: 'mac-auth-off' }
        if (!provesMac(packet, proof, mac)) return { how: 'reject', reason: 'wrong-password' }
        return answer(question, devices.add)
      }
      if (!proof) return { how: 'reject', reason: 'no-proof' }
      const userName = packet.text('User-Name') ?? ''
      if (!proof.matches(Buffer.from(credentialSecret(userName))))
        return { how: 'reject', reason: 'wrong-password' }
      return answer({ ...question, userName }, credentials.add)
    },
    waiting: () => credentials.waiting() + devices.waiting(),
    idle: async () => {
      await Promise.all([credentials.idle(), devices.idle()])
    },
  }
}

const newest = (questions: { now: Date }[]) =>
  new Date(Math.max(...questions.map(({ now }) => now.getTime())))

const callCheck = 10

/** The MAC in the User-Name, in any spelling; CoovaChilli may add a suffix. */
function macOfUserName(packet: Packet): Mac | undefined {
  const name = packet.text('User-Name')
  return parseMac(name) ?? parseMac(name?.slice(0, 17))
}

/**
 * The password of MAC authentication: none, an empty one, or the MAC in any spelling. It proves nothing, and is not
 * meant to: the NAS's word counts, and a live right of the device.
 */
function provesMac(packet: Packet, proof: Proof | undefined, mac: Mac): boolean {
  const hasPassword = packet.has('User-Password') || packet.has('CHAP-Password')
  if (!hasPassword) return packet.integer('Service-Type') === callCheck
  if (!proof) return false
  if (proof.isEmpty) return true
  const name = packet.text('User-Name') ?? ''
  return (
    proof.matches(Buffer.from(name)) ||
    spellings(mac).some((password) => proof.matches(Buffer.from(password)))
  )
}

function spellings(mac: Mac): string[] {
  const pairs = mac.match(/../g) ?? []
  const quads = mac.match(/.{4}/g) ?? []
  const lower = [mac, pairs.join('-'), pairs.join(':'), quads.join('-'), quads.join('.'), quads.join(':')]
  return [...lower, ...lower.map((text) => text.toUpperCase())]
}
