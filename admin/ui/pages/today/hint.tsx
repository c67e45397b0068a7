import type { Hint } from '../../../api/schemas/today.ts'
import type { Dates } from '../../dates.ts'
import type { Format } from '../../format.ts'
import type { IconName } from '../../parts/icon.tsx'
import type { Words } from '../../words/index.ts'

export type Said = { icon: IconName; text: string; bad?: true }

/** What staff may want to say, in one line. `nth` is the visit it is about, `now` the clock of the page. */
export function sayHint(
  hint: Hint,
  nth: number,
  how: { words: Words['today']['hints']; format: Format; dates: Dates; now: Date },
): Said {
  const { words: w, format, dates, now } = how
  switch (hint.kind) {
    case 'birthday':
      return { icon: 'cake', text: birthdayText(hint.inDays, w, dates, now) }
    case 'complaint':
      return { icon: 'warn', text: complaintText(hint.at, w, format, dates, now), bad: true }
    case 'back-after':
      return { icon: 'return', text: w.backAfter(hint.days) }
    case 'back-soon':
      return { icon: 'return', text: w.backSoon(hint.days) }
    case 'milestone':
      return { icon: 'star', text: w.milestone(hint.nth) }
    case 'first-visit':
      return { icon: 'door', text: hint.agreedToOffers ? w.firstVisitAgreed : w.firstVisit }
    case 'no-name-yet':
      return { icon: 'guest', text: w.noName(nth) }
    case 'note':
      return { icon: 'page', text: hint.text }
  }
}

export function birthdayText(inDays: number, w: Words['today']['hints'], dates: Dates, now: Date): string {
  if (inDays <= 0) return w.birthdayToday
  if (inDays === 1) return w.birthdayTomorrow
  const at = new Date(now.getTime() + inDays * 86_400_000)
  return w.birthdayOn(inDays < 7 ? dates.weekday(at) : dates.day(at, now))
}

function complaintText(
  at: string,
  w: Words['today']['hints'],
  format: Format,
  dates: Dates,
  now: Date,
): string {
  if (dates.key(at) === dates.key(now)) return w.complaintToday(format.time(at))
  const yesterday = dates.key(new Date(now.getTime() - 86_400_000))
  return dates.key(at) === yesterday ? w.complaintYesterday : w.complaintSince(dates.day(at, now))
}
