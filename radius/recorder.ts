import {
  type AccountingRecord,
  applyAccounting,
  endSessionsOfNas,
  logOnly,
  type NasRestart,
  newLogId,
  type SessionKey,
} from '../db/access/accounting.ts'
import { settleMetered } from '../db/access/metering.ts'
import type { Db } from '../db/index.ts'
import { type Batcher, createBatcher, type Waiting } from './batcher.ts'
import type { Folding } from './folding.ts'
import { isMistake, type Outage } from './outage.ts'
import { retried } from './retried.ts'
import type { Spool, SpoolFormat } from './spool.ts'

/** Puts accounting where it survives a power cut: the ledger, or the spool while that is away. */
export type Recorder = {
  /** `tell` is called once, when the record is durable or will not be; only `recorded` may be acknowledged. */
  record(record: AccountingRecord, tell: (outcome: AccountingOutcome) => void): void
  restart(restart: NasRestart, tell: (outcome: AccountingOutcome) => void): void
  /** False while nothing can be recorded: then Status-Server stays silent on the accounting port (RFC 5997 §4.2). */
  canRecord(): boolean
  /** Brings what was spooled into the ledger. */
  drain(): Promise<number>
  waiting(): number
  idle(): Promise<void>
}

export type AccountingOutcome = 'recorded' | 'no-room' | 'not-recorded'

/** What waits in the spool. */
export type Spooled = { record: AccountingRecord } | { restart: NasRestart }

/**
 * Packets that wait together are written in one statement and acknowledged together after its commit. What is odd in
 * one of them must not hold up the others: a statement refused for what it says is tried packet by packet, and a packet
 * that is refused by itself is kept in the log alone.
 */
export function createRecorder(deps: {
  db: Db
  outage: Outage
  spool: Spool<Spooled> | undefined
  folding: Folding
  /** Told how many rows were written, see `keepStatistics`. */
  written(rows: number): void
  onError(error: unknown): void
}): Recorder {
  const { db, outage, spool, folding, written, onError } = deps
  const lane = db.lane()
  let spoolFails = false
  let isDraining = false
  const rate = new Rate()
  const unsettled = new Map<string, SessionKey>()
  let isSettling = false
  let settling = Promise.resolve()
  const batcher: Batcher<Recording> = createBatcher(
    async (recordings: Recording[]) => {
      try {
        await apply(recordings.map(({ record }) => record))
      } catch (error) {
        outage.failed(error)
        throw error
      }
      return []
    },
    { size: 200, inFlight: 2, enough: 24, room: 10_000, keyOf: ({ key }) => key },
  )
  outage.watch(batcher.underWayMs)
  outage.onAway(() => {
    if (batcher.underWayMs() > 0) lane.renew()
    batcher.abandon(new Error('the ledger is away'))
  })
  outage.onThere(() => {
    // Asked at each probe; one that fails is told of once.
    if (!spool?.octets || isDraining) return
    isDraining = true
    drain()
      .catch(onError)
      .finally(() => {
        isDraining = false
      })
  })

  const keep = (entry: Spooled, why: unknown): Promise<void> => {
    const kept = spool?.add(entry)
    if (!kept) {
      spoolFails = true
      return Promise.reject(why)
    }
    return kept.then(
      () => {
        spoolFails = false
      },
      (error) => {
        spoolFails = true
        onError(error)
        throw error
      },
    )
  }

  /** One after the other for the same NAS: what it had said before must be in the ledger when its sessions end. */
  const restart = async (restart: NasRestart): Promise<void> => {
    // Behind what waits in the spool: its older sessions would begin after they were ended.
    if (outage.since || spool?.octets) return keep({ restart }, new Error('the ledger is away'))
    await batcher.settled()
    await folding.idle()
    try {
      await retried(() => endSessionsOfNas(lane, restart))
    } catch (error) {
      outage.failed(error)
      if (isMistake(error)) throw error
      return keep({ restart }, error)
    }
  }

  async function apply(records: AccountingRecord[]): Promise<void> {
    const unfolded = folding.waiting()
    const foldLater = rate.add(records.length) >= crowd || unfolded > 0
    if (unfolded > unfoldedMax)
      await Promise.race([folding.idle(), new Promise((done) => setTimeout(done, slowDownMs))])
    try {
      const applied = await retried(() => applyAccounting(lane, records, { foldLater }))
      folding.add(applied.unfolded)
      settle(applied.metered)
      written(records.length)
    } catch (error) {
      if (!isMistake(error)) {
        // It may have been committed all the same.
        if (foldLater) folding.doubt()
        throw error
      }
      onError(error)
      if (records.length > 1) for (const record of records) await apply([record])
      else await logOnly(lane, records)
    }
  }

  /**
   * Quotas and balances of what was just recorded, after it was acknowledged. A session that waits is there once,
   * however often it reports; what a crash leaves undone, the job of every minute does.
   */
  function settle(sessions: SessionKey[]) {
    for (const session of sessions) unsettled.set(session.sessionId, session)
    if (isSettling || unsettled.size === 0) return
    isSettling = true
    settling = (async () => {
      while (unsettled.size > 0) {
        const next = [...unsettled.values()].slice(0, 200)
        for (const { sessionId } of next) unsettled.delete(sessionId)
        await settleMetered(db, next, new Date()).catch(onError)
      }
      isSettling = false
    })()
  }

  async function drain(): Promise<number> {
    if (!spool) return 0
    return spool.drain(async (entry) => {
      if ('restart' in entry) {
        await batcher.settled()
        await folding.idle()
        await retried(() => endSessionsOfNas(lane, entry.restart))
        return
      }
      // A spool is drained beside what comes in; there is always room for some of it.
      for (;;) {
        if (outage.since) throw new Error('the ledger is away')
        const record = { ...entry.record, isAgain: true }
        const added = Promise.withResolvers<void>()
        const { resolve: done, reject: failed } = added
        if (batcher.add({ record, key: sessionKey(record), done, failed })) return added.promise
        await new Promise((done) => setTimeout(done, 20))
      }
    })
  }

  return {
    record: (record, tell) => {
      record.logId ??= newLogId(record.receivedAt)
      const failed = (error: unknown) => {
        if (spool) told(keep({ record }, error), tell)
        else tell('not-recorded')
      }
      if (outage.since) {
        if (spool) failed(new Error('the ledger is away'))
        else tell('no-room')
        return
      }
      const done = () => tell('recorded')
      if (!batcher.add({ record, key: sessionKey(record), done, failed })) tell('no-room')
    },
    restart: (input, tell) => {
      input.logId ??= newLogId(input.receivedAt)
      if (outage.since && !spool) tell('no-room')
      else told(restart(input), tell)
    },
    canRecord: () => !outage.since || (spool !== undefined && !spoolFails),
    drain,
    waiting: () => batcher.waiting(),
    idle: async () => {
      await batcher.idle()
      await Promise.all([settling, folding.idle()])
    },
  }
}

