import type { Sessions } from '../db/access/accounting.ts'
import { foldVisits, unfoldedSessions } from '../db/access/visits.ts'
import type { Db } from '../db/index.ts'
import { isMistake, type Outage } from './outage.ts'
import { retried } from './retried.ts'

/** Visits folded beside what is recorded, while much comes in. */
export type Folding = {
  /** Sessions that were recorded and are to be folded soon. */
  add(sessions: Sessions): void
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
  let waiting: Sessions[] = []
  let count = 0
  let isDoubtful = false
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> | undefined
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
        if (count > 0 || isDoubtful) plan()
      })
    return working
  }
  const work = async () => {
    if (outage.since) return
    if (isDoubtful) {
      isDoubtful = false
      try {
        const left = await unfoldedSessions(db, new Date(Date.now() - reachMs))
        for (let from = 0; from < left.length; from += atOnce) {
          const keys = left.slice(from, from + atOnce)
          wait({ count: keys.length, keys: keys.join(' ') })
        }
      } catch (error) {
        // Too much to look through in its time is so a second later, too.
        isDoubtful = (error as { cause?: { code?: unknown } }).cause?.code !== canceled
        throw error
      }
    }
    // What is added meanwhile waits for its turn: it stands behind, and this ends.
    const now = waiting
    waiting = []
    let next = 0
    try {
      while (next < now.length && !outage.since) {
        let end = next
        let sessions = 0
        while (end < now.length && sessions < atOnce) sessions += now[end++]?.count ?? 0
        const keys = now.slice(next, end).map((one) => one.keys)
        await fold(keys.join(' '))
        count -= sessions
        next = end
      }
    } finally {
      waiting = [...now.slice(next), ...waiting]
    }
  }
  /** One that is odd must not hold up the others. */
  const fold = async (keys: string): Promise<void> => {
    try {
      let left = await retried(() => foldVisits(lane, keys))
      // Of several sessions of one guest one is folded at a time; what nothing comes of any more is being written.
      for (let before = Infinity; left.count > 0 && left.count < before; ) {
        before = left.count
        const rest = left.keys
        left = await retried(() => foldVisits(lane, rest))
      }
      wait(left)
    } catch (error) {
      if (!isMistake(error)) throw error
      const each = keys.split(' ')
      if (each.length > 1) for (const key of each) await fold(key)
      else onError(error)
    }
  }
  const wait = (sessions: Sessions) => {
    if (sessions.count === 0) return
    waiting.push(sessions)
    count += sessions.count
  }
  return {
    add: (sessions) => {
      wait(sessions)
      if (count > 0) plan()
    },
    doubt: () => {
      isDoubtful = true
      plan()
    },
    waiting: () => count,
    idle: async () => {
      await working
      if (count > 0) await start()
    },
    close: () => {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

/** SQLSTATE of a statement that ran out of time. */
const canceled = '57014'
/** Milliseconds a session waits for its end, or for others. */
const delayMs = 500
/** Sessions in one statement: it holds the rows of their guests, and a sign-in of one of these waits. */
const atOnce = 64
/** Milliseconds back that sessions began which a crash may have left. */
const reachMs = 2 * 86_400_000
