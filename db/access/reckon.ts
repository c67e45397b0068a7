import type { Db } from '../index.ts'
import { arrayLiteral } from '../values/array.ts'
import type { Admission, Asking, Refusal, RefusalReason } from './admit.ts'

const guestLocale = (grant: string) =>
  `coalesce((select u.locale from guests u where u.merchant_id = ${grant}.merchant_id and u.id = ${grant}.guest_id), '')`

/** What `reckonedAnswer` takes apart, of a grant that asks at its `now`. One whose guest has too many devices takes a place. */
export const reckoned = (grant: string, places: boolean) => `concat_ws('|',
  ${places ? `case when ${grant}.is_crowded and not take_device_slot(${grant}.merchant_id, ${grant}.guest_id, ${grant}.mac, ${grant}.devices_max, ${grant}.now) then 'devices' else '' end` : `''`},
  ${guestLocale(grant)},
  case when ${grant}.is_metered or ${grant}.quota_octets is not null then (
    select concat_ws('|', coalesce(m.why, ''), coalesce(m.seconds_left::text, ''), coalesce(m.octets_left::text, ''),
        coalesce(to_char(m.resumes_at at time zone t.time_zone, 'YYYY-MM-DD HH24:MI'), ''))
      from meter_grant(${grant}.merchant_id, ${grant}.id, ${grant}.now) m
      join sites t on t.merchant_id = ${grant}.merchant_id and t.id = ${grant}.site_id) end)`

/** Guests in one order: each is the lock of its places. */
const reckonStatement = `
  with g as (
    select t.asked, $1::timestamptz as now, o.*
      from unnest($2::int[], $3::text[], $4::text[]) as t(asked, merchant_id, id)
      join grants o on o.merchant_id = t.merchant_id and o.id = t.id
      order by o.merchant_id, o.guest_id)
  select asked, ${reckoned('g', true)} as said from g`

/** Replaces the answers of grants with quotas, hours or places by what is left of them. */
export async function reckon(
  db: Db,
  askings: readonly Asking[],
  answers: (Admission | Refusal | undefined)[],
  which: number[],
  now: Date,
) {
  const admissions = which.map((asked) => answers[asked] as Admission)
  const rows = await db.sql.unsafe<{ asked: number; said: string }[]>(
    reckonStatement,
    [
      now.toISOString(),
      arrayLiteral(which),
      arrayLiteral(which.map((asked) => askings[asked]?.merchantId)),
      arrayLiteral(admissions.map(({ grantId }) => grantId)),
    ],
    { prepare: true },
  )
  // One that is gone in the meantime is a no.
  for (const asked of which) answers[asked] = undefined
  for (const { asked, said } of rows)
    answers[asked] = reckonedAnswer(admissions[which.indexOf(asked)] as Admission, said)
}

/** The answer of a grant with quotas, hours or places, from what `reckoned` said of it. */
export function reckonedAnswer(admission: Admission, said: string): Admission | Refusal {
  const [devices, locale, why, secondsLeft, octetsLeft, resumesAt] = said.split('|')
  const no = (refused: RefusalReason, until?: string): Refusal => ({
    refused,
    locale: locale || null,
    resumesAt: until || null,
  })
  // One of the words of meter_grant.
  if (why) return no(why as RefusalReason, resumesAt)
  if (devices) return no('devices')
  return {
    ...admission,
    sessionTimeoutSeconds: Math.min(
      admission.sessionTimeoutSeconds,
      secondsLeft ? Number(secondsLeft) : Number.POSITIVE_INFINITY,
    ),
    octetsLeft: octetsLeft ? BigInt(octetsLeft) : null,
  }
}
