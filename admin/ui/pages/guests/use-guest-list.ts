import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Guest } from '../../../api/schemas/guests.ts'
import { useNow } from '../../ask.ts'
import { useAskPages } from '../../ask-pages.ts'
import { useHistoryState, useQuery } from '../../router.ts'
import { useSite } from '../../session.ts'
import { askedFor } from './filters.ts'

/** The list as it was left, so that a profile can lead back to its place in it. */
export const lastList: { search: string; ids: string[]; total: number } = { search: '', ids: [], total: 0 }

/** Rows, which of them the keyboard is on, and which are selected. Rows that were changed here are shown as changed. */
export function useGuestList() {
  const [query, setQuery] = useQuery()
  const [q, setQ] = useHistoryState('q')
  const { siteId } = useSite()
  const now = useNow(600_000)
  const asked = useAskPages('GET /guests', {
    query: { ...askedFor(query, q, siteId, now), limit: 50 },
    everyMs: 20_000,
  })
  const [changed, setChanged] = useState(new Map<string, Guest>())
  const [cursor, setCursor] = useState<string>()
  const selection = useSelection()

  // What the server says anew is newer than what was put in here.
  const { first } = asked
  useEffect(() => setChanged(new Map()), [first])
  const rows = useMemo(
    () => asked.items.map((guest) => changed.get(guest.id) ?? guest),
    [asked.items.length, first, changed, asked.items.at(-1)],
  )
  const total = first?.total ?? 0
  useEffect(() => {
    Object.assign(lastList, { search: location.search, ids: rows.map((guest) => guest.id), total })
  }, [rows, total, query])

  /** Takes the keyboard to the first row; with 'found' once the answer to what was just typed is in. */
  const wantsRows = useRef(false)
  const enterRows = (when: 'now' | 'found') => {
    if (when === 'now') focusOnRow(rows[0]?.id)
    else wantsRows.current = true
  }
  useEffect(() => {
    if (!wantsRows.current) return
    wantsRows.current = false
    focusOnRow(first?.items[0]?.id)
  }, [first])

  const put = useCallback((guest: Guest) => {
    setChanged((before) => new Map(before).set(guest.id, guest))
  }, [])
  /** The row `step` away from the one the keyboard is on; the first or last where it is on none. */
  const near = (step: 1 | -1): Guest | undefined => {
    const at = rows.findIndex((guest) => guest.id === cursor)
    if (at < 0) return step === 1 ? rows[0] : rows.at(-1)
    return rows[at + step]
  }
  return {
    ...asked,
    rows,
    total,
    query,
    setQuery,
    q,
    setQ,
    cursor,
    setCursor,
    near,
    put,
    enterRows,
    ...selection,
  }
}

export type GuestList = ReturnType<typeof useGuestList>

export function focusOnRow(id: string | undefined): boolean {
  const link = id && document.querySelector<HTMLElement>(`[data-guest="${CSS.escape(id)}"] a.name`)
  if (link) link.focus()
  return Boolean(link)
}

function useSelection() {
  const [selected, setSelected] = useState(new Map<string, Guest>())
  const last = useRef<string>(undefined)
  /** With `to`: everything between the row selected last and this one. */
  const select = (guest: Guest, rows: Guest[], { to = false } = {}) => {
    const from = rows.findIndex((row) => row.id === last.current)
    const end = rows.findIndex((row) => row.id === guest.id)
    const range = to && from >= 0 && end >= 0 ? rows.slice(Math.min(from, end), Math.max(from, end) + 1) : []
    setSelected((before) => {
      const after = new Map(before)
      if (range.length) for (const row of range) after.set(row.id, row)
      else if (!after.delete(guest.id)) after.set(guest.id, guest)
      return after
    })
    last.current = guest.id
  }
  const selectAll = (rows: Guest[], on: boolean) =>
    setSelected(on ? new Map(rows.map((row) => [row.id, row])) : new Map())
  const unselect = (ids?: string[]) =>
    setSelected((before) => {
      if (!ids) return new Map()
      const after = new Map(before)
      for (const id of ids) after.delete(id)
      return after
    })
  return { selected, select, selectAll, unselect }
}
