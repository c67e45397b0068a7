import { Failure } from '../../client.ts'
import { useWords } from '../../words/index.ts'

/** A refusal at the door as a sentence: the server says it in the reader's language. */
export function useDoorFailure(): (error: unknown) => string {
  const { door: w, common } = useWords()
  return (error) => {
    if (!(error instanceof Failure)) return common.failed.broken
    if (error.code === 'network.unreachable') return common.failed.unreachable
    return error.message || (error.status === 429 ? w.tooMany : common.failed.broken)
  }
}
