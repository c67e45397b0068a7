import { type Locale, useLocale } from './locale.ts'
import { useSite } from './session.ts'
import { type Words, words } from './words/index.ts'

export type Format = ReturnType<typeof makeFormatter>

/** Numbers, dates and lengths of time as the reader writes them, in the time zone of the shop, not of the laptop. */
export function useFormat(timeZone?: string): Format {
  const locale = useLocale()
  const { timeZone: ofSite } = useSite()
  return formatter(locale, timeZone ?? ofSite)
}

const made = new Map<string, Format>()

export function formatter(locale: Locale, timeZone: string): Format {
  const key = `${locale} ${timeZone}`
  const before = made.get(key)
  if (before) return before
  const after = makeFormatter(locale, timeZone, words(locale).shared)
  made.set(key, after)
  return after
}

type Moment = string | Date

function makeFormatter(locale: Locale, timeZone: string, shared: Words['shared']) {
  const intl = locale === 'en' ? 'en-GB' : locale
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(intl, { timeZone, ...options })
    return (at: Moment) => format.format(new Date(at))
  }
  const time = dates({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const timeExact = dates({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
  const day = dates({ day: 'numeric', month: 'short' })
  const dayYear = dates({ day: 'numeric', month: 'short', year: 'numeric' })
  const dayLong = dates({ weekday: 'long', day: 'numeric', month: 'long' })
  const weekday = dates({ weekday: 'long' })
  const dayKey = new Intl.DateTimeFormat('sv-SE', { timeZone })
  const numbers = new Intl.NumberFormat(intl)
  const oneDigit = new Intl.NumberFormat(intl, { maximumFractionDigits: 1 })
  /** Between a day and a time. */
  const gap = locale === 'en' ? ', ' : ' '
  const percent = new Intl.NumberFormat(intl, { style: 'percent', maximumFractionDigits: 0 })

  /** '2026-11-22' in the time zone of the shop. */
  const keyOf = (at: Moment) => dayKey.format(new Date(at))
  const date = (at: Moment) =>
    keyOf(at).slice(0, 4) === keyOf(new Date()).slice(0, 4) ? day(at) : dayYear(at)

  return {
    timeZone,
    keyOf,
    /** 14:05 */
    time,
    /** 14:05:12 */
    timeExact,
    /** 22 Nov, with its year where that is not this one. */
    date,
    /** 22 Nov 2026 */
    dateYear: dayYear,
    /** Sunday 22 November */
    dateLong: dayLong,
    weekday,
    /** 22 Nov, 14:05 */
    dateTime: (at: Moment) => (locale === 'en' ? `${date(at)}, ${time(at)}` : `${date(at)} ${time(at)}`),
    /** What a list shows: today by the clock, else the day. */
    when: (at: Moment, now = new Date()) => {
      if (keyOf(at) === keyOf(now)) return time(at)
      const before = keyOf(new Date(now.getTime() - 86_400_000))
      return keyOf(at) === before ? shared.yesterday : date(at)
    },
    /** '3 s ago' under an hour, then as `when` and by the clock. */
    ago: (at: Moment, now = new Date()) => {
      const seconds = Math.max(0, Math.round((now.getTime() - new Date(at).getTime()) / 1000))
      if (seconds < 2) return shared.justNow
      if (seconds < 60) return shared.secondsAgo(seconds)
      if (seconds < 3600) return shared.minutesAgo(Math.floor(seconds / 60))
      return keyOf(at) === keyOf(now) ? time(at) : `${date(at)}${locale === 'en' ? ', ' : ' '}${time(at)}`
    },
    /** By the clock today, with its day before: what stands after 'since'. */
    clock: (at: Moment) => (keyOf(at) === keyOf(new Date()) ? time(at) : `${date(at)}${gap}${time(at)}`),
    /** '1 h 15', '2 min': how long something lasted. */
    length: (seconds: number) => {
      const minutes = Math.round(seconds / 60)
      if (seconds < 60) return shared.short.seconds(Math.round(seconds))
      if (minutes < 60) return shared.short.minutes(minutes)
      if (minutes >= 2880) return shared.short.days(Math.round(minutes / 1440))
      const hours = Math.floor(minutes / 60)
      return minutes % 60 ? shared.short.hoursMinutes(hours, minutes % 60) : shared.short.hours(hours)
    },
    number: (n: number) => numbers.format(n),
    decimal: (n: number) => oneDigit.format(n),
    percent: (share: number) => percent.format(share),
    /** Decimal strings of octets: '1.4 GB'. */
    octets: (text: string | number) => {
      let n = Number(text)
      const units = ['B', 'kB', 'MB', 'GB', 'TB']
      let unit = 0
      while (n >= 1000 && unit < units.length - 1) {
        n /= 1000
        unit += 1
      }
      return `${(unit > 1 ? oneDigit : numbers).format(unit > 1 ? n : Math.round(n))} ${units[unit]}`
    },
  }
}
