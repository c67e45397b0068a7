import type { ComponentChildren } from 'preact'
import type { Today } from '../../../api/schemas/today.ts'
import { useDates } from '../../dates.ts'
import { useFormat } from '../../format.ts'
import { to } from '../../router.ts'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'

/** Six numbers, each beside the same weekday of last week at the same time of day. */
export function StatStrip({ today }: { today: Today }) {
  const { today: w } = useWords()
  const format = useFormat()
  const { numbers } = today
  const mayList = useMay('guests.read')
  const seconds = (ms: number) => format.decimal(ms / 1000)
  const { value: took, before: tookBefore } = numbers.medianToOnlineMs
  return (
    <div class="strip">
      <Stat name={w.numbers.onlineNow} href={mayList ? to('/guests?segment=in-shop') : undefined}>
        <Figure>{format.number(numbers.onlineNow.value)}</Figure>
        <Change today={today} {...numbers.onlineNow} />
      </Stat>
      <Stat name={w.numbers.guests}>
        <Figure>{format.number(numbers.guests.value)}</Figure>
        <Change today={today} {...numbers.guests} />
      </Stat>
      <Stat name={w.numbers.new}>
        <Figure>{format.number(numbers.new.value)}</Figure>
        <Change today={today} {...numbers.new} />
      </Stat>
      <Stat name={w.numbers.returning}>
        <Figure>{format.number(numbers.returning.value)}</Figure>
        <Change today={today} {...numbers.returning} />
      </Stat>
      <Stat name={<Fitting long={w.numbers.agreedToOffers} short={w.numbers.agreedShort} />}>
        <Figure unit={w.ofNew(format.number(numbers.new.value))}>
          {format.number(numbers.agreedToOffers.value)}
        </Figure>
        <Change today={today} {...numbers.agreedToOffers} />
      </Stat>
      <Stat name={<Fitting long={w.numbers.toOnline} short={w.numbers.toOnlineShort} />}>
        {took === null ? (
          <Figure>
            <span class="two">–</span>
            <span class="vh">{w.notMeasured}</span>
          </Figure>
        ) : (
          <Figure unit={w.secondsUnit}>{seconds(took)}</Figure>
        )}
        {took !== null && tookBefore !== null ? (
          <Change today={today} value={took} before={tookBefore} as={seconds} />
        ) : (
          <div class="d">{took === null ? w.notMeasured : w.nothingBefore}</div>
        )}
      </Stat>
    </div>
  )
}

function Stat(props: { name: ComponentChildren; href?: string; children: ComponentChildren }) {
  const inside = (
    <>
      <div class="k">{props.name}</div>
      {props.children}
    </>
  )
  return <div class="stat">{props.href ? <a href={props.href}>{inside}</a> : inside}</div>
}

/** The whole name, or the one that fits a phone. */
const Fitting = ({ long, short }: { long: string; short: string }) => (
  <>
    <span class="long">{long}</span>
    <span class="short">{short}</span>
  </>
)

const Figure = (props: { unit?: string; children: ComponentChildren }) => (
  <div class="v">
    <span class="big">{props.children}</span>
    {props.unit && <small>{props.unit}</small>}
  </div>
)

/** '+3 from 9'. The sign is a word of its own weight, not a colour: more is not better everywhere. */
function Change(props: { today: Today; value: number; before: number; as?: (n: number) => string }) {
  const { today: w } = useWords()
  const format = useFormat()
  const dates = useDates(props.today.timeZone)
  const as = props.as ?? format.number
  const change = props.value - props.before
  const text = as(Math.abs(change))
  const sign = text === as(0) ? '±' : change > 0 ? '+' : '−'
  return (
    <div class="d">
      <b>
        {sign}
        {text}
      </b>{' '}
      {w.from(as(props.before), dates.weekday(props.today.at))}
    </div>
  )
}
