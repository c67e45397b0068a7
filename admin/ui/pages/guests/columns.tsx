import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Guest } from '../../../api/schemas/guests.ts'
import type { Dates } from '../../dates.ts'
import type { Format } from '../../format.ts'
import { Icon } from '../../parts/icon.tsx'
import { Light } from '../../parts/light.tsx'
import { Menu } from '../../parts/menu.tsx'
import { keep, kept } from '../../theme.ts'
import { useWords, type Words } from '../../words/index.ts'
import type { Sort } from './filters.ts'

export type ColumnName = 'phone' | 'lifecycle' | 'visits' | 'seen' | 'since' | 'sites' | 'consent'
type Drawing = {
  w: Words['guests']
  format: Format
  dates: Dates
  now: Date
  siteName: (id: string) => string
}
export type Column = {
  name: ColumnName
  class: string
  sort?: Sort
  draw: (guest: Guest, how: Drawing) => ComponentChildren
}

/** In the order they stand. The name is always there and no entry here. */
const allColumns: Column[] = [
  { name: 'phone', class: 'c-phone', draw: (guest) => guest.phone ?? <span class="two">–</span> },
  { name: 'lifecycle', class: 'c-class', draw: (guest) => <LifecycleWord lifecycle={guest.lifecycle} /> },
  {
    name: 'visits',
    class: 'c-visits num',
    sort: 'visits',
    draw: (guest, { w, format }) => (
      <>
        {format.number(guest.visitCount)}
        <span class="u">{w.visitsUnit(guest.visitCount)}</span>
      </>
    ),
  },
  {
    name: 'seen',
    class: 'c-seen',
    sort: 'lastSeen',
    draw: (guest, { w, dates, now }) =>
      guest.online ? <Light state="ok">{w.inShop}</Light> : dates.seen(guest.lastSeenAt, now),
  },
  {
    name: 'since',
    class: 'c-since wide',
    sort: 'firstSeen',
    draw: (guest, { dates, now }) => dates.seen(guest.firstSeenAt, now),
  },
  {
    name: 'sites',
    class: 'c-sites wide',
    draw: ({ sites }, { siteName }) => (
      <>
        {sites[0] && siteName(sites[0])} {sites.length > 1 && <span class="two">+{sites.length - 1}</span>}
      </>
    ),
  },
  { name: 'consent', class: 'c-consent wide', draw: (guest) => <ConsentLight guest={guest} /> },
]

export const cellTone = (column: Column, guest: Guest) =>
  column.name === 'seen' && guest.online ? ' ok' : ''

export function LifecycleWord({ lifecycle }: { lifecycle: Guest['lifecycle'] }) {
  const { guests: w } = useWords()
  if (lifecycle === 'blocked') return <Light state="bad">{w.lifecycle.blocked}</Light>
  return <span class={`life ${lifecycle}`}>{w.lifecycle[lifecycle]}</span>
}

export function ConsentLight({ guest }: { guest: Guest }) {
  const { guests: w } = useWords()
  const state = guest.consents.marketingState
  const light = state === 'granted' ? 'ok' : state === 'withdrawn' ? 'bad' : 'off'
  return <Light state={light}>{w.consent[state]}</Light>
}

const key = 'doorman-guest-columns'
const standard: ColumnName[] = ['phone', 'lifecycle', 'visits', 'seen', 'sites', 'consent']

/** Which columns are shown; kept in this browser. */
export function useColumns(sites: number) {
  const [names, setNames] = useState<ColumnName[]>(() => {
    const before = kept(key)?.split(',')
    return before ? allColumns.map(({ name }) => name).filter((name) => before.includes(name)) : standard
  })
  const set = (next: ColumnName[] | undefined) => {
    keep(key, next?.join(','))
    setNames(next ?? standard)
  }
  // With one shop its name in every row says nothing.
  const offered = allColumns.filter(({ name }) => name !== 'sites' || sites > 1)
  return {
    columns: offered.filter(({ name }) => names.includes(name)),
    offered,
    toggle: (name: ColumnName) =>
      set(names.includes(name) ? names.filter((other) => other !== name) : [...names, name]),
    reset: () => set(undefined),
  }
}

export function ColumnMenu({ columns, offered, toggle, reset }: ReturnType<typeof useColumns>) {
  const { guests: w } = useWords()
  return (
    <Menu
      button="btn s"
      label={w.columns}
      summary={
        <>
          <Icon name="columns" />
          <span class="w2">{w.columns}</span>
        </>
      }
    >
      <h2>{w.columns}</h2>
      <h3>{w.columnsShown}</h3>
      <ul>
        <li>
          <label>
            <input type="checkbox" class="tick" checked disabled />
            {w.column.name}
            <Icon name="lock" />
          </label>
        </li>
        {offered.map((column) => (
          <li key={column.name}>
            <label>
              <input
                type="checkbox"
                class="tick"
                checked={columns.includes(column)}
                onChange={() => toggle(column.name)}
              />
              {w.column[column.name]}
            </label>
          </li>
        ))}
      </ul>
      <p class="last">
        <span class="two small">{w.columnsKept}</span>
        <button type="button" class="act" onClick={reset}>
          {w.columnsReset}
        </button>
      </p>
    </Menu>
  )
}
