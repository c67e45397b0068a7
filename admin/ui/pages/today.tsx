import type { Today } from '../../api/schemas/today.ts'
import { useAsk } from '../ask.ts'
import { useDates } from '../dates.ts'
import { useFormat } from '../format.ts'
import { ErrorBox, Stale } from '../parts/blank.tsx'
import { Light } from '../parts/light.tsx'
import { Main, PageHead } from '../parts/main.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { to } from '../router.ts'
import { useMay, useSite } from '../session.ts'
import { useWords } from '../words/index.ts'
import { DueList } from './today/due-list.tsx'
import { FirstDay } from './today/first-day.tsx'
import { HeatMap } from './today/heat-map.tsx'
import { LiveList } from './today/live-list.tsx'
import { StatStrip } from './today/stat-strip.tsx'

/** The page that stands open on the counter: who is here, what is due, how the day goes. Renewed every few seconds. */
export function TodayPage() {
  const { today: w } = useWords()
  const { siteId } = useSite()
  const { data, failure, slow, again } = useAsk('GET /today', { query: { site: siteId }, everyMs: 4000 })
  return (
    <Main title={w.title}>
      {data ? (
        <>
          <Head today={data} />
          <Stale failure={failure} again={again} />
          {isFirstDay(data) ? <FirstDay today={data} /> : <Body today={data} />}
        </>
      ) : (
        <>
          <PageHead title={w.title} />
          {failure ? <ErrorBox failure={failure} again={again} /> : slow && <Skeleton lines={12} />}
        </>
      )}
    </Main>
  )
}

function Head({ today }: { today: Today }) {
  const { today: w } = useWords()
  const format = useFormat(today.timeZone)
  const dates = useDates(today.timeZone)
  const { answering, total } = today.gateways
  const light = total === 0 ? 'off' : answering === total ? 'ok' : answering === 0 ? 'bad' : 'warn'
  const text = total === 0 ? w.noGateway : w.gateways(answering, total)
  return (
    <PageHead
      title={w.title}
      about={w.about(format.dateLong(today.at), format.time(today.at), dates.weekday(today.at))}
    >
      {useMay('sites.read') ? (
        <a class={`light ${light}`} href={to('/sites')}>
          <span class={light === 'warn' || light === 'bad' ? light : undefined}>{text}</span>
        </a>
      ) : (
        <Light state={light}>{text}</Light>
      )}
    </PageHead>
  )
}

function Body({ today }: { today: Today }) {
  return (
    <>
      <StatStrip today={today} />
      <div class="cols">
        <LiveList today={today} />
        <DueList today={today} />
      </div>
      <HeatMap heat={today.heat} />
    </>
  )
}

/** Nothing has ever happened: no visit in the weeks counted, nobody here, nothing due. */
const isFirstDay = ({ numbers, inShop, heat, due }: Today): boolean =>
  numbers.guests.value === 0 &&
  numbers.guests.before === 0 &&
  inShop.length === 0 &&
  due.complaints.length === 0 &&
  due.birthdays.length === 0 &&
  heat.cells.every((hours) => hours.every((visits) => visits === 0))
