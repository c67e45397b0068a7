import { attributesOf } from './oracle.ts'

/** What the ledger must say of one session, worked out a second time from the packets alone. */
export type Expected = {
  inputOctets: bigint
  outputOctets: bigint
  sessionTimeSeconds: number
  stoppedAtMs: number | undefined
  terminateCause: string | undefined
}

/** One accounting packet as the log keeps it: attributes without header. */
export type Logged = { nasId: string; receivedAtMs: number; attributes: Buffer }

const wrap = 1n << 32n

/**
 * The rules of accounting in thirty lines, apart from any SQL: totals only rise (RFC 2866 §5), the first Stop counts,
 * an Accounting-On or -Off ends what began before it on its NAS (RFC 2866 §5.1). Only for NAS that send Gigawords or
 * stay below 2^32.
 */
export function replay(log: readonly Logged[]): Map<string, Expected> {
  const sessions = new Map<string, Expected & { nasId: string; startedAtMs: number; updatedAtMs: number }>()
  for (const { nasId, receivedAtMs, attributes } of log) {
    const all = attributesOf(Buffer.concat([Buffer.alloc(20), attributes]))
    const value = (type: number) => all.find(([found]) => found === type)?.[1]
    const number = (type: number) => value(type)?.readUInt32BE() ?? 0
    const status = number(40)
    const byDelay = receivedAtMs - number(41) * 1000
    const stamp = number(55) * 1000
    const at = value(55) && Math.abs(stamp - byDelay) <= 300_000 ? Math.min(stamp, receivedAtMs) : byDelay
    if (status === 7 || status === 8) {
      for (const session of sessions.values())
        if (session.nasId === nasId && session.stoppedAtMs === undefined && session.startedAtMs < at) {
          session.stoppedAtMs = Math.max(session.startedAtMs, Math.min(at, session.updatedAtMs))
          session.terminateCause = 'NAS-Reboot'
        }
      continue
    }
    const key = `${nasId} ${value(44)} ${value(31)?.toString().replaceAll('-', '').toLowerCase()}`
    const octets = (low: number, high: number) => BigInt(number(high)) * wrap + BigInt(number(low))
    const known = sessions.get(key)
    const isStop = status === 2 && known?.stoppedAtMs === undefined
    const most = (one: bigint, other = 0n) => (one > other ? one : other)
    sessions.set(key, {
      nasId,
      startedAtMs: Math.min(known?.startedAtMs ?? at, at - number(46) * 1000),
      updatedAtMs: Math.max(known?.updatedAtMs ?? at, at),
      inputOctets: most(octets(42, 52), known?.inputOctets),
      outputOctets: most(octets(43, 53), known?.outputOctets),
      sessionTimeSeconds: Math.max(known?.sessionTimeSeconds ?? 0, number(46)),
      stoppedAtMs: isStop ? at : known?.stoppedAtMs,
      terminateCause: isStop ? (number(49) === 1 ? 'User-Request' : undefined) : known?.terminateCause,
    })
  }
  return sessions
}
