import { useRef, useState } from 'preact/hooks'
import type { GuestProfile } from '../../../api/schemas/guests.ts'
import { useNow } from '../../ask.ts'
import { useDates } from '../../dates.ts'
import { useFormat } from '../../format.ts'
import { useWords } from '../../words/index.ts'

type Month = { month: string; visits: number }
/** So many months are drawn; a guest of many years keeps their bars wide enough to point at. */
const monthsShown = 24

/** Visits by month as bars: the value on hover and on focus, one tab stop, a table behind. */
export function VisitsByMonth({ profile, narrow }: { profile: GuestProfile; narrow?: boolean }) {
  const { guest: w } = useWords()
  const dates = useDates()
  const known = filled(profile.visitsByMonth).slice(-monthsShown)
  const months = padded(known)
  const first = months[0]
  const last = months.at(-1)
  if (!first || !last) return <p class="two">{w.visits.none}</p>
  const about = aboutMonths(known, w, dates.month(last.month))
  return (
    <div>
      {narrow ? (
        <h3>{w.visits.title}</h3>
      ) : (
        <h2>
          {w.visits.title}
          <span class="two small">{about}</span>
        </h2>
      )}
      <Bars months={months} />
      <p class="sparklab">
        <span>{narrow ? dates.monthShort(first.month) : dates.month(first.month)}</span>
        {last !== first && <span>{narrow ? dates.monthShort(last.month) : dates.month(last.month)}</span>}
      </p>
      {!narrow && (
        <details class="hist">
          <summary class="small">{w.visits.show}</summary>
          <dl class="months">
            {known.map(({ month, visits }) => (
              <div key={month}>
                <dt>{month}</dt>
                <dd>{visits}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  )
}

function Bars({ months }: { months: Month[] }) {
  const { guest: w } = useWords()
  const dates = useDates()
  const box = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState(months.length - 1)
  const most = Math.max(1, ...months.map((month) => month.visits))
  const move = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: months.length - 1,
    }
    const next = steps[event.key]
    if (next === undefined || !months[next]) return
    event.preventDefault()
    setAt(next)
    box.current?.querySelectorAll<HTMLElement>('.mon')[next]?.focus()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
    <div ref={box} class="spark" role="group" aria-label={w.visits.title} onKeyDown={move}>
      {months.map(({ month, visits }, index) => {
        const text = w.visits.cell(dates.month(month), visits)
        return (
          <span
            key={month}
            class={`mon${index === months.length - 1 ? ' hi' : ''}${index < 3 ? ' at-start' : index > months.length - 4 ? ' at-end' : ''}`}
            role="img"
            aria-label={text}
            tabIndex={index === at ? 0 : -1}
            onFocus={() => setAt(index)}
          >
            <i style={{ height: `${(visits / most) * 100}%` }} />
            <span class="tip" aria-hidden="true">
              {text}
            </span>
          </span>
        )
      })}
    </div>
  )
}

/** How often, how long, how long ago. */
export function ThreeFigures({ profile }: { profile: GuestProfile }) {
  const { guest: w } = useWords()
  const format = useFormat()
  const dates = useDates()
  const now = useNow(60_000)
  const months = Math.max(1, Math.round(monthsBetween(new Date(profile.firstSeenAt), now)))
  const { medianVisitSeconds: median } = profile
  const days = daysBetween(dates.key(profile.lastSeenAt), dates.key(now))
  const minutes = median === null ? undefined : Math.round(median / 60)
  return (
    <div class="three">
      <div>
        <b>{format.number(profile.visitCount)}</b>
        <span>{w.visits.total(profile.visitCount, months)}</span>
      </div>
      <div>
        <b>
          {minutes === undefined ? (
            '–'
          ) : minutes < 120 ? (
            <>
              {minutes} <small class="two">{w.visits.minutes}</small>
            </>
          ) : (
            <>
              {format.decimal(minutes / 60)} <small class="two">{w.visits.hours}</small>
            </>
          )}
        </b>
        <span>{w.visits.median}</span>
      </div>
      <div>
        <b>{profile.inShop ? w.visits.here : days === 0 ? w.visits.today : format.number(days)}</b>
        <span>
          {profile.inShop ? w.visits.now : days === 0 ? w.visits.lastToday : w.visits.sinceLast(days)}
        </span>
      </div>
    </div>
  )
}

/** How often they come and when they are expected, as a sentence. */
export function Rhythm({ profile, narrow }: { profile: GuestProfile; narrow?: boolean }) {
  const { guest: w } = useWords()
  const format = useFormat()
  const dates = useDates()
  const now = useNow(60_000)
  const { rhythm } = profile
  if (!rhythm) return narrow ? null : <p class="rhythm two">{w.rhythm.tooFew}</p>
  const lateMs = now.getTime() - new Date(rhythm.expectedNextAt).getTime()
  const lateDays = Math.floor(lateMs / 86_400_000)
  const every =
    rhythm.everyDays < 3 ? format.decimal(rhythm.everyDays) : format.number(Math.round(rhythm.everyDays))
  return (
    <p class="rhythm">
      {w.rhythm.every(every)}
      {w.rhythm.next}
      <b>{w.rhythm.around(dates.dayInSentence(rhythm.expectedNextAt))}</b>
      {lateDays > 0 && !profile.inShop ? w.rhythm.late(w.rhythm.days(lateDays)) : w.rhythm.end}
    </p>
  )
}

function aboutMonths(months: Month[], w: ReturnType<typeof useWords>['guest'], thisMonth: string): string {
  const before = months.slice(0, -1).map((month) => month.visits)
  const last = months.at(-1)?.visits ?? 0
  const soFar = w.visits.soFar(last, thisMonth)
  if (!before.length) return soFar
  return `${w.visits.range(Math.min(...before), Math.max(...before))}${w.comma}${soFar}`
}

/** A month without a visit is a gap in the bars and not a missing bar. */
function filled(months: Month[]): Month[] {
  const sorted = [...months].sort((one, other) => one.month.localeCompare(other.month))
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (!first || !last) return []
  const visits = new Map(sorted.map((one) => [one.month, one.visits]))
  const all: Month[] = []
  for (let month = first.month; month <= last.month && all.length < 1200; month = monthFrom(month, 1))
    all.push({ month, visits: visits.get(month) ?? 0 })
  return all
}

/** At least a year, so that a bar is a month wide also for a guest of last week. */
function padded(months: Month[]): Month[] {
  const all = [...months]
  while (all.length < 12 && all[0]) all.unshift({ month: monthFrom(all[0].month, -1), visits: 0 })
  return all
}

function monthFrom(month: string, step: 1 | -1): string {
  const at = new Date(`${month}-15T00:00:00Z`)
  at.setUTCMonth(at.getUTCMonth() + step)
  return at.toISOString().slice(0, 7)
}

const monthsBetween = (from: Date, to: Date) => (to.getTime() - from.getTime()) / (30.44 * 86_400_000)
const daysBetween = (from: string, to: string) =>
  Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000))
