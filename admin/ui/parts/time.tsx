import { useNow } from '../ask.ts'
import { useFormat } from '../format.ts'

/** A moment, short, with its full date for whoever points at it. `ago` counts on by itself. */
export function Time({
  at,
  as = 'when',
}: {
  at: string
  as?: 'when' | 'ago' | 'time' | 'date' | 'dateTime'
}) {
  const format = useFormat()
  const now = useNow(as === 'ago' ? 5000 : 60_000)
  const text = as === 'when' ? format.when(at, now) : as === 'ago' ? format.ago(at, now) : format[as](at)
  return (
    <time dateTime={at} title={`${format.dateYear(at)} ${format.timeExact(at)}`}>
      {text}
    </time>
  )
}
