import { Failure } from '../../client.ts'
import { useWords } from '../../words/index.ts'

/** What the sign-in library refuses, as a sentence. It never tells whether an address is known. */
export function useDoorFailure(): (error: unknown) => string {
  const { door: w, common } = useWords()
  return (error) => {
    if (!(error instanceof Failure)) return common.failed.broken
    if (error.code === 'network.unreachable') return common.failed.unreachable
    if (error.status === 429) return w.tooMany
    if (error.code === 'ACCOUNT_TEMPORARILY_LOCKED' || error.status === 423) return w.locked
    if (error.code === 'INVALID_EMAIL_OR_PASSWORD' || error.status === 401) return w.wrong
    return error.message || common.failed.broken
  }
}
