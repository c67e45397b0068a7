import { sql } from 'drizzle-orm'
import type { Db } from '../index.ts'
import { arrayLiteral } from '../values/array.ts'
import type { SessionKey } from './accounting.ts'

/**
 * Puts sessions that began or ended into the visits of their guests: closer than the gap of the site is the same visit.
 * Done twice it changes nothing. Holds the guests' rows for as long as it takes, so not for hundreds at once.
 */
export async function foldVisits(db: Db, sessions: readonly SessionKey[]): Promise<void> {
  await db.sql.unsafe(
    'select fold_visits($1::text[], $2::text[])',
    [
      arrayLiteral(sessions.map(({ merchantId }) => merchantId)),
      arrayLiteral(sessions.map(({ sessionId }) => sessionId)),
    ],
    { prepare: true },
  )
}

/** Sessions begun since then whose visits do not tell of them: whoever had recorded them was killed before they were folded. */
export async function unfoldedSessions(db: Db, startedSince: Date): Promise<SessionKey[]> {
  const rows = await db.system.execute<SessionKey>(sql`
    select s.merchant_id as "merchantId", s.id as "sessionId"
      from merchants m
      join sessions s on s.merchant_id = m.id and s.started_at >= ${startedSince.toISOString()}::timestamptz
      left join visits v on v.merchant_id = s.merchant_id and v.id = s.visit_id
      where s.guest_id is not null and (v.id is null or (s.stopped_at is not null and v.ended_at < s.updated_at))`)
  return [...rows]
}
