import { sql } from 'drizzle-orm'
import type { Db } from '../index.ts'
import type { Sessions } from './accounting.ts'

/**
 * Puts sessions that began or ended into the visits of their guests: closer than the gap of the site is the same visit.
 * Done twice it changes nothing. Holds the rows of sessions and guests for as long as it takes, so not for hundreds at
 * once.
 * @returns those that were being written just then, and so are left for the next time: whoever writes one may want
 *   another that we hold.
 */
export async function foldVisits(db: Db, keys: string): Promise<Sessions> {
  const [row] = await db.sql.unsafe<{ count: number; keys: string | null }[]>(foldStatement, [keys], {
    prepare: true,
  })
  return { count: row?.count ?? 0, keys: row?.keys ?? '' }
}

const foldStatement = `
  with asked as materialized (
    select distinct split_part(k, ':', 1) as merchant_id, split_part(k, ':', 2) as id
      from unnest(string_to_array($1::text, ' ')) as k),
  free as materialized (
    select s.merchant_id, s.id from asked a join sessions s on s.merchant_id = a.merchant_id and s.id = a.id
      for no key update of s skip locked),
  folded as (
    select fold_visits(array_agg(merchant_id), array_agg(id)) as count from free having count(*) > 0),
  held as (
    select s.merchant_id, s.id from asked a join sessions s on s.merchant_id = a.merchant_id and s.id = a.id
      where (select count(*) from free) < (select count(*) from asked)
        and not exists (select from free f where f.merchant_id = a.merchant_id and f.id = a.id))
  select count(*)::int, string_agg(merchant_id || ':' || id, ' ') as keys, (select count from folded) as folded from held`

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
