import { randomInt } from 'node:crypto'
import { formatMac, parseMac } from '../../db/values/mac.ts'
import type { Secret } from '../authenticator.ts'
import { type CodeName, codes } from '../dictionary/index.ts'
import { Writer } from '../writer.ts'

/** What tells a running session from the others (RFC 5176 §3). */
export type RunningSession = { acctSessionId: string; callingStationId: string; userName: string | null }

/**
 * How to name a session to a gateway, likeliest first; the next one is for a gateway that knew no session by the one
 * before. CoovaChilli and MikroTik find it by User-Name and say nothing at all where there is none; hostapd knows the
 * User-Name of 802.1X alone, and no session fits the MAC address that MAC authentication has for one. NAS-IP-Address,
 * Framed-IP-Address and Class are left out: hostapd refuses what it does not know, and behind NAT a NAS goes by
 * another address than ours of it.
 */
export function namesOf(session: RunningSession): ((writer: Writer) => Writer)[] {
  const mac = parseMac(session.callingStationId)
  const station = (writer: Writer) =>
    writer
      .text('Calling-Station-Id', mac ? formatMac(mac) : session.callingStationId)
      .text('Acct-Session-Id', session.acctSessionId)
  const { userName } = session
  if (!userName) return [station]
  const named = (writer: Writer) => station(writer.text('User-Name', userName))
  return parseMac(userName.slice(0, 17)) || parseMac(userName) ? [named, station] : [named]
}

let identifiers = randomInt(256)

/**
 * The Identifier of the next request of this process, from 0 to 255. They go round instead of being drawn, so that a
 * request never shares the one of a recent other: within one second both may be the same octets, and the late answer
 * to the first would pass for one to the second (RFC 2865 §3, RFC 5176 §2.3).
 */
function nextIdentifier(): number {
  identifiers = (identifiers + 1) & 0xff
  return identifiers
}

/** A signed Disconnect- or CoA-Request: Message-Authenticator first, the NAS by its own name, Event-Timestamp. */
export function dynamicRequest(
  code: CodeName & ('Disconnect-Request' | 'CoA-Request'),
  nasIdentifier: string | null,
  write: (writer: Writer) => Writer,
  now: Date,
) {
  return (secret: Secret, identifier = nextIdentifier()): Buffer => {
    const writer = new Writer().begin(codes[code], identifier, { messageAuthenticator: true })
    if (nasIdentifier) writer.text('NAS-Identifier', nasIdentifier)
    write(writer).integer('Event-Timestamp', Math.floor(now.getTime() / 1000))
    return secret.signRequest(writer.take())
  }
}
