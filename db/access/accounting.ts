import type { Db } from '../index.ts'
import { arrayLiteral } from '../values/array.ts'
import { newId } from '../values/id.ts'
import { applyStatement, endStatement, logStatement, staleStatement } from './accounting-sql.ts'

/** One Accounting-Request in our terms. Counters are the NAS's running totals, RFC 2866 §5. */
export type AccountingRecord = {
  merchantId: string
  nasId: string
  siteId: string
  /** other: kept in the log and nowhere else, for it says nothing of a session. */
  status: 'start' | 'interim' | 'stop' | 'other'
  acctSessionId: string
  /** 12 lower hex digits where it is a MAC, else as sent. */
  callingStationId: string
  calledStationId: string | null
  acctMultiSessionId: string | null
  userName: string | null
  class: string | null
  framedIpAddress: string | null
  /** When it happened, by the NAS's clock or ours. */
  at: Date
  sessionTimeSeconds: number
  inputOctets: bigint
  outputOctets: bigint
  inputPackets: bigint
  outputPackets: bigint
  hasGigawords: boolean
  terminateCause: string | null
  marks: string[]
  receivedAt: Date
  /** Raw attributes for the log, without password-like ones. */
  packet: string
  /** Of the row in the log: written twice, it is there once. */
  logId?: string
  /** It may be in the log already: it comes out of the spool. */
  isAgain?: boolean
}

/** Accounting-On or -Off, RFC 2866 §5.1. */
export type NasRestart = {
  merchantId: string
  nasId: string
  at: Date
  /** Where hostapd names one radio of several, only sessions of that radio end. */
  calledStationId: string | null
  receivedAt: Date
  packet: string
  logId?: string
}

/** Sessions by `merchantId:sessionId`, with spaces between: of thousands that wait, a few strings and no more objects. */
export type Sessions = { count: number; keys: string }

export type Applied = {
  /** Sessions that have a quota or a balance, to be looked at (`settleMetered`). */
  metered: SessionKey[]
  /** Sessions that began or ended and are not in their visits yet (`foldVisits`). */
  unfolded: Sessions
}
export type SessionKey = { merchantId: string; sessionId: string }

export const sessionKeys = (keys: string): SessionKey[] =>
  keys.split(' ').map((key) => {
    const [merchantId = '', sessionId = ''] = key.split(':')
    return { merchantId, sessionId }
  })

let sequence = 0

/** An id for the log that sorts in the order the packets came, within one millisecond too. */
export function newLogId(receivedAt: Date): string {
  sequence = (sequence + 1) % 1_000_000
  const id = newId('acl', receivedAt.getTime())
  return id.slice(0, 14) + String(sequence).padStart(6, '0') + id.slice(20)
}

/**
 * Records many accounting packets in one statement; when it answers they are durable, log rows, sessions, visits
 * and all. No two of them may be of the same session: the caller keeps those in order, one batch after another.
 *
 * Counters only rise (RFC 2866: totals; RFC 5080 §2.3.1), so order and repeats do not matter. A late Start or
 * Interim never reopens what the NAS has stopped; what we closed for want of news, it does. A counter of a NAS
 * without Gigawords that falls by more than half its range while time goes on has wrapped. A session that has roamed
 * to another NAS of its site is known by our Class (RFC 2865 §5.25). An Acct-Session-Id that begins again after its
 * session was stopped is another session: a NAS that has restarted may count from the beginning.
 * @param options.foldLater the caller has the visits folded (`foldVisits`): they are not when this answers.
 */
