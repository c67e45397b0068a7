import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Answer, Operation, ParamsOf, QueryIn } from '../api/contract.ts'
import { call, Failure } from './call.ts'

export type Asked<T> = {
  /** The newest answer. Kept while the next one is on its way, and when that one fails. */
  data: T | undefined
  failure: Failure | undefined
  /** True once an answer has been missing for 300 ms: time for a skeleton. */
  slow: boolean
  /** Asks again; resolves when the answer is in. */
  again: () => Promise<void>
  /** Puts in what the server is known to hold now, without asking. */
  put: (data: T) => void
}

type Ask<K extends Operation> = {
  params?: ParamsOf<K>
  query?: QueryIn<K>
  /** Asks again so often, while the page is visible and no answer is on its way. */
  everyMs?: number
  /** True: nothing is asked yet. */
  skip?: boolean
}

/** Asks when drawn and whenever params or query change; an answer that is no longer wanted is aborted. */
export function useAsk<K extends Operation>(operation: K, options: Ask<K> = {}): Asked<Answer<K>> {
  const { params, query, everyMs, skip = false } = options
  const [data, setData] = useState<Answer<K>>()
  const [failure, setFailure] = useState<Failure>()
  const key = JSON.stringify([operation, params, query, skip])
  const running = useRef<AbortController>(undefined)

  const again = useCallback(async () => {
    const [, params, query, skip] = JSON.parse(key) as [K, ParamsOf<K>?, QueryIn<K>?, boolean?]
    if (skip) return
    running.current?.abort()
    const own = new AbortController()
    running.current = own
    // A network that has gone away may never say so.
    const late = setTimeout(() => {
      own.abort()
      setFailure(new Failure('network.unreachable', '', 0))
    }, patienceMs)
    try {
      const answer = await call(operation, {
        params: params ?? undefined,
        query: query ?? undefined,
        signal: own.signal,
      })
      if (own.signal.aborted) return
      setData(answer)
      setFailure(undefined)
    } catch (error) {
      if (!own.signal.aborted) setFailure(failureFrom(error))
    } finally {
      clearTimeout(late)
      if (running.current === own) running.current = undefined
    }
  }, [key])
  // Who asks in turns waits for an answer that takes longer than a turn; asking anew would never let it come.
  const inTurn = useCallback(() => {
    if (!running.current) again()
  }, [again])

  useEffect(() => {
    again()
    return () => running.current?.abort()
  }, [again])
  useEvery(inTurn, everyMs)
  const slow = useSlow(!skip && data === undefined && failure === undefined)
  return { data, failure, slow, again, put: setData }
}

/** Longer than the server works on any question. */
const patienceMs = 20_000

/** What went wrong, also when it was our own mistake. */
export const failureFrom = (error: unknown): Failure =>
  error instanceof Failure
    ? error
    : new Failure('panel.broken', error instanceof Error ? error.message : '', 0)

/** Every so often, while somebody looks; at once when they come back to the page. */
export function useEvery(act: () => unknown, everyMs: number | undefined): void {
  useEffect(() => {
    if (!everyMs) return
    const timer = setInterval(() => document.visibilityState === 'visible' && act(), everyMs)
    const onVisible = () => document.visibilityState === 'visible' && act()
    document.addEventListener('visibilitychange', onVisible)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', onVisible)
    }
  }, [act, everyMs])
}

/** The clock of the page: redraws every so often and says what time it is. */
export function useNow(everyMs = 10_000): Date {
  const [now, setNow] = useState(() => new Date())
  const tick = useCallback(() => setNow(new Date()), [])
  useEvery(tick, everyMs)
  return now
}

export function useSlow(waits: boolean): boolean {
  const [slow, setSlow] = useState(false)
  useEffect(() => {
    if (!waits) return setSlow(false)
    const timer = setTimeout(() => setSlow(true), 300)
    return () => clearTimeout(timer)
  }, [waits])
  return waits && slow
}
