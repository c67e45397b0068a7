import { useAsk } from '../../ask.ts'
import { useFormat } from '../../format.ts'
import { Tabs } from '../../parts/tabs.tsx'
import { to } from '../../router.ts'
import { useSite } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { isFiltered, views } from './filters.ts'
import { SearchField } from './search-field.tsx'
import type { GuestList } from './use-guest-list.ts'

export function ListHead({ list, isEmpty }: { list: GuestList; isEmpty: boolean }) {
  const { guests: w } = useWords()
  const format = useFormat()
  const { first, total } = list
  return (
    <div class="head">
      <h1>{w.title}</h1>
      {first && (
        <span role="status">
          <b>{w.count(total)}</b>{' '}
          {first.totalOfMerchant > total && (
            <span class="two">{w.ofAll(format.number(first.totalOfMerchant))}</span>
          )}
        </span>
      )}
      {!isEmpty && <SearchField q={list.q} set={list.setQ} enterRows={list.enterRows} />}
    </div>
  )
}

export function ViewTabs({ query }: { query: GuestList['query'] }) {
  const { guests: w } = useWords()
  const format = useFormat()
  const { siteId } = useSite()
  const { data } = useAsk('GET /guests/views', { query: { site: siteId }, everyMs: 60_000 })
  const current = views.find((view) => view === query.segment) ?? 'all'
  const address = (view: string) => {
    const search = new URLSearchParams({
      ...(query.site && { site: query.site }),
      ...(view !== 'all' && { segment: view }),
    }).toString()
    return to(`/guests${search ? `?${search}` : ''}`)
  }
  return (
    <Tabs
      label={w.views}
      tabs={views.map((view) => {
        const total = data?.items.find((item) => item.view === view)?.total
        return {
          href: address(view),
          label: w.view[view],
          current: current === view && (view !== 'all' || !isFiltered({ ...query, segment: undefined })),
          count: total === undefined ? undefined : format.number(total),
        }
      })}
    />
  )
}
