import { Button } from '../../parts/button.tsx'
import { Field, SelectField } from '../../parts/field.tsx'
import { type Query, useQuery } from '../../router.ts'
import { useWords } from '../../words/index.ts'

export function AuditFilters() {
  const { trust: w, shared } = useWords()
  const [query, setQuery] = useQuery()
  const options = (words: Record<string, string>, all: string) => [
    { value: '', label: all },
    ...Object.entries(words).map(([value, label]) => ({ value, label })),
  ]
  const isSet = Boolean(query.what || query.who || query.subject || query.from || query.until)
  return (
    <div class="audit-filters">
      <SelectField
        label={w.filters.what}
        value={query.what ?? ''}
        options={options(w.nouns, w.everything)}
        onChange={(what) => setQuery({ what })}
      />
      <SelectField
        label={w.filters.who}
        value={query.who ?? ''}
        options={options(w.actors, w.everybody)}
        onChange={(who) => setQuery({ who })}
      />
      <DayField label={w.filters.from} value={query.from ?? ''} onChange={(from) => setQuery({ from })} />
      <DayField label={w.filters.until} value={query.until ?? ''} onChange={(until) => setQuery({ until })} />
      {isSet && (
        <Button
          onClick={() =>
            setQuery({
              what: undefined,
              who: undefined,
              subject: undefined,
              from: undefined,
              until: undefined,
            })
          }
        >
          {shared.clear}
        </Button>
      )}
    </div>
  )
}

function DayField(props: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <Field label={props.label}>
      {(ids) => (
        <input
          {...ids}
          type="date"
          class="input"
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}

/** Whole days in the time zone of the shop, as moments: until the end of the last one. */
export function rangeOf(query: Query, timeZone: string): { since?: string; until?: string } {
  const since = startOf(query.from, timeZone)
  const last = startOf(query.until, timeZone)
  const until = last && startOf(dayAfter(query.until ?? ''), timeZone)
  return {
    ...(since ? { since: since.toISOString() } : {}),
    ...(until ? { until: until.toISOString() } : {}),
  }
}

const dayAfter = (day: string) =>
  new Date(new Date(`${day}T00:00:00Z`).getTime() + 86_400_000).toISOString().slice(0, 10)

/** Midnight of a day, YYYY-MM-DD, in a time zone. */
function startOf(day: string | undefined, timeZone: string): Date | undefined {
  if (!day || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined
  const utc = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(utc.getTime())) return undefined
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(utc)
  const offsetMs = new Date(`${clock.replace(' ', 'T')}Z`).getTime() - utc.getTime()
  return new Date(utc.getTime() - offsetMs)
}
