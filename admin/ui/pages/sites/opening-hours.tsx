import type { Plan } from '../../../api/schemas/plans.ts'
import { useDates } from '../../dates.ts'
import { SelectField, TextField, Tick } from '../../parts/field.tsx'
import { useWords } from '../../words/index.ts'

type Hours = Plan['openingHours']
/** One line of the form: the same hours on some days. `days` is 'all', 'week', 'weekend' or '1' … '7'. */
export type HoursRow = { days: string; from: string; to: string }

const groups: Record<string, number[]> = {
  all: [1, 2, 3, 4, 5, 6, 7],
  week: [1, 2, 3, 4, 5],
  weekend: [6, 7],
}
const daysOf = (row: HoursRow) => groups[row.days] ?? [Number(row.days)]

/** Lines of a form from what the API holds: days with the same hours become one line where they have a name. */
export function rowsOf(hours: Hours): HoursRow[] {
  const spans = Map.groupBy(hours ?? [], ({ from, to }) => `${from} ${to}`)
  return [...spans.values()].flatMap((same): HoursRow[] => {
    const [{ from, to } = { from: '', to: '' }] = same
    const days = same.map(({ day }) => day).sort()
    const name = Object.keys(groups).find((group) => String(groups[group]) === String(days))
    return name ? [{ days: name, from, to }] : days.map((day) => ({ days: String(day), from, to }))
  })
}

export const hoursOf = (rows: HoursRow[]): Hours =>
  rows.length === 0
    ? null
    : rows.flatMap((row) => daysOf(row).map((day) => ({ day, from: padded(row.from), to: padded(row.to) })))

export const areHoursGood = (rows: HoursRow[]): boolean =>
  rows.every(
    ({ from, to }) =>
      /^(?:[01]?\d|2[0-3]):[0-5]\d$/.test(from.trim()) &&
      /^(?:(?:[01]?\d|2[0-3]):[0-5]\d|24:00)$/.test(to.trim()),
  )

const padded = (time: string) => time.trim().padStart(5, '0')

/** Always, or lines of days with their hours. */
export function OpeningHours(props: {
  rows: HoursRow[]
  error: string | undefined
  onChange: (rows: HoursRow[]) => void
}) {
  const { plans } = useWords()
  const w = plans.hours
  const { rows, error, onChange } = props
  const options = useDayOptions()
  const put = (index: number, change: Partial<HoursRow>) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...change } : row)))
  return (
    <fieldset class="hours">
      <legend>{w.title}</legend>
      <Tick
        label={w.always}
        checked={rows.length === 0}
        onChange={(always) => onChange(always ? [] : [{ days: 'all', from: '09:00', to: '22:00' }])}
      />
      {rows.map((row, index) => (
        // A line has no name of its own; it is its place.
        <div class="span" key={index}>
          <SelectField
            label={w.dayLabel}
            value={row.days}
            options={options}
            onChange={(days) => put(index, { days })}
          />
          <TextField
            label={w.from}
            inputMode="numeric"
            autocomplete="off"
            maxLength={5}
            value={row.from}
            onInput={(from) => put(index, { from })}
          />
          <TextField
            label={w.to}
            inputMode="numeric"
            autocomplete="off"
            maxLength={5}
            value={row.to}
            onInput={(to) => put(index, { to })}
          />
          <button
            type="button"
            class="act small"
            onClick={() => onChange(rows.filter((_, at) => at !== index))}
          >
            {w.remove}
          </button>
        </div>
      ))}
      {rows.length > 0 && (
        <>
          <p class={error ? 'help bad' : 'help'} role={error ? 'alert' : undefined}>
            {error ?? w.hint}
          </p>
          <button
            type="button"
            class="link"
            disabled={rows.length >= 4}
            onClick={() => onChange([...rows, { days: 'weekend', from: '10:00', to: '22:00' }])}
          >
            {w.add}
          </button>
        </>
      )}
    </fieldset>
  )
}

/** 'Every day 09:00–22:00' and so on, one line each. */
export function useHoursText(): (hours: Hours) => string[] {
  const { plans } = useWords()
  const options = useDayOptions()
  return (hours) =>
    rowsOf(hours).map(({ days, from, to }) =>
      plans.hours.shown(options.find(({ value }) => value === days)?.label ?? days, from, to),
    )
}

function useDayOptions() {
  const { plans } = useWords()
  const dates = useDates()
  const { days } = plans.hours
  return [
    { value: 'all', label: days.all },
    { value: 'week', label: days.week },
    { value: 'weekend', label: days.weekend },
    ...[1, 2, 3, 4, 5, 6, 7].map((day) => ({ value: String(day), label: dates.weekdayAt(day - 1) })),
  ]
}
