import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

export const dayMs = 86_400_000

/** A moment as text in ISO 8601, UTC, as it leaves in an answer. */
export const iso = (column: SQLWrapper): SQL<string> =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** The same to the microsecond: what a page is cut at must be exact. */
export const isoExact = (column: SQLWrapper): SQL<string> =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** A moment as a parameter. */
export const at = (moment: Date | string): SQL =>
  sql`${typeof moment === 'string' ? moment : moment.toISOString()}::timestamptz`

export const daysBefore = (now: Date, days: number): SQL => at(new Date(now.getTime() - days * dayMs))
