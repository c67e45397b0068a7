import { useMemo } from 'preact/hooks'
import { useFormat } from './format.ts'
import { type Locale, useLocale } from './locale.ts'
import { words } from './words/index.ts'

export type Dates = ReturnType<typeof makeDates>

/** Days, weekdays and months as a sentence or a list needs them, in the time zone of the shop. */
export function useDates(timeZone?: string): Dates {
  const locale = useLocale()
  const { timeZone: zone } = useFormat(timeZone)
  return useMemo(() => makeDates(locale, zone), [locale, zone])
}

function makeDates(locale: Locale, timeZone: string) {
  const english = locale === 'en'
  const intl = english ? 'en-GB' : locale
  const { when } = words(locale).guests
  const part = (options: Intl.DateTimeFormatOptions, zone = timeZone) => {
    const format = new Intl.DateTimeFormat(intl, { timeZone: zone, ...options })
    return (at: string | Date) => format.format(new Date(at))
  }
  const weekdayShort = part({ weekday: 'short' })
  const dayShort = part({ day: 'numeric', month: 'short' })
  const dayLong = part({ day: 'numeric', month: 'long' })
  const dayYear = part({ day: 'numeric', month: 'short', year: 'numeric' })
  const time = part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const monthLong = part({ month: 'long', year: 'numeric' }, 'UTC')
  const monthShort = part({ month: 'short', year: 'numeric' }, 'UTC')
  const keys = new Intl.DateTimeFormat('sv-SE', { timeZone })
  const key = (at: string | Date) => keys.format(new Date(at))
  const isThisYear = (at: string | Date, now: Date) => key(at).slice(0, 4) === key(now).slice(0, 4)
  const firstOf = (month: string) => `${month}-01T12:00:00Z`

  return {
    /** 'Sunday', 周日. */
    weekday: english ? part({ weekday: 'long' }) : weekdayShort,
    weekdayShort,
    /** Monday is 0: 'Monday', 周一. 5 January 1970 was a Monday. */
    weekdayAt: (index: number, short = false) =>
      part({ weekday: english && !short ? 'long' : 'short' }, 'UTC')(new Date((index + 4) * 86_400_000)),
    /** 'Sat 21 Nov', 周六 11-21; another year's with its year. */
    day,
    /** 'Sunday 6 December', 12 月 6 日（周日）. */
    dayInSentence: (at: string | Date) => {
      const [, month = '', day = ''] = key(at).split('-')
      return english
        ? `${part({ weekday: 'long' })(at)} ${dayLong(at)}`
        : `${Number(month)} 月 ${Number(day)} 日（${weekdayShort(at)}）`
    },
    /** 'Today 11:05', else the day. */
    seen: (at: string | Date, now: Date) => (key(at) === key(now) ? when.today(time(at)) : day(at, now)),
    /** Over a day of a timeline: 'Today, 22 November'. */
    heading: (at: string | Date, now: Date) => {
      const date = isThisYear(at, now)
        ? dayLong(at)
        : part({ day: 'numeric', month: 'long', year: 'numeric' })(at)
      if (key(at) === key(now)) return when.todayThe(date)
      return key(at) === key(new Date(now.getTime() - 86_400_000)) ? when.yesterdayThe(date) : date
    },
    /** '11-26' or '1988-11-26' is '26 November' (1988). */
    birthday: (text: string) => {
      const found = /^(?:(\d{4})-)?(\d{2})-(\d{2})$/.exec(text)
      if (!found) return text
      const [, year, month, day] = found
      const at = new Date(`${year ?? 2000}-${month}-${day}T12:00:00Z`)
      if (Number.isNaN(at.getTime())) return text
      const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long' }
      return part(year ? { ...options, year: 'numeric' } : options, 'UTC')(at)
    },
    /** '2026-11-26' is 'Thu 26 Nov'. */
    plainDay: (text: string) => {
      const at = `${text}T12:00:00Z`
      const day = part({ day: 'numeric', month: 'short' }, 'UTC')(at)
      const name = part({ weekday: 'short' }, 'UTC')(at)
      return english ? `${name} ${day}` : `${name} ${text.slice(5)}`
    },
    month: (month: string) => monthLong(firstOf(month)),
    monthShort: (month: string) => monthShort(firstOf(month)),
    key,
  }

  function day(at: string | Date, now = new Date()): string {
    if (!isThisYear(at, now)) return english ? dayYear(at) : key(at)
    return english ? `${weekdayShort(at)} ${dayShort(at)}` : `${weekdayShort(at)} ${key(at).slice(5)}`
  }
}
