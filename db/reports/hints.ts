import { dayMs } from './moments.ts'

/** Why staff may want to say something. Figures only: whoever shows it has the words. */
export type Hint =
  | { kind: 'birthday'; inDays: number }
  | { kind: 'complaint'; at: string; text: string }
  | { kind: 'back-after'; days: number }
  | { kind: 'milestone'; nth: number }
  | { kind: 'first-visit'; agreedToOffers: boolean }
  | { kind: 'no-name-yet' }
  | { kind: 'note'; text: string; at: string }
  | { kind: 'back-soon'; days: number }

export type HintFacts = {
  nth: number
  since: string
  name: string | null
  agreedToOffers: boolean
  /** Days until the birthday; undefined where it is not within ten. */
  birthdayInDays: number | undefined
  openComplaint: { at: string; text: string } | null
  note: { at: string; text: string } | null
  /** End of the visit before this one. */
  previousEndedAt: string | null
}

/** Days of absence worth a word. */
const longAbsenceDays = 60
const soonDays = 7
const milestones = [10, 25, 50, 75]

/**
 * The one thing worth saying first: what went wrong, then what is rare, then what is known, then what is missing.
 */
export function hintOf(facts: HintFacts): Hint | null {
  const { nth, openComplaint, birthdayInDays, note } = facts
  if (openComplaint) return { kind: 'complaint', ...openComplaint }
  if (birthdayInDays !== undefined) return { kind: 'birthday', inDays: birthdayInDays }
  const awayDays = facts.previousEndedAt
    ? (Date.parse(facts.since) - Date.parse(facts.previousEndedAt)) / dayMs
    : undefined
  if (awayDays !== undefined && awayDays >= longAbsenceDays)
    return { kind: 'back-after', days: Math.floor(awayDays) }
  if (milestones.includes(nth) || (nth > 0 && nth % 100 === 0)) return { kind: 'milestone', nth }
  if (note) return { kind: 'note', ...note }
  if (nth === 1) return { kind: 'first-visit', agreedToOffers: facts.agreedToOffers }
  if (nth >= 3 && facts.name === null) return { kind: 'no-name-yet' }
  if (awayDays !== undefined && awayDays < soonDays && nth <= 4)
    return { kind: 'back-soon', days: Math.max(0, Math.ceil(awayDays)) }
  return null
}
