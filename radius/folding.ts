import type { SessionKey } from '../db/access/accounting.ts'
import { foldVisits, unfoldedSessions } from '../db/access/visits.ts'
import type { Db } from '../db/index.ts'
import { isMistake, type Outage } from './outage.ts'
import { retried } from './retried.ts'

/** Visits folded beside what is recorded, while much comes in. */
export type Folding = {
  /** Sessions that were recorded and are to be folded soon. */
  add(sessions: readonly SessionKey[]): void
  /** What a killed process, or a recording nobody knows the end of, has left unfolded is looked for. */
  doubt(): void
  /** Sessions that wait or are being folded. */
  waiting(): number
  /** Folds all that waits, at once; resolves when that is done or can not be done now. */
  idle(): Promise<void>
  /** Begins nothing any more. */
  close(): void
}

/**
 * A guest's row and its six indexes are written anew for each session that begins and each that ends: a third of what
 * accounting costs. While packets come by the thousand it is done a moment later, once for a session that began and ended
 * meanwhile, many in one statement and by a connection of its own, so that no access point waits for it.
 */
export function createFolding(deps: { db: Db; outage: Outage; onError(error: unknown): void }): Folding {
  const { db, outage, onError } = deps
  const lane = db.lane()
  const waiting = new Map<string, SessionKey>()
  let isDoubtful = false
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> | undefined
  let underWay = 0
  let isClosed = false
  outage.onAway(() => {
    if (working) lane.renew()
  })

  const plan = () => {
    if (isClosed) return
    timer ??= setTimeout(() => {
      timer = undefined
      void start()
    }, delayMs).unref()
  }
  const start = () => {
    working ??= work()
      .catch(onError)
      .finally(() => {
        working = undefined
        if (waiting.size > 0 || isDoubtful) plan()
      })
    return working
  }
  const work = async () => {
    if (outage.since) return
    if (isDoubtful) {
      isDoubtful = false
      try {
        const left = await unfoldedSessions(db, new Date(Date.now() - reachMs))
        for (const session of left) waiting.set(keyOf(session), session)
      } catch (error) {
        // Too much to look through in its time is so a second later, too.
        isDoubtful = (error as { cause?: { code?: unknown } }).cause?.code !== canceled
        throw error
      }
    }
    // What is added meanwhile waits for its turn: it stands behind, and this ends.
    for (let left = waiting.size; left > 0 && !outage.since; left -= atOnce) {
      const sessions: SessionKey[] = []
      for (const [key, session] of waiting) {
        if (sessions.length === atOnce) break
        sessions.push(session)
        waiting.delete(key)
      }
      underWay = sessions.length
      try {
        await fold(sessions)
      } catch (error) {
        for (const session of sessions) waiting.set(keyOf(session), session)
        throw error
      } finally {
        underWay = 0
      }
    }
  }
  /** One that is odd must not hold up the others. */
  const fold = async (sessions: SessionKey[]): Promise<void> => {
    try {
      await retried(() => foldVisits(lane, sessions))
    } catch (error) {
      if (!isMistake(error)) throw error
      if (sessions.length > 1) for (const session of sessions) await fold([session])
      else onError(error)
    }
  }
  return {
    add: (sessions) => {
      for (const session of sessions) waiting.set(keyOf(session), session)
      if (sessions.length > 0) plan()
    },
    doubt: () => {
      isDoubtful = true
      plan()
    },
    waiting: () => waiting.size + underWay,
    idle: async () => {
      await working
      if (waiting.size > 0) await start()
    },
    close: () => {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

const keyOf = ({ merchantId, sessionId }: SessionKey) => `${merchantId}\n${sessionId}`

/** SQLSTATE of a statement that ran out of time. */
const canceled = '57014'
/** Milliseconds a session waits for its end, or for others. */
const delayMs = 1000
/** Sessions in one statement: it holds the rows of their guests, and a sign-in of one of these waits. */
const atOnce = 100
/** Milliseconds back that sessions began which a crash may have left. */
const reachMs = 2 * 86_400_000
