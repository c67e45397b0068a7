import { useEffect, useRef, useState } from 'preact/hooks'
import { useAsk } from '../../ask.ts'
import type { Failure } from '../../call.ts'
import { Button, ButtonLink } from '../../parts/button.tsx'
import { to } from '../../router.ts'
import { useMay, useMe, useSite } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { Door, Readiness } from '../today/first-day.tsx'

/** Nobody has ever been here: who will appear, how to get them, and what is ready. */
export function NoGuests() {
  const { guests: w, today } = useWords()
  const maySee = useMay('sites.read')
  const { sites, publicUrl } = useMe()
  const site = useSite().site ?? sites[0]
  const { data } = useAsk('GET /sites', { skip: !maySee })
  const gateways = data?.items.map((one) => one.gateways) ?? []
  const sum = (name: 'answering' | 'total') => gateways.reduce((count, one) => count + one[name], 0)
  return (
    <div class="blank">
      <Door />
      <h2>{w.empty.title}</h2>
      <p class="read">{w.empty.text}</p>
      <p class="do">
        {maySee && (
          <ButtonLink go href={to('/sites')}>
            {today.empty.sites}
          </ButtonLink>
        )}
        {site && (
          <ButtonLink icon="wifi" href={`${publicUrl}/s/${site.slug}`} target="_blank">
            {today.empty.splash}
          </ButtonLink>
        )}
      </p>
      {data && <Readiness answering={sum('answering')} total={sum('total')} />}
    </div>
  )
}

/** There are guests, but none that fits. */
export function NoneFits({ q, clear }: { q: string; clear: () => void }) {
  const { guests: w } = useWords()
  return (
    <div class="blank" role="status">
      <h2>{w.none.title}</h2>
      <p class="read">{q ? `${w.none.searched(q)} ${w.none.searchHelp}` : w.none.text}</p>
      <p class="do">
        <Button onClick={clear}>{w.none.clear}</Button>
      </p>
    </div>
  )
}

const waitsSeconds = [5, 8, 15, 30, 60]

/** The list did not come: what was kept, and when it is tried again by itself. */
export function ListFailed(props: { failure: Failure; again: () => Promise<void>; selected: number }) {
  const { guests: w, shared } = useWords()
  const { failure, again, selected } = props
  const isHopeless = failure.status === 403 || failure.status === 400
  const { left, attempt } = useTryAgain(failure, again, isHopeless)
  return (
    <div class="blank" role="alert">
      <h2>{w.failed.title}</h2>
      <p class="read">
        {failure.message || (failure.status === 0 ? shared.failed.unreachable : shared.failed.broken)}
        {/[.。！!]$/.test(failure.message) ? ' ' : '. '}
        {w.failed.kept(selected)}
      </p>
      <p class="do">
        <Button go onClick={again}>
          {shared.again}
        </Button>
      </p>
      {!isHopeless && (
        <dl class="kv">
          <dt>{w.failed.trying}</dt>
          <dd>
            {left === undefined ? w.failed.gaveUp : w.failed.tryingIn(left, attempt, waitsSeconds.length)}
          </dd>
        </dl>
      )}
    </div>
  )
}

/** Waits longer each time and gives up after the last. A new failure object is a new try that failed. */
function useTryAgain(failure: Failure, again: () => Promise<void>, isHopeless: boolean) {
  const attempt = useRef(0)
  const counted = useRef<Failure>(undefined)
  const [left, setLeft] = useState<number>()
  if (counted.current !== failure) {
    counted.current = failure
    attempt.current += 1
  }
  useEffect(() => {
    const wait = waitsSeconds[attempt.current - 1]
    setLeft(wait)
    if (wait === undefined || isHopeless) return
    const until = Date.now() + wait * 1000
    const timer = setInterval(() => {
      const rest = Math.ceil((until - Date.now()) / 1000)
      setLeft(Math.max(0, rest))
      if (rest > 0) return
      clearInterval(timer)
      again()
    }, 500)
    return () => clearInterval(timer)
  }, [failure, again, isHopeless])
  return { left, attempt: attempt.current }
}
