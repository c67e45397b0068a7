import type { AccountingRecord } from '../../db/access/accounting.ts'
import { newId } from '../../db/values/id.ts'
import { parseMac } from '../../db/values/mac.ts'
import { acctStatus, terminateCauses } from '../dictionary/rfc2866.ts'
import { chilliSpot } from '../dictionary/vendors.ts'
import type { Health } from '../health.ts'
import type { Neighbour } from '../neighbours.ts'
import type { Packet } from '../packet.ts'
import type { AccountingOutcome, Recorder } from '../recorder.ts'

export type AccountingHandler = {
  /** `tell` is called once; only what is durable may be acknowledged (RFC 2866 §2). It must not throw. */
  handle(packet: Packet, nas: Neighbour, receivedAt: Date, tell: (outcome: AccountingOutcome) => void): void
}
export type { AccountingOutcome }

/** Reads Accounting-Requests and has them recorded. */
export function createAccounting(recorder: Recorder, health: Health): AccountingHandler {
  return {
    handle: (packet, nas, receivedAt, tell) => {
      const status = packet.integer('Acct-Status-Type')
      if (status === acctStatus['Accounting-On'] || status === acctStatus['Accounting-Off'])
        return recorder.restart(
          {
            merchantId: nas.merchantId,
            nasId: nas.nasId,
            at: eventTime(packet, receivedAt).at,
            calledStationId: packet.text('Called-Station-Id') ?? null,
            receivedAt,
            packet: rawAttributes(packet),
          },
          tell,
        )
      const record = toRecord(packet, nas, receivedAt)
      for (const mark of record.marks) {
        if (mark === 'nas-clock') health.problem(nas, 'clock')
        if (mark === 'missing-session-id') health.problem(nas, 'malformed')
      }
      recorder.record(record, tell)
    },
  }
}

/** RFC 2866 §5.1: an Accounting-Request says what happened; one that does not is none. */
export const saysStatus = (packet: Packet) => packet.integer('Acct-Status-Type') !== undefined

/** An Accounting-Request in the ledger's terms. Nothing in it can fail: what is odd is marked and kept. */
export function toRecord(packet: Packet, nas: Neighbour, receivedAt: Date): AccountingRecord {
  const status = packet.integer('Acct-Status-Type')
  const { at, clockWrong } = eventTime(packet, receivedAt)
  const acctSessionId = packet.text('Acct-Session-Id')
  const caller = packet.text('Calling-Station-Id')
  const marks: string[] = []
  if (clockWrong) marks.push('nas-clock')
  // RFC 2866 §5.5: required. Kept in the log alone, for nothing ties two such packets together.
  if (!acctSessionId) marks.push('missing-session-id')
  if (!packet.has('NAS-IP-Address') && !packet.has('NAS-Identifier') && !packet.has('NAS-IPv6-Address'))
    marks.push('missing-nas')
  const fromGuest = total(packet, 'Acct-Input-Octets', 'Acct-Input-Gigawords')
  const toGuest = total(packet, 'Acct-Output-Octets', 'Acct-Output-Gigawords')
  const isSwapped = nas.gateway === 'uam' && isClientView(packet)
  return {
    merchantId: nas.merchantId,
    nasId: nas.nasId,
    siteId: nas.siteId,
    status: acctSessionId ? kindOf(status) : 'other',
    acctSessionId: acctSessionId ?? newId('none'),
    callingStationId: parseMac(caller) ?? caller ?? '',
    calledStationId: packet.text('Called-Station-Id') ?? null,
    acctMultiSessionId: packet.text('Acct-Multi-Session-Id') ?? null,
    userName: packet.text('User-Name') ?? null,
    class: grantOf(packet) ?? null,
    framedIpAddress: packet.address('Framed-IP-Address') ?? null,
    at,
    sessionTimeSeconds: Math.min(packet.integer('Acct-Session-Time') ?? 0, 0x7fffffff),
    inputOctets: isSwapped ? toGuest : fromGuest,
    outputOctets: isSwapped ? fromGuest : toGuest,
    inputPackets: BigInt(packet.integer('Acct-Input-Packets') ?? 0),
    outputPackets: BigInt(packet.integer('Acct-Output-Packets') ?? 0),
    hasGigawords: packet.has('Acct-Input-Gigawords') || packet.has('Acct-Output-Gigawords'),
    terminateCause: terminateCause(packet),
    marks,
    receivedAt,
    packet: rawAttributes(packet),
  }
}

