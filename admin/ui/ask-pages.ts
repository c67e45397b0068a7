import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Answer, Operation, ParamsOf, QueryIn } from '../api/contract.ts'
import { failureFrom, useEvery, useSlow } from './ask.ts'
import { call, type Failure } from './call.ts'

type ListOperation = {
  [K in Operation]: Answer<K> extends { items: unknown[]; total: number; nextCursor: string | null }
    ? K
    : never
}[Operation]
type Item<K extends ListOperation> = Answer<K>['items'][number]

export type AskedPages<K extends ListOperation> = {
  items: Item<K>[]
  /** The first page's answer, with its total and whatever else the list tells. */
  first: Answer<K> | undefined
  failure: Failure | undefined
  slow: boolean
  hasMore: boolean
  more: () => Promise<void>
  again: () => Promise<void>
}

/**
 * A list page by page: `more()` adds the next one. A change of the query starts anew and keeps the old rows in sight
 * until the new ones are there. `everyMs` asks for the first page again, as long as only that one is shown.
 */
export function useAskPages<K extends ListOperation>(
  operation: K,
  options: { params?: ParamsOf<K>; query?: QueryIn<K>; everyMs?: number } = {},
): AskedPages<K> {
  const [answers, setAnswers] = useState<Answer<K>[]>([])
  const [failure, setFailure] = useState<Failure>()
  const key = JSON.stringify([options.params, options.query])
  const running = useRef<AbortController>(undefined)

  const fetchPage = useCallback(
    async (before: Answer<K>[]) => {
      const [params, query] = JSON.parse(key) as [ParamsOf<K>?, QueryIn<K>?]
      running.current?.abort()
      const own = new AbortController()
      running.current = own
      const cursor = before.at(-1)?.nextCursor ?? undefined
      try {
        const answer = await call(operation, {
          params: params ?? undefined,
          query: { ...(query ?? {}), cursor } as QueryIn<K>,
          signal: own.signal,
        })
        if (own.signal.aborted) return
        setAnswers([...before, answer])
        setFailure(undefined)
      } catch (error) {
        if (!own.signal.aborted) setFailure(failureFrom(error))
      }
    },
    [operation, key],
  )
  const again = useCallback(() => fetchPage([]), [fetchPage])
  useEffect(() => {
    again()
    return () => running.current?.abort()
  }, [again])
  useEvery(again, answers.length < 2 ? options.everyMs : undefined)

  const hasMore = Boolean(answers.at(-1)?.nextCursor)
  return {
    items: answers.flatMap((answer) => answer.items as Item<K>[]),
    first: answers[0],
    failure,
    slow: useSlow(answers.length === 0 && !failure),
    hasMore,
    more: async () => {
      if (hasMore) await fetchPage(answers)
    },
    again,
  }
}
