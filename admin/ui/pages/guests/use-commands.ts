import { go } from '../../router.ts'
import type { Command } from './keys.tsx'
import { focusOnRow, type GuestList } from './use-guest-list.ts'

/** What each key does. Moving takes the focus along, so that Enter and a screen reader know where they are. */
export function useCommands(list: GuestList): (command: Command) => boolean {
  const { rows, query, setQuery, cursor, setCursor } = list
  const atCursor = () => rows.find((guest) => guest.id === cursor)
  const moveTo = (guest: { id: string } | undefined): boolean => {
    if (!guest) return false
    setCursor(guest.id)
    if (query.guest) setQuery({ guest: guest.id })
    focusOnRow(guest.id)
    if (guest === rows.at(-1) && list.hasMore) list.more()
    return true
  }
  const openPanel = (part?: string): boolean => {
    const guest = atCursor()
    if (!guest) return false
    setQuery({ guest: guest.id, do: part }, { push: !query.guest })
    return true
  }
  const press = (selector: string): boolean => {
    const element = document.querySelector<HTMLElement>(selector)
    element?.click()
    element?.focus()
    return Boolean(element)
  }
  const close = (): boolean => {
    if (query.guest) {
      setQuery({ guest: undefined, do: undefined })
      requestAnimationFrame(() => focusOnRow(cursor))
      return true
    }
    if (document.activeElement?.matches('.seek input')) {
      if (list.q) list.setQ('')
      else focusOnRow(cursor ?? rows[0]?.id)
      return true
    }
    if (!list.selected.size) return false
    list.unselect()
    return true
  }
  const select = (to: boolean): boolean => {
    const guest = atCursor()
    if (guest) list.select(guest, rows, { to })
    return Boolean(guest)
  }
  const full = (): boolean => {
    if (cursor) go(`/guests/${cursor}`)
    return Boolean(cursor)
  }
  const commands: Record<Command, () => boolean> = {
    next: () => moveTo(list.near(1)),
    previous: () => moveTo(list.near(-1)),
    select: () => select(false),
    selectTo: () => select(true),
    open: () => openPanel(),
    full,
    edit: () => openPanel('name'),
    note: () => openPanel('note'),
    filter: () => press('.filter-menu > summary'),
    help: () => press('.keys-menu > summary'),
    search: () => {
      const field = document.querySelector<HTMLInputElement>('.seek input')
      field?.select()
      field?.focus()
      return Boolean(field)
    },
    close,
  }
  return (command) => commands[command]()
}
