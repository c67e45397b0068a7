import { useEffect, useRef } from 'preact/hooks'
import type { Guest } from '../../../api/schemas/guests.ts'
import { useNow } from '../../ask.ts'
import { useDates } from '../../dates.ts'
import { useFormat } from '../../format.ts'
import { Icon } from '../../parts/icon.tsx'
import { Mark } from '../../parts/mark.tsx'
import { type Query, to } from '../../router.ts'
import { useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { type Column, ConsentLight, cellTone, LifecycleWord } from './columns.tsx'
import { sortColumn } from './filter-menu.tsx'
import { firstOrder, orderOf, type Sort, sortOf } from './filters.ts'

type Table = {
  rows: Guest[]
  total: number
  columns: Column[]
  query: Query
  setQuery: (change: Query) => void
  /** The row the keyboard is on. */
  cursor: string | undefined
  selected: Set<string>
  select: (guest: Guest, options?: { to?: boolean }) => void
  selectAll: (on: boolean) => void
  open: (guest: Guest) => void
  onFocus: (guest: Guest) => void
}

export function GuestTable(props: Table) {
  const { guests: w, shared } = useWords()
  const { rows, columns, selected, query } = props
  const sort = sortOf(query)
  return (
    <table class="grid guests">
      <caption class="vh">{w.caption(props.total, w.column[sortColumn[sort]])}</caption>
      <thead>
        <tr>
          <th scope="col">
            <SelectAll rows={rows} selected={selected} selectAll={props.selectAll} />
          </th>
          <SortHead sort="name" label={w.column.name} query={query} setQuery={props.setQuery} />
          {columns.map((column) =>
            column.sort ? (
              <SortHead
                key={column.name}
                class={column.class}
                sort={column.sort}
                label={w.column[column.name]}
                query={query}
                setQuery={props.setQuery}
              />
            ) : (
              <th key={column.name} scope="col" class={column.class}>
                {w.column[column.name]}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((guest, index) => (
          <Row
            key={guest.id}
            {...props}
            guest={guest}
            isCursor={props.cursor === guest.id}
            takesTab={props.cursor ? props.cursor === guest.id : index === 0}
            label={guest.name ?? guest.phone ?? shared.noName}
          />
        ))}
      </tbody>
    </table>
  )
}

function Row(props: Table & { guest: Guest; isCursor: boolean; takesTab: boolean; label: string }) {
  const { guests: w, shared } = useWords()
  const { guest, isCursor, takesTab, selected } = props
  const { sites } = useMe()
  const now = useNow(60_000)
  const how = {
    w,
    format: useFormat(),
    dates: useDates(),
    now,
    siteName: (id: string) => sites.find((site) => site.id === id)?.name ?? '',
  }
  const isOn = selected.has(guest.id)
  return (
    <tr
      class={[isCursor && 'cur', isOn && 'on'].filter(Boolean).join(' ') || undefined}
      data-guest={guest.id}
    >
      <td>
        <input
          type="checkbox"
          class="tick"
          tabIndex={takesTab ? 0 : -1}
          aria-label={w.select(props.label)}
          checked={isOn}
          onClick={(event) => props.select(guest, { to: event.shiftKey })}
        />
      </td>
      <td class="c-name">
        <a
          class="name"
          href={to(`/guests/${guest.id}`)}
          tabIndex={takesTab ? 0 : -1}
          aria-current={props.query.guest === guest.id || undefined}
          onFocus={() => props.onFocus(guest)}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return
            event.preventDefault()
            props.open(guest)
          }}
        >
          <Mark label={guest.regular ? w.regular : undefined} />
          {guest.name ? (
            <span>{guest.name}</span>
          ) : (
            <span>
              <span class="two long">{shared.noName}</span>
              <span class="short">{guest.phone ?? shared.noName}</span>
            </span>
          )}
        </a>
      </td>
      {props.columns.map((column) => (
        <td key={column.name} class={column.class + cellTone(column, guest)}>
          {column.draw(guest, how)}
        </td>
      ))}
      <td class="c-meta">
        <LifecycleWord lifecycle={guest.lifecycle} />
        <ConsentLight guest={guest} />
      </td>
    </tr>
  )
}

function SortHead(props: {
  sort: Sort
  label: string
  class?: string
  query: Query
  setQuery: (change: Query) => void
}) {
  const { guests: w } = useWords()
  const isSorted = sortOf(props.query) === props.sort
  const order = orderOf(props.query)
  const next = isSorted ? (order === 'asc' ? 'desc' : 'asc') : firstOrder(props.sort)
  return (
    <th
      scope="col"
      class={props.class}
      aria-sort={isSorted ? (order === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      <button
        type="button"
        title={w.sortBy(props.label)}
        onClick={() =>
          props.setQuery({
            sort: props.sort === 'lastSeen' ? undefined : props.sort,
            order: next === firstOrder(props.sort) ? undefined : next,
          })
        }
      >
        {props.label}
        {isSorted && <Icon name={order === 'asc' ? 'up' : 'down'} />}
      </button>
    </th>
  )
}

function SelectAll(props: { rows: Guest[]; selected: Set<string>; selectAll: (on: boolean) => void }) {
  const { guests: w } = useWords()
  const box = useRef<HTMLInputElement>(null)
  const count = props.rows.filter((guest) => props.selected.has(guest.id)).length
  const all = count > 0 && count === props.rows.length
  useEffect(() => {
    if (box.current) box.current.indeterminate = count > 0 && !all
  }, [count, all])
  return (
    <input
      ref={box}
      type="checkbox"
      class="tick"
      aria-label={w.selectShown}
      checked={all}
      onClick={() => props.selectAll(!all)}
    />
  )
}