/** Tunnels, failures and what later RFCs add say nothing of a guest's session. */
function kindOf(status: number | undefined): AccountingRecord['status'] {
  if (status === acctStatus.Start) return 'start'
  if (status === acctStatus.Stop) return 'stop'
  return status === acctStatus['Interim-Update'] ? 'interim' : 'other'
}

/**
 * When it happened. Event-Timestamp where it agrees with arrival minus Acct-Delay-Time within 300 s; else the NAS's
 * clock is wrong and arrival minus delay counts (RFC 2866 §5.2, RFC 2869 §5.3). Never in the future.
 */
export function eventTime(packet: Packet, receivedAt: Date): { at: Date; clockWrong: boolean } {
  const delaySeconds = Math.min(packet.integer('Acct-Delay-Time') ?? 0, 30 * 86_400)
  const byDelay = receivedAt.getTime() - delaySeconds * 1000
  const stamp = packet.integer('Event-Timestamp')
  if (stamp === undefined) return { at: new Date(byDelay), clockWrong: false }
  if (Math.abs(stamp * 1000 - byDelay) > 300_000) return { at: new Date(byDelay), clockWrong: true }
  return { at: new Date(Math.min(stamp * 1000, receivedAt.getTime())), clockWrong: false }
}

/** 32 bits and how often they wrapped, RFC 2869 §5.1, §5.2. */
function total(
  packet: Packet,
  octets: 'Acct-Input-Octets' | 'Acct-Output-Octets',
  gigawords: 'Acct-Input-Gigawords' | 'Acct-Output-Gigawords',
): bigint {
  const low = BigInt(packet.integer(octets) ?? 0)
  const high = packet.integer(gigawords) ?? 0
  return high === 0 ? low : (BigInt(high) << 32n) + low
}

/** CoovaChilli says with ChilliSpot-Acct-View-Point 2 that its counters are the guest's, the reverse of RFC 2866. */
function isClientView(packet: Packet): boolean {
  const view = packet.vendor(chilliSpot.vendor, chilliSpot['ChilliSpot-Acct-View-Point'])
  return view?.length === 4 && view.readUInt32BE(0) === 2
}

/** Our Class comes back, among others perhaps (RFC 2865 §5.25); it names the grant. */
function grantOf(packet: Packet): string | undefined {
  for (const value of packet.all('Class')) {
    const text = value.toString('latin1')
    if (/^grt_[0-9a-z]{1,40}$/.test(text)) return text
  }
  return undefined
}

function terminateCause(packet: Packet): string | null {
  const cause = packet.integer('Acct-Terminate-Cause')
  return cause === undefined ? null : (terminateCauses[cause] ?? String(cause))
}

/** What must not be in accounting is neither kept nor shown (RFC 2866 §4.1, RFC 3579 §3.3). */
const neverKept = new Set([2, 3, 18, 24, 79, 80])

/** The attributes as they came, for replay and proof: hexadecimal, without password-like ones. */
export function rawAttributes(packet: Packet): string {
  if (!packet.hasAny(neverKept)) return packet.bytes.toString('hex', 20, packet.length)
  let kept = ''
  for (const { type, value } of packet) {
    if (neverKept.has(type)) continue
    kept += Buffer.from([type, value.length + 2]).toString('hex') + value.toString('hex')
  }
  return kept
}
