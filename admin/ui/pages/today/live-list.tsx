import { useEffect, useRef, useState } from 'preact/hooks'
import type { InShop, Today } from '../../../api/schemas/today.ts'
import { useNow } from '../../ask.ts'
import { useDates } from '../../dates.ts'
import { useFormat } from '../../format.ts'
import { Icon } from '../../parts/icon.tsx'
import { Section } from '../../parts/main.tsx'
import { Mark } from '../../parts/mark.tsx'
import { to } from '../../router.ts'
import { useMe, useSite } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { sayHint } from './hint.tsx'

/** So many rows before the rest waits behind a button: a counter tablet shows a dozen at a glance. */
const shownAtFirst = 16
/** A row that came in so lately has a green edge. */
const freshMs = 5 * 60_000

/** Who is in the shop now, latest first. */
export function LiveList({ today }: { today: Today }) {
  const { today: w } = useWords()
  const [all, setAll] = useState(false)
  const now = useNow(5000)
  const regulars = today.inShop.filter((guest) => guest.regular).length
  const shown = all ? today.inShop : today.inShop.slice(0, shownAtFirst)
  return (
    <Section
      id="live"
      class="live"
      title={w.inShop}
      about={today.inShop.length > 0 && w.inShopAbout(today.inShop.length, regulars)}
      end={today.inShop.length > 1 && <span class="two small">{w.latestFirst}</span>}
    >
      <Announce inShop={today.inShop} />
      {shown.map((guest) => (
        <Row key={guest.guestId} guest={guest} now={now} />
      ))}
      {today.inShop.length === 0 && <p class="nobody two">{w.nobody}</p>}
      {shown.length < today.inShop.length && (
        <button type="button" class="act rest-of" onClick={() => setAll(true)}>
          {w.showAllHere(today.inShop.length)}
        </button>
      )}
      <p class="rest">
        <span>{today.earlierToday ? w.earlier(today.earlierToday) : w.noneEarlier}</span>
        <a class="act" href={to('/guests')}>
          {w.toGuests}
        </a>
      </p>
    </Section>
  )
}

function Row({ guest, now }: { guest: InShop; now: Date }) {
  const { today: w, shared } = useWords()
  const { sites } = useMe()
  const { site } = useSite()
  const format = useFormat()
  const dates = useDates()
  const ms = Math.max(0, now.getTime() - new Date(guest.since).getTime())
  const said = guest.hint && sayHint(guest.hint, guest.nth, { words: w.hints, format, dates, now })
  const place = site ? undefined : sites.find((one) => one.id === guest.siteId)?.name
  return (
    <a class={ms < freshMs ? 'row fresh' : 'row'} href={to(`/guests/${guest.guestId}`)}>
      <Mark label={guest.regular ? w.regular : undefined} />
      <span class={guest.name ? 'who' : 'who anon'}>
        {guest.name ?? guest.phone ?? shared.noName}
        {place && <i>{place}</i>}
      </span>
      <span class="nth">{w.nth(guest.nth)}</span>
      <span class="since">
        {format.time(guest.since)}{' '}
        <span class="w">· {ms < 60_000 ? shared.now : format.length(Math.floor(ms / 60_000) * 60)}</span>
      </span>
      <span class={said?.bad ? 'hint bad' : 'hint'}>
        {said && (
          <>
            <Icon name={said.icon} />
            <span>{said.text}</span>
          </>
        )}
      </span>
    </a>
  )
}

/** Says to a screen reader who came in since the last look; what was there at first is not news. */
function Announce({ inShop }: { inShop: InShop[] }) {
  const { today: w, shared } = useWords()
  const known = useRef<Set<string>>(undefined)
  const [text, setText] = useState('')
  useEffect(() => {
    const before = known.current
    known.current = new Set(inShop.map((guest) => guest.guestId))
    const came = before && inShop.filter((guest) => !before.has(guest.guestId))
    if (came?.length)
      setText(came.map((guest) => w.cameIn(guest.name ?? guest.phone ?? shared.noName)).join('. '))
  }, [inShop, w, shared])
  return (
    <span class="vh" role="status">
      {text}
    </span>
  )
}
