import { Failure } from '../../call.ts'
import { useWords } from '../../words/index.ts'

/** A refusal at the door as a sentence: the server says it in the reader's language. */
export function useDoorFailure(): (error: unknown) => string {
  const { door: w, shared } = useWords()
  return (error) => {
    if (!(error instanceof Failure)) return shared.failed.broken
    if (error.code === 'network.unreachable') return shared.failed.unreachable
    return error.message || (error.status === 429 ? w.tooMany : shared.failed.broken)
  }
}
