import { useRef, useState } from 'preact/hooks'
import type { Today } from '../../../api/schemas/today.ts'
import { useDates } from '../../dates.ts'
import { useFormat } from '../../format.ts'
import { TableFrame } from '../../parts/table.tsx'
import { useQuery } from '../../router.ts'
import { useWords } from '../../words/index.ts'

type Heat = Today['heat']

/**
 * Visits by hour and weekday. The shade says the class, whose bounds the legend names; the figure stands in the cell
 * on hover, on focus, or everywhere. One tab stop, the arrow keys move inside.
 */
export function HeatMap({ heat }: { heat: Heat }) {
  const { today: w } = useWords()
  const [query, setQuery] = useQuery()
  const bounds = boundsFor(Math.max(0, ...heat.cells.flat()))
  return (
    <section class="heat" aria-labelledby="heat">
      <div class="bar">
        <h2 id="heat">{w.heat.title}</h2>
        <span class="two">{w.heat.about(heat.weeks)}</span>
        <span class="end">
          <label class="ctl">
            <input
              type="checkbox"
              class="tick"
              checked={query.numbers === '1'}
              onChange={(event) => setQuery({ numbers: event.currentTarget.checked ? '1' : undefined })}
            />
            {w.heat.show}
          </label>
          <Legend bounds={bounds} />
        </span>
      </div>
      <TableFrame label={w.heat.title}>
        <Cells heat={heat} bounds={bounds} />
      </TableFrame>
      <p class="foot">{w.heat.foot}</p>
    </section>
  )
}

function Legend({ bounds }: { bounds: number[] }) {
  const { today: w } = useWords()
  const format = useFormat()
  return (
    <span class="scale">
      <span>{w.heat.legend}</span>
      <i>
        {bounds.map((bound, index) => (
          <b key={bound} class={`h${index + 1}`}>
            {format.decimal(bound)}
          </b>
        ))}
      </i>
    </span>
  )
}

function Cells({ heat, bounds }: { heat: Heat; bounds: number[] }) {
  const { today: w } = useWords()
  const format = useFormat()
  const dates = useDates()
  const table = useRef<HTMLTableElement>(null)
  const [at, setAt] = useState({
    day: heat.now?.weekday ?? 0,
    hour: Math.max(0, heat.hours.indexOf(heat.now?.hour ?? -1)),
  })
  const days = heat.cells.map(sumOf)
  const most = Math.max(1e-9, ...days)
  const move = (event: KeyboardEvent) => {
    const next = step(event.key, at, { days: heat.cells.length, hours: heat.hours.length })
    if (!next) return
    event.preventDefault()
    setAt(next)
    table.current?.querySelector<HTMLElement>(`[data-cell="${next.day}-${next.hour}"]`)?.focus()
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table whose cells take the keyboard
    <table ref={table} role="grid" aria-labelledby="heat" onKeyDown={move}>
      <thead>
        <tr>
          <td class="d">
            <span>{w.heat.arrived}</span>
          </td>
          {heat.hours.map((hour) => (
            <th key={hour} scope="col">
              {hour}
            </th>
          ))}
          <th class="s" scope="col">
            {w.heat.aDay}
          </th>
        </tr>
      </thead>
      <tbody>
        {heat.cells.map((hours, day) => (
          <tr key={day} class={heat.now?.weekday === day ? 'today' : undefined}>
            <th class="d" scope="row">
              <span class="w">{dates.weekdayAt(day)}</span>
              <span class="short">{dates.weekdayAt(day, true)}</span>
            </th>
            {hours.map((visits, hour) => {
              const of = heat.hours[hour] ?? hour
              const isNow = heat.now?.weekday === day && heat.now.hour === of
              return (
                <td
                  key={of}
                  // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: see the table
                  role="gridcell"
                  class={`cell h${classOf(visits, bounds)}${isNow ? ' now' : ''}${edge(hour, heat.hours.length)}`}
                  data-cell={`${day}-${hour}`}
                  tabIndex={at.day === day && at.hour === hour ? 0 : -1}
                  aria-label={w.heat.cell(dates.weekdayAt(day), of, format.decimal(visits))}
                  onFocus={() => setAt({ day, hour })}
                >
                  <span class="n" aria-hidden="true">
                    {format.decimal(visits)}
                  </span>
                  <span class="tip" aria-hidden="true">
                    {w.heat.cell(dates.weekdayAt(day), of, format.decimal(visits))}
                  </span>
                </td>
              )
            })}
            <td class="s">
              <span class="day">
                <i style={{ width: `${((days[day] ?? 0) / most) * 100}%` }} />
                {format.number(Math.round(days[day] ?? 0))}
              </span>
            </td>
          </tr>
        ))}
        <tr class="all">
          <th class="d" scope="row">
            {w.heat.week}
          </th>
          {heat.hours.map((hour, index) => (
            <td key={hour}>
              {format.number(Math.round(sumOf(heat.cells.map((hours) => hours[index] ?? 0))))}
            </td>
          ))}
          <td class="s">{format.number(Math.round(sumOf(days)))}</td>
        </tr>
      </tbody>
    </table>
  )
}

const sumOf = (numbers: number[]) => numbers.reduce((sum, n) => sum + n, 0)

/** Five classes by the steps of 3, 6, 9, 13, 20, as large as the shop is. They change only when it outgrows them. */
export function boundsFor(most: number): number[] {
  const factor = factors.find((one) => 27 * one >= most) ?? 1000
  return [3, 6, 9, 13, 20].map((bound) => Math.round(bound * factor * 10) / 10)
}

const factors = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100, 200, 300, 500, 1000]

const classOf = (visits: number, bounds: number[]) => bounds.filter((bound) => visits >= bound).length

/** Near an edge the exact value stands inward. */
const edge = (hour: number, hours: number) => (hour < 3 ? ' at-start' : hour > hours - 4 ? ' at-end' : '')

function step(
  key: string,
  at: { day: number; hour: number },
  size: { days: number; hours: number },
): { day: number; hour: number } | undefined {
  const within = (n: number, length: number) => Math.min(length - 1, Math.max(0, n))
  switch (key) {
    case 'ArrowLeft':
      return { ...at, hour: within(at.hour - 1, size.hours) }
    case 'ArrowRight':
      return { ...at, hour: within(at.hour + 1, size.hours) }
    case 'ArrowUp':
      return { ...at, day: within(at.day - 1, size.days) }
    case 'ArrowDown':
      return { ...at, day: within(at.day + 1, size.days) }
    case 'Home':
      return { ...at, hour: 0 }
    case 'End':
      return { ...at, hour: size.hours - 1 }
    default:
      return undefined
  }
}
