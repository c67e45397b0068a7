import { useEffect, useState } from 'preact/hooks'
import type { Message } from '../../api/schemas/messages.ts'
import { useAskPages } from '../ask-pages.ts'
import { useFormat } from '../format.ts'
import { Empty, ErrorBox, Stale } from '../parts/blank.tsx'
import { Button } from '../parts/button.tsx'
import { Main, PageHead } from '../parts/main.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { type Query, useQuery } from '../router.ts'
import { useMe, useSite } from '../session.ts'
import { useWords } from '../words/index.ts'
import { Filters } from './messages/filters.tsx'
import { MessageList } from './messages/list.tsx'
import { MessagePanel } from './messages/panel.tsx'
import { Trial } from './messages/trial.tsx'

/** Every text to a guest and what became of it. On trial, the only place where codes can be read. */
export function MessagesPage() {
  const { messages: w, shared } = useWords()
  const [query, setQuery] = useQuery()
  const { siteId } = useSite()
  const { messenger } = useMe()
  // A number is personal: unlike the other filters it never stands in the address.
  const [to, setTo] = useState('')
  const filter = { state: stateOf(query), kind: query.kind, to: useDelayed(to) }
  const asked = useAskPages('GET /messages', { query: { ...filter, site: siteId }, everyMs: 4000 })
  const { items, first, failure, slow, hasMore } = asked
  const open = items.find((message) => message.id === query.message)
  const isFiltered = Boolean(query.state || query.kind || to)
  const show = (message: Message | undefined) => setQuery({ message: message?.id })
  return (
    <Main title={w.title} class={open ? 'split' : 'split solo'}>
      <div class="list">
        <Head today={first?.today} isTrial={messenger === 'outbox'} />
        <Filters today={first?.today} to={to} onTo={setTo} />
        {messenger === 'outbox' && <Trial />}
        {first && <Stale failure={failure} again={asked.again} />}
        {!first &&
          (failure ? <ErrorBox failure={failure} again={asked.again} /> : slow && <Skeleton lines={12} />)}
        {first && items.length === 0 && (
          <Empty
            title={isFiltered ? w.noneFiltered : w.none}
            actions={
              isFiltered && (
                <Button
                  onClick={() => {
                    setTo('')
                    setQuery({ state: undefined, kind: undefined })
                  }}
                >
                  {shared.clear}
                </Button>
              )
            }
          >
            {isFiltered ? undefined : w.noneHelp}
          </Empty>
        )}
        {items.length > 0 && (
          <MessageList items={items} open={open} onOpen={show}>
            {hasMore && <Button onClick={asked.more}>{shared.more}</Button>}
          </MessageList>
        )}
      </div>
      {open && (
        <MessagePanel
          message={open}
          place={w.of(items.indexOf(open) + 1, first?.total ?? items.length)}
          onClose={() => show(undefined)}
        />
      )}
    </Main>
  )
}

const states = ['queued', 'sending', 'sent', 'delivered', 'failed', 'unknown'] as const

/** Only what the API knows: an address somebody wrote by hand shows the whole list. */
const stateOf = (query: Query) => states.find((state) => state === query.state)

/** What is typed is asked for once the keys rest. */
function useDelayed(text: string): string {
  const [delayed, setDelayed] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(text), 200)
    return () => clearTimeout(timer)
  }, [text])
  return delayed
}

type Today = {
  total: number
  delivered: number
  onTheirWay: number
  failed: number
  medianToPhoneMs: number | null
}

function Head({ today, isTrial }: { today: Today | undefined; isTrial: boolean }) {
  const { messages: w } = useWords()
  const format = useFormat()
  const about = today && (isTrial && today.total ? w.todayShown(today.total) : w.today(today))
  return (
    <PageHead title={w.title} about={about}>
      {today?.medianToPhoneMs != null && !isTrial && (
        <span class="two">{w.median(format.decimal(today.medianToPhoneMs / 1000))}</span>
      )}
    </PageHead>
  )
}