type Recording = Waiting<undefined> & { record: AccountingRecord; key: string }

function told(recording: Promise<void>, tell: (outcome: AccountingOutcome) => void) {
  recording.then(
    () => tell('recorded'),
    () => tell('not-recorded'),
  )
}

/** Of the site, not the NAS: a session that roams is one row, which no statement may touch twice. */
const sessionKey = (record: AccountingRecord) =>
  `${record.siteId}\n${record.acctSessionId}\n${record.callingStationId}`

/** Packets in a second from which on access points do not wait for the visits of their guests. */
const crowd = 100
/** Sessions that wait for their visits at most; beyond it packets wait for them, and then access points. */
const unfoldedMax = 20_000
const slowDownMs = 200

/** How many of something there were in a second. */
class Rate {
  #sinceMs = 0
  #now = 0
  #before = 0

  /** @returns those of this second or of the one before, whichever had more. */
  add(count: number): number {
    const nowMs = performance.now()
    const seconds = Math.floor((nowMs - this.#sinceMs) / 1000)
    if (seconds > 0) {
      this.#before = seconds === 1 ? this.#now : 0
      this.#now = 0
      this.#sinceMs = nowMs
    }
    this.#now += count
    return Math.max(this.#now, this.#before)
  }
}

/** JSON, with the two kinds of value it has no word for. */
export const spoolFormat: SpoolFormat<Spooled> = {
  write: (entry) => JSON.stringify(entry, (_key, value) => (typeof value === 'bigint' ? `${value}` : value)),
  read: (line) =>
    JSON.parse(line, (key, value) => {
      if (key === 'at' || key === 'receivedAt') return new Date(value)
      return /^(?:input|output)(?:Octets|Packets)$/.test(key) ? BigInt(value) : value
    }),
}
