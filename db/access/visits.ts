import { sql } from 'drizzle-orm'
import type { Db } from '../index.ts'
import type { Sessions } from './accounting.ts'

/**
 * Puts sessions that began or ended into the visits of their guests: closer than the gap of the site is the same visit.
 * Done twice it changes nothing. Holds the rows of the guests for as long as it takes, so not for hundreds at once.
 * @returns those that are left for the next time: of several sessions of one guest all but the first, and those that were
 *   being written just then, for whoever writes one may want another that we hold.
 */
export async function foldVisits(db: Db, keys: string): Promise<Sessions> {
  const [row] = await db.sql.unsafe<{ count: number; keys: string | null }[]>(foldStatement, [keys], {
    prepare: true,
  })
  return { count: row?.count ?? 0, keys: row?.keys ?? '' }
}

const foldStatement = `
  with asked as (
    select distinct split_part(k, ':', 1) as merchant_id, split_part(k, ':', 2) as id
      from unnest(string_to_array($1::text, ' ')) as k),
  folded as (
    select fold_first_visits(array_agg(merchant_id), array_agg(id)) as not_yet from asked)
  select cardinality(not_yet)::int as count, array_to_string(not_yet, ' ') as keys from folded`

/** Sessions begun since then whose visits do not tell of them: whoever had recorded them was killed before they were folded. */
export async function unfoldedSessions(db: Db, startedSince: Date): Promise<string[]> {
  const rows = await db.system.execute<{ key: string }>(sql`
    select s.merchant_id || ':' || s.id as key
      from merchants m
      join sessions s on s.merchant_id = m.id and s.started_at >= ${startedSince.toISOString()}::timestamptz
      left join visits v on v.merchant_id = s.merchant_id and v.id = s.visit_id
      where s.guest_id is not null and (v.id is null or (s.stopped_at is not null and v.ended_at < s.updated_at))`)
  return rows.map(({ key }) => key)
}
