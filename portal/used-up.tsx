import type { JSX } from 'preact'
import type { RefusalReason } from '../db/access/admit.ts'
import type { Grant } from '../db/access/grants.ts'
import { type Left, leftOf, openingOf } from '../db/access/metering.ts'
import { transaction } from '../db/index.ts'
import { findPlan } from '../db/network/plans.ts'
import { type ArrivedPlace, frameOf, hrefOf, type Place } from './place.ts'
import { moment, octets } from './splash/format.ts'
import { Refused } from './splash/refused.tsx'
import { type Words, wordsOf } from './splash/words/index.ts'

/** What is left of a grant; undefined where nothing about it has to be reckoned. */
export async function leftHere({ ctx, site }: Place, grant: Grant): Promise<Left | undefined> {
  if (!grant.isMetered && !site.openingHours) return undefined
  return transaction(ctx, (tx) => leftOf(tx, ctx, grant.id))
}

/** The page of a shop whose Wi-Fi is closed now: nobody types a number in vain. */
export async function showClosed(place: ArrivedPlace): Promise<JSX.Element | undefined> {
  const { ctx, site } = place
  if (!site.openingHours) return undefined
  const { isOpen, opensAt } = await transaction(ctx, (tx) => openingOf(tx, ctx, site.id))
  return isOpen ? undefined : refusedPage(place, 'closed', opensAt)
}

/** The page of a guest whose time, data or balance is used up; undefined while there is something left. */
export async function showUsedUp(place: ArrivedPlace, grant: Grant): Promise<JSX.Element | undefined> {
  const left = await leftHere(place, grant)
  if (!left?.why || left.why === 'devices') return undefined
  // Whose balance is used up may still have what everybody has.
  const { ctx, site } = place
  const isFree =
    left.why === 'volume' ||
    (left.why === 'balance' && !(await transaction(ctx, (tx) => findPlan(tx, ctx, site.planId))).isPrepaid)
  return refusedPage(place, left.why, left.resumesAt, isFree)
}

function refusedPage(
  place: ArrivedPlace,
  why: Exclude<RefusalReason, 'devices'>,
  resumesAt: Date | null,
  canSignIn = false,
): JSX.Element {
  const { ctx, site, locale } = place
  const words = wordsOf(locale).refused
  return (
    <Refused
      frame={frameOf(place)}
      why={why}
      until={
        resumesAt
          ? {
              label: why === 'closed' ? words.opens : words.onlineAgain,
              at: moment(resumesAt, ctx.now, site.timeZone, locale),
            }
          : undefined
      }
      againHref={hrefOf(place, canSignIn ? '&change=1' : '')}
      againText={canSignIn ? words.signInAgain : undefined}
    />
  )
}

/** '25 minutes, 480 MB'; undefined where nothing is limited. */
export function leftText(left: Left | undefined, words: Words): string | undefined {
  const parts = [
    ...(left?.seconds == null ? [] : [words.minutes(Math.ceil(left.seconds / 60))]),
    ...(left?.octets == null ? [] : [octets(left.octets)]),
  ]
  return parts.length ? words.online.leftOf(parts) : undefined
}
