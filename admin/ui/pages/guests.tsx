import { useEffect } from 'preact/hooks'
import type { Guest } from '../../api/schemas/guests.ts'
import { Stale } from '../parts/blank.tsx'
import { Main } from '../parts/main.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { useMe } from '../session.ts'
import { useWords } from '../words/index.ts'
import { BulkBar } from './guests/bulk-bar.tsx'
import { useColumns } from './guests/columns.tsx'
import { FilterBar } from './guests/filter-bar.tsx'
import { noFilters } from './guests/filters.ts'
import { useListKeys, useSingleKeys } from './guests/keys.tsx'
import { ListHead, ViewTabs } from './guests/list-head.tsx'
import { GuestPanel } from './guests/panel.tsx'
import { Scroll } from './guests/scroll.tsx'
import { ListFailed, NoGuests, NoneFits } from './guests/states.tsx'
import { GuestTable } from './guests/table.tsx'
import { useCommands } from './guests/use-commands.ts'
import { useGuestList } from './guests/use-guest-list.ts'

/** Every guest: found, filtered, gone through by the keyboard, opened beside the list. */
export function GuestsPage() {
  const { guests: w } = useWords()
  const list = useGuestList()
  const columns = useColumns(useMe().sites.length)
  const [singleKeys, setSingleKeys] = useSingleKeys()
  const { rows, query, setQuery, cursor, setCursor } = list
  const opened = query.guest
  const act = useCommands(list)
  useListKeys(singleKeys, act)

  // The row of an open panel is where the keyboard is; also after a reload.
  useEffect(() => {
    if (opened) setCursor(opened)
  }, [opened, setCursor])

  const open = (guest: Guest) => {
    setCursor(guest.id)
    setQuery({ guest: guest.id }, { push: !opened })
  }
  const clear = () => {
    list.setQ('')
    setQuery(noFilters)
  }
  const isEmpty = list.first?.totalOfMerchant === 0
  return (
    <Main title={w.title} class={opened ? 'split' : 'split solo'}>
      <section class="list" aria-label={w.title}>
        <ListHead list={list} isEmpty={isEmpty} />
        {isEmpty ? (
          <NoGuests />
        ) : (
          <>
            <ViewTabs query={query} />
            <FilterBar
              query={query}
              set={setQuery}
              clear={clear}
              columns={columns}
              keys={{ on: singleKeys, set: setSingleKeys }}
            />
            <Stale failure={rows.length ? list.failure : undefined} again={list.again} />
            <Scroll more={list.more} hasMore={list.hasMore}>
              {rows.length > 0 ? (
                <GuestTable
                  rows={rows}
                  total={list.total}
                  columns={columns.columns}
                  query={query}
                  setQuery={setQuery}
                  cursor={cursor}
                  selected={new Set(list.selected.keys())}
                  select={(guest, options) => list.select(guest, rows, options)}
                  selectAll={(on) => list.selectAll(rows, on)}
                  open={open}
                  onFocus={(guest) => setCursor(guest.id)}
                />
              ) : list.failure ? (
                <ListFailed failure={list.failure} again={list.again} selected={list.selected.size} />
              ) : list.first ? (
                <NoneFits q={list.q.trim()} clear={clear} />
              ) : (
                list.slow && <Skeleton lines={16} />
              )}
            </Scroll>
            {(list.total > 0 || list.selected.size > 0) && (
              <BulkBar
                selected={[...list.selected.values()].map(
                  (one) => rows.find(({ id }) => id === one.id) ?? one,
                )}
                shown={rows.length}
                total={list.total}
                hasMore={list.hasMore}
                more={list.more}
                unselect={list.unselect}
                onChange={list.put}
              />
            )}
          </>
        )}
      </section>
      {opened && (
        <GuestPanel
          key={opened}
          id={opened}
          at={rows.findIndex((guest) => guest.id === opened)}
          total={list.total}
          step={(by) => act(by === 1 ? 'next' : 'previous')}
          close={() => act('close')}
          onChange={list.put}
        />
      )}
    </Main>
  )
}