export async function applyAccounting(
  db: Db,
  records: AccountingRecord[],
  options: { foldLater?: boolean } = {},
): Promise<Applied> {
  const ofSessions = records.filter((record) => record.status !== 'other')
  const statement = applyStatement[options.foldLater ? 'telling' : 'folding']
  const [row] = ofSessions.length
    ? await db.sql.unsafe<{ metered: string | null; news: string | null; news_count: number }[]>(
        statement[ofSessions.some((record) => record.isAgain) ? 'again' : 'first'],
        columns(ofSessions),
        { prepare: true },
      )
    : []
  if (ofSessions.length < records.length)
    await logOnly(
      db,
      records.filter((record) => record.status === 'other'),
    )
  return {
    metered: row?.metered ? sessionKeys(row.metered) : [],
    unfolded: options.foldLater && row?.news ? { count: row.news_count, keys: row.news } : none,
  }
}

const none: Sessions = { count: 0, keys: '' }

/** Keeps packets in the log alone. */
export async function logOnly(
  db: Db,
  records: Pick<AccountingRecord, 'merchantId' | 'nasId' | 'receivedAt' | 'packet' | 'logId'>[],
): Promise<void> {
  await db.sql.unsafe(
    logStatement,
    [
      arrayLiteral(records.map((r) => r.merchantId)),
      arrayLiteral(records.map((r) => r.logId ?? newLogId(r.receivedAt))),
      arrayLiteral(records.map((r) => r.nasId)),
      arrayLiteral(records.map((r) => r.receivedAt.toISOString())),
      arrayLiteral(records.map((r) => r.packet)),
    ],
    { prepare: true },
  )
}

const statusNumbers = { start: 1, stop: 2, interim: 3 }

function columns(records: AccountingRecord[]): string[] {
  const column = (pick: (record: AccountingRecord) => string | number | bigint | boolean | null) =>
    arrayLiteral(records.map(pick))
  const numbers = new Map<string, number>()
  const nas: AccountingRecord[] = []
  for (const record of records) {
    if (numbers.has(record.nasId)) continue
    nas.push(record)
    numbers.set(record.nasId, nas.length)
  }
  return [
    arrayLiteral(nas.map((r) => r.merchantId)),
    arrayLiteral(nas.map((r) => r.siteId)),
    arrayLiteral(nas.map((r) => r.nasId)),
    column((r) => numbers.get(r.nasId) ?? null),
    column((r) => r.acctSessionId),
    column((r) => r.callingStationId),
    column((r) => r.calledStationId),
    column((r) => r.acctMultiSessionId),
    column((r) => r.userName),
    column((r) => r.class),
    column((r) => r.framedIpAddress),
    column((r) => r.at.getTime()),
    column((r) => (r.status === 'other' ? null : statusNumbers[r.status])),
    column((r) => r.sessionTimeSeconds),
    column((r) => r.inputOctets),
    column((r) => r.outputOctets),
    column((r) => r.inputPackets),
    column((r) => r.outputPackets),
    column((r) => r.hasGigawords),
    column((r) => r.terminateCause),
    column((r) => (r.marks.length ? JSON.stringify(r.marks) : null)),
    column((r) => r.logId ?? newLogId(r.receivedAt)),
    column((r) => r.receivedAt.getTime()),
    column((r) => r.packet),
  ]
}

/** A NAS that has restarted has forgotten every session that began before; those end. @returns how many. */
export async function endSessionsOfNas(db: Db, restart: NasRestart): Promise<number> {
  const [row] = await db.sql.unsafe<{ ended: number }[]>(
    endStatement,
    [
      restart.merchantId,
      restart.nasId,
      restart.at.toISOString(),
      restart.calledStationId,
      restart.logId ?? newLogId(restart.receivedAt),
      restart.receivedAt.toISOString(),
      restart.packet,
    ],
    { prepare: true },
  )
  return row?.ended ?? 0
}

/**
 * Ends sessions whose NAS has been silent for three of its interim intervals: the Stop was lost. Portal sessions,
 * which no NAS reports, end with their grant.
 */
export async function closeStaleSessions(db: Db, now: Date): Promise<number> {
  const [row] = await db.sql.unsafe<{ ended: number }[]>(staleStatement, [now.toISOString()])
  return row?.ended ?? 0
}
