import { type Admission, type Asking, admitDevices, bindCredentials } from '../../db/access/admit.ts'
import type { Db } from '../../db/index.ts'
import { credentialSecret } from '../../db/values/credential.ts'
import { type Mac, parseMac } from '../../db/values/mac.ts'
import type { Secret } from '../authenticator.ts'
import { type Batcher, createBatcher } from '../batcher.ts'
import type { Neighbour } from '../neighbours.ts'
import type { Packet } from '../packet.ts'
import { type Proof, proofOf } from '../password.ts'

/** What became of an Access-Request. `later`: could not be decided, so it is not answered (the NAS asks again). */
export type AccessOutcome =
  | { how: 'accept'; admission: Admission }
  | { how: 'reject'; reason: RejectReason }
  | { how: 'later' }
export type RejectReason =
  | 'no-proof'
  | 'wrong-password'
  | 'no-grant'
  | 'no-calling-station-id'
  | 'no-nas'
  | 'eap-unsupported'
  | 'mac-auth-off'

export type AccessHandler = {
  handle(packet: Packet, nas: Neighbour, secret: Secret, now: Date): Promise<AccessOutcome> | AccessOutcome
  waiting(): number
  idle(): Promise<void>
}

type Credential = Asking & { userName: string; now: Date }

/** Decides Access-Requests: a one-time credential (PAP or CHAP), or a remembered device by its MAC address. */
export function createAccess(db: Db): AccessHandler {
  const room = { size: 200, inFlight: 2, room: 5000 }
  const credentials: Batcher<Credential, Admission | undefined> = createBatcher(
    (askings) => bindCredentials(db, askings, newest(askings)),
    // Two requests for one credential in one statement would meet in one row: they go one after the other.
    { ...room, keyOf: (asking) => asking.userName },
  )
  const devices: Batcher<Asking & { now: Date }, Admission | undefined> = createBatcher(
    (askings) => admitDevices(db, askings, newest(askings)),
    room,
  )
  return {
    handle: (packet, nas, secret, now) => {
      // RFC 2865 §4.1: one of these must be there.
      if (!packet.has('NAS-IP-Address') && !packet.has('NAS-Identifier') && !packet.has('NAS-IPv6-Address'))
        return { how: 'reject', reason: 'no-nas' }
      if (packet.has('EAP-Message')) return { how: 'reject', reason: 'eap-unsupported' }
      const mac = parseMac(packet.text('Calling-Station-Id'))
      if (!mac) return { how: 'reject', reason: 'no-calling-station-id' }
      const asking = { merchantId: nas.merchantId, nasId: nas.nasId, siteId: nas.siteId, mac, now }
      const proof = proofOf(packet, secret)
      if (isMacAuthentication(packet, mac)) {
        if (!nas.macAuth) return { how: 'reject', reason: 'mac-auth-off' }
        if (!provesMac(packet, proof, mac)) return { how: 'reject', reason: 'wrong-password' }
        return answer(devices.add(asking))
      }
      if (!proof) return { how: 'reject', reason: 'no-proof' }
      const userName = packet.text('User-Name') ?? ''
      if (!proof.matches(Buffer.from(credentialSecret(userName))))
        return { how: 'reject', reason: 'wrong-password' }
      return answer(credentials.add({ ...asking, userName }))
    },
    waiting: () => credentials.waiting() + devices.waiting(),
    idle: async () => {
      await Promise.all([credentials.idle(), devices.idle()])
    },
  }
}

async function answer(deciding: Promise<Admission | undefined> | undefined): Promise<AccessOutcome> {
  if (!deciding) return { how: 'later' }
  try {
    const admission = await deciding
    return admission ? { how: 'accept', admission } : { how: 'reject', reason: 'no-grant' }
  } catch {
    return { how: 'later' }
  }
}

const newest = (askings: { now: Date }[]) =>
  askings.reduce((last, { now }) => (now > last ? now : last), new Date(0))

const callCheck = 10

/** RFC 5080 §2.1.1 says how it should look (Service-Type Call-Check); the field mostly repeats the MAC as User-Name. */
function isMacAuthentication(packet: Packet, mac: Mac): boolean {
  if (packet.integer('Service-Type') === callCheck) return true
  return macOfUserName(packet) === mac
}

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
  return [packet.text('User-Name') ?? '', ...spellings(mac)].some((password) =>
    proof.matches(Buffer.from(password)),
  )
}

function spellings(mac: Mac): string[] {
  const pairs = mac.match(/../g) ?? []
  const quads = mac.match(/.{4}/g) ?? []
  const lower = [mac, pairs.join('-'), pairs.join(':'), quads.join('-'), quads.join('.'), quads.join(':')]
  return [...lower, ...lower.map((text) => text.toUpperCase())]
}
