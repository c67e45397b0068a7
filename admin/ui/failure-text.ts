import { failureFrom } from './ask.ts'
import { useWords } from './words/index.ts'

/** What a form or a toast says of something that did not work: the server's own sentence where there is one. */
export function useFailureText(): (error: unknown) => string {
  const { failed } = useWords().shared
  return (error) => {
    const failure = failureFrom(error)
    if (failure.code === 'network.unreachable') return failed.unreachable
    if (failure.code === 'panel.broken') return failed.broken
    return failure.message || failed.broken
  }
}
