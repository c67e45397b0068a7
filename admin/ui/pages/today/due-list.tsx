import type { ComponentChildren } from 'preact'
import type { Today } from '../../../api/schemas/today.ts'
import { useNow } from '../../ask.ts'
import { useDates } from '../../dates.ts'
import { useFormat } from '../../format.ts'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { Light } from '../../parts/light.tsx'
import { to } from '../../router.ts'
import { useMay, useSite } from '../../session.ts'
import { useWords } from '../../words/index.ts'

const dayMs = 86_400_000

/** What somebody has to do today, the nearest first. */
export function DueList({ today }: { today: Today }) {
  const { today: w } = useWords()
  const { complaints, gatewaysSilent, birthdays } = today.due
  const isEmpty = complaints.length + gatewaysSilent.length + birthdays.length === 0
  return (
    <aside class="due" aria-labelledby="due">
      <div class="bar">
        <h2 id="due">{w.due}</h2>
      </div>
      {isEmpty && (
        <p class="nothing">
          <Light state="ok">{w.nothingDue}</Light>
        </p>
      )}
      <Complaints today={today} />
      <Gateways today={today} />
      <Birthdays today={today} />
    </aside>
  )
}

function Complaints({ today }: { today: Today }) {
  const { today: w, shared } = useWords()
  const format = useFormat(today.timeZone)
  const now = useNow(30_000)
  return (
    <Group icon="warn" title={w.complaints} items={today.due.complaints}>
      {(complaint) => {
        const leftMs = new Date(complaint.dueAt).getTime() - now.getTime()
        const used = Math.min(1, Math.max(0, 1 - leftMs / dayMs))
        const usedText = w.used(format.length(Math.max(0, (dayMs - leftMs) / 1000)))
        const tone = leftMs < 4 * 3600_000 ? 'bad' : 'warn'
        const left = format.length(Math.abs(leftMs) / 1000)
        return (
          <li key={`${complaint.guestId} ${complaint.at}`}>
            <a href={to(`/guests/${complaint.guestId}?kind=complaint`)}>
              {complaint.name ?? complaint.phone ?? shared.noName}
            </a>
            <span class="t">
              <b class={tone}>{leftMs < 0 ? w.over(left) : w.left(left)}</b>
            </span>
            <span class="two small">{complaint.text}</span>
            <div class={`meter ${tone}`} role="img" aria-label={usedText} title={usedText}>
              <i style={{ width: `${used * 100}%` }} />
            </div>
          </li>
        )
      }}
    </Group>
  )
}

function Gateways({ today }: { today: Today }) {
  const { today: w } = useWords()
  const format = useFormat(today.timeZone)
  const dates = useDates(today.timeZone)
  const now = useNow(30_000)
  const maySee = useMay('sites.read')
  return (
    <Group icon="wifi" title={w.silent} items={today.due.gatewaysSilent}>
      {(gateway) => {
        const { since } = gateway
        const isToday = since && dates.key(since) === dates.key(now)
        const silentFor = since && format.length((now.getTime() - new Date(since).getTime()) / 1000)
        return (
          <li key={gateway.nasId}>
            {maySee ? (
              <a href={to(`/sites/${gateway.siteId}`)}>{gateway.name}</a>
            ) : (
              <span>{gateway.name}</span>
            )}
            <span class="t">
              {since ? w.silentSince(isToday ? format.time(since) : dates.day(since, now)) : w.neverHeard}
            </span>
            <span class="two small">{silentFor ? w.silentHelp(silentFor) : w.neverHelp}</span>
          </li>
        )
      }}
    </Group>
  )
}

function Birthdays({ today }: { today: Today }) {
  const { today: w, shared } = useWords()
  const dates = useDates(today.timeZone)
  return (
    <Group icon="cake" title={w.birthdays} items={today.due.birthdays} shown={6}>
      {(birthday) => (
        <li key={birthday.guestId}>
          <a href={to(`/guests/${birthday.guestId}`)}>{birthday.name ?? birthday.phone ?? shared.noName}</a>
          <span class="t">{birthday.inDays === 0 ? w.birthdayIsToday : dates.plainDay(birthday.on)}</span>
        </li>
      )}
    </Group>
  )
}

/** A heading with its count; past `shown` the rest unfolds. */
function Group<T>(props: {
  icon: IconName
  title: string
  items: T[]
  shown?: number
  children: (item: T) => ComponentChildren
}) {
  const { today: w } = useWords()
  const { siteId } = useSite()
  if (!props.items.length) return null
  const first = props.items.slice(0, props.shown ?? 5)
  const rest = props.items.slice(first.length)
  return (
    <section>
      <h3>
        <Icon name={props.icon} />
        {props.title}
        <span class="n">{props.items.length}</span>
      </h3>
      <ul>{first.map(props.children)}</ul>
      {rest.length > 0 && (
        <details class="hist" key={siteId}>
          <summary class="small">{w.moreDue(rest.length)}</summary>
          <ul>{rest.map(props.children)}</ul>
        </details>
      )}
    </section>
  )
}
