import { useWords } from '../words/index.ts'

/** Grey lines in the place of what is on its way. Draw it only when `slow` of useAsk is true. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  const { shared } = useWords()
  return (
    <div class="skeleton" role="status" aria-label={shared.loading}>
      {Array.from({ length: lines }, (_, line) => (
        <i key={line} />
      ))}
    </div>
  )
}
