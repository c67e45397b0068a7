import {
  type AccountingRecord,
  applyAccounting,
  endSessionsOfNas,
  logOnly,
  type MeteredSession,
  type NasRestart,
  newLogId,
} from '../db/access/accounting.ts'
import { settleMetered } from '../db/access/metering.ts'
import { keepStatistics } from '../db/access/statistics.ts'
import type { Db } from '../db/index.ts'
import { type Batcher, createBatcher } from './batcher.ts'
import { isMistake, type Outage } from './outage.ts'
import type { Spool, SpoolFormat } from './spool.ts'

/** Puts accounting where it survives a power cut: the ledger, or the spool while that is away. */
export type Recorder = {
  /** Resolves when the record is durable; rejects where it is not. undefined: no room. Either way: no answer. */
  record(record: AccountingRecord): Promise<void> | undefined
  restart(restart: NasRestart): Promise<void> | undefined
  /** False while nothing can be recorded: then Status-Server stays silent on the accounting port (RFC 5997 §4.2). */
  canRecord(): boolean
  /** Brings what was spooled into the ledger. */
  drain(): Promise<number>
  waiting(): number
  idle(): Promise<void>
}

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
  onError(error: unknown): void
}): Recorder {
  const { db, outage, spool, onError } = deps
  const written = keepStatistics(db, onError)
  let spoolFails = false
  let isDraining = false
  const unsettled = new Map<string, MeteredSession>()
  let isSettling = false
  let settling = Promise.resolve()
  const batcher: Batcher<AccountingRecord, undefined> = createBatcher(
    async (records) => {
      try {
        await apply(records)
      } catch (error) {
        outage.failed(error)
        throw error
      }
      return []
    },
    { size: 200, inFlight: 2, enough: 32, room: 10_000, keyOf: sessionKey },
  )
  outage.watch(batcher.underWayMs)
  outage.onAway(() => batcher.abandon(new Error('the ledger is away')))
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
    try {
      await retried(() => endSessionsOfNas(db, restart))
    } catch (error) {
      outage.failed(error)
      if (isMistake(error)) throw error
      return keep({ restart }, error)
    }
  }

  async function apply(records: AccountingRecord[]): Promise<void> {
    try {
      settle(await retried(() => applyAccounting(db, records)))
      written(records.length)
    } catch (error) {
      if (!isMistake(error)) throw error
      onError(error)
      if (records.length > 1) for (const record of records) await apply([record])
      else await logOnly(db, records)
    }
  }

  /**
   * Quotas and balances of what was just recorded, after it was acknowledged. A session that waits is there once,
   * however often it reports; what a crash leaves undone, the job of every minute does.
   */
  function settle(sessions: MeteredSession[]) {
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
        await retried(() => endSessionsOfNas(db, entry.restart))
        return
      }
      // A spool is drained beside what comes in; there is always room for some of it.
      for (;;) {
        const added = outage.since
          ? Promise.reject(new Error('the ledger is away'))
          : batcher.add({ ...entry.record, isAgain: true })
        if (added) return void (await added)
        await new Promise((done) => setTimeout(done, 20))
      }
    })
  }

  return {
    record: (record) => {
      record.logId ??= newLogId(record.receivedAt)
      if (outage.since) return spool && keep({ record }, new Error('the ledger is away'))
      const recording = batcher.add(record)
      if (!spool) return recording
      return recording?.catch((error) => keep({ record }, error))
    },
    restart: (input) => {
      input.logId ??= newLogId(input.receivedAt)
      return outage.since && !spool ? undefined : restart(input)
    },
    canRecord: () => !outage.since || (spool !== undefined && !spoolFails),
    drain,
    waiting: () => batcher.waiting(),
    idle: async () => {
      await batcher.idle()
      await settling
    },
  }
}

/** Of the site, not the NAS: a session that roams is one row, which no statement may touch twice. */
const sessionKey = (record: AccountingRecord) =>
  `${record.siteId}\n${record.acctSessionId}\n${record.callingStationId}`

/** Deadlocks and lost races are tried again; the statement is as good the second time. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const { code } = error as { code?: string }
      if (attempt === 4 || (code !== '40P01' && code !== '40001')) throw error
    }
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
