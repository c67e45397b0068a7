import { useEffect, useRef, useState } from 'preact/hooks'
import { useNow } from '../../ask.ts'
import { useAskPages } from '../../ask-pages.ts'
import { useDates } from '../../dates.ts'
import { useFormat } from '../../format.ts'
import { ErrorBox, Stale } from '../../parts/blank.tsx'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Section } from '../../parts/main.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { useQuery } from '../../router.ts'
import { useMay, useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { Composer, type Correcting } from './composer.tsx'
import { tell } from './entry.tsx'
import { type TimelineItem, timelineKinds } from './kinds.ts'
import type { Profile } from './use-profile.ts'

/** Everything that happened with a guest, newest first, and the box to add to it. */
export function Timeline({ control, takesFocus }: { control: Profile; takesFocus?: boolean }) {
  const { guest: w } = useWords()
  const [query, setQuery] = useQuery()
  const mayNote = useMay('guests.note')
  const kind = timelineKinds.find((one) => one === query.kind)
  const [correcting, setCorrecting] = useState<Correcting>()
  const asked = useAskPages('GET /guests/:id/timeline', {
    params: { id: control.id },
    query: { kind, limit: 40 },
    everyMs: 20_000,
  })
  useEffect(() => {
    if (control.version) asked.again()
  }, [control.version])

  const counts = asked.first?.counts ?? {}
  const all = Object.values(counts).reduce((sum, n) => sum + n, 0)
  const rest = (asked.first?.total ?? 0) - asked.items.length
  return (
    <Section
      id="timeline"
      title={w.timeline.title}
      end={<span class="two small">{w.timeline.about}</span>}
      class="story"
    >
      {mayNote && (
        <Composer
          guestId={control.id}
          takesFocus={takesFocus}
          correcting={correcting}
          stopCorrecting={() => setCorrecting(undefined)}
          written={control.written}
        />
      )}
      {all > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: buttons in a line are no fieldset
        <div class="filters" role="group" aria-label={w.timeline.filter}>
          <Filter on={!kind} count={all} label={w.timeline.all} act={() => setQuery({ kind: undefined })} />
          {timelineKinds.map((one) => {
            const count = counts[one] ?? 0
            if (!count && one !== kind) return null
            return (
              <Filter
                key={one}
                on={kind === one}
                count={count}
                label={w.timeline.kinds[one]}
                act={() => setQuery({ kind: one })}
              />
            )
          })}
        </div>
      )}
      {asked.items.length > 0 && <Stale failure={asked.failure} again={asked.again} />}
      {asked.items.length > 0 ? (
        <Days items={asked.items} correct={mayNote ? setCorrecting : undefined} />
      ) : asked.failure ? (
        <ErrorBox failure={asked.failure} again={asked.again} />
      ) : asked.first ? (
        <p class="two none">{kind ? w.timeline.noneOfKind : w.timeline.none}</p>
      ) : (
        asked.slow && <Skeleton />
      )}
      {asked.hasMore && <More rest={rest} more={asked.more} />}
    </Section>
  )
}

const Filter = (props: { on: boolean; label: string; count: number; act: () => void }) => {
  const format = useFormat()
  return (
    <button type="button" aria-pressed={props.on} onClick={props.act}>
      {props.label} <span class="small">{format.number(props.count)}</span>
    </button>
  )
}

function Days(props: { items: TimelineItem[]; correct?: (what: Correcting) => void }) {
  const dates = useDates()
  const now = useNow(60_000)
  const days = Map.groupBy(props.items, (item) => dates.key(item.at))
  const corrected = new Set(
    props.items.flatMap((item) => ('correctsId' in item && item.correctsId ? [item.correctsId] : [])),
  )
  return (
    <div class="tl">
      {[...days].map(([day, items]) => (
        <div key={day}>
          <h3>{dates.heading(items[0]?.at ?? '', now)}</h3>
          <ol>
            {items.map((item) => (
              <Entry key={item.id} item={item} isCorrected={corrected.has(item.id)} correct={props.correct} />
            ))}
          </ol>
        </div>
      ))}
    </div>
  )
}

function Entry(props: { item: TimelineItem; isCorrected: boolean; correct?: (what: Correcting) => void }) {
  const words = useWords()
  const { guest: w } = words
  const { sites } = useMe()
  const format = useFormat()
  const dates = useDates()
  const { item, isCorrected, correct } = props
  const told = tell(item, { words, format, dates, sites })
  const own =
    item.kind === 'note' || item.kind === 'call' || item.kind === 'complaint' ? item.kind : undefined
  return (
    <li class={isCorrected ? 'corrected' : undefined}>
      <time dateTime={item.at}>{format.time(item.at)}</time>
      <Icon name={told.icon} tone={item.kind === 'complaint' ? 'bad' : undefined} />
      <div>
        {correct && own && !isCorrected && 'text' in item && (
          <button
            type="button"
            class="act small end"
            onClick={() => correct({ id: item.id, kind: own, text: item.text, at: item.at })}
          >
            {w.timeline.correct}
          </button>
        )}
        <span>
          {told.title}
          {isCorrected && <span class="two">{w.comma + w.timeline.corrected}</span>}
        </span>
        {told.sub && <div class="sub">{told.sub}</div>}
        {told.quote && <q>{told.quote}</q>}
      </div>
    </li>
  )
}

/** The older part comes as it is scrolled to, or by the button. */
function More({ rest, more }: { rest: number; more: () => Promise<void> }) {
  const { guest: w } = useWords()
  const box = useRef<HTMLParagraphElement>(null)
  const latest = useRef(more)
  latest.current = more
  useEffect(() => {
    if (!box.current) return
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      rootMargin: '300px',
    })
    seen.observe(box.current)
    return () => seen.disconnect()
  })
  return (
    <p ref={box} class="earlier">
      <Button onClick={more}>{w.timeline.earlier(rest)}</Button>
    </p>
  )
}
