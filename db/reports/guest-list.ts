import { type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import { type CursorPart, cut, readCursor, writeCursor } from './cursor.ts'
import { type GuestFilter, guestConditions } from './guest-filter.ts'
import { type GuestRow, guestColumns, type SealedGuest, unsealed } from './guest-row.ts'
import { type GuestView, viewCondition } from './guest-standing.ts'
import { isoExact } from './moments.ts'
import { beenWithin, type Scope, within } from './scope.ts'

export type GuestSort = 'lastSeen' | 'firstSeen' | 'visits' | 'name'
export type GuestPage = {
  items: GuestRow[]
  total: number
  /** Guests the asker may see at all. */
  totalOfMerchant: number
  nextCursor: string | null
}

/**
 * One page of guests with its true totals, in one statement. Pages are cut by (sort key, id), so they hold while
 * guests come and go. What is filtered is looked through once, for page and total alike.
 */
export async function listGuests(
  tx: Tx,
  ctx: Ctx,
  input: GuestFilter & {
    sort: GuestSort
    order?: 'asc' | 'desc' | undefined
    limit: number
    cursor?: string | undefined
  },
): Promise<GuestPage> {
  const { sort, limit } = input
  const order = input.order ?? (sort === 'name' ? 'asc' : 'desc')
  const list = `guests.${sort}.${order}`
  const { base, filters } = guestConditions(ctx, input)
  const key = keys[sort]
  const after = input.cursor
    ? afterCursor(key, order, readCursor(list, input.cursor, [key.kind, 'text']))
    : sql`true`
  const direction = order === 'asc' ? sql`asc` : sql`desc`
  // Only names may be missing: there, and only there, the index's own order would put them first.
  const missingLast = key.kind === 'text' && order === 'desc' ? sql`nulls last` : sql``
  const ordering = sql`${key.column} ${direction} ${missingLast}, g.id ${direction}`
  const hits = sql`hits as materialized (
    select g.id, g.last_seen_at, g.first_seen_at, g.visit_count, g.name_folded from guests g where ${base} and ${filters}),`
  const rows = await tx.execute<
    SealedGuest & { key: CursorPart; id: string | null; total: number; totalOfMerchant: number }
  >(sql`
    with ${filters ? hits : sql``}
    totals as (select (select count(*)::int from guests g where ${base}) as "totalOfMerchant"
      ${filters ? sql`, (select count(*)::int from hits) as total` : sql``}),
    page as (select g.id from ${filters ? sql`hits g where ${after}` : sql`guests g where ${base} and ${after}`}
      order by ${ordering} limit ${limit + 1})
    select t."totalOfMerchant", ${filters ? sql`t.total` : sql`t."totalOfMerchant" as total`}, p.* from totals t
    left join lateral (
      select ${key.shown} as key, row_number() over (order by ${ordering}) as place, ${guestColumns(ctx, input.scope)}
      from page join guests g on g.merchant_id = ${ctx.merchantId} and g.id = page.id) p on true
    order by p.place`)
  const found = rows.filter((row) => row.id !== null)
  const page = cut(found, limit, (row) => writeCursor(list, [row.key, row.id]))
  return {
    items: page.items.map(unsealed),
    total: rows[0]?.total ?? 0,
    totalOfMerchant: rows[0]?.totalOfMerchant ?? 0,
    nextCursor: page.nextCursor,
  }
}

const views: GuestView[] = ['all', 'regulars', 'recent', 'new', 'slipping', 'in-shop']

/** How many guests each standing view holds, counted in one pass. */
export async function countViews(
  tx: Tx,
  ctx: Ctx,
  scope: Scope,
): Promise<{ view: GuestView; total: number }[]> {
  const isIn = sql`o.guest_id is not null`
  const counts = sql.join(
    views.map(
      (view) =>
        sql`count(*) filter (where ${viewCondition(view, ctx.now, isIn)})::int as ${sql.identifier(view)}`,
    ),
    sql`, `,
  )
  const [row] = await tx.execute<Record<GuestView, number>>(sql`
    select ${counts} from guests g
    left join (select distinct s.guest_id from sessions s
        where s.merchant_id = ${ctx.merchantId} and s.stopped_at is null and ${within(sql`s.site_id`, scope)}) o on o.guest_id = g.id
    where g.merchant_id = ${ctx.merchantId} and g.erased_at is null and ${beenWithin(ctx, sql`g.id`, scope)}`)
  return views.map((view) => ({ view, total: row?.[view] ?? 0 }))
}

type SortKey = { column: SQL; shown: SQL; kind: 'moment' | 'number' | 'text' }
const keys: Record<GuestSort, SortKey> = {
  lastSeen: { column: sql`g.last_seen_at`, shown: isoExact(sql`g.last_seen_at`), kind: 'moment' },
  firstSeen: { column: sql`g.first_seen_at`, shown: isoExact(sql`g.first_seen_at`), kind: 'moment' },
  visits: { column: sql`g.visit_count`, shown: sql`g.visit_count`, kind: 'number' },
  name: { column: sql`g.name_folded`, shown: sql`g.name_folded`, kind: 'text' },
}

/** Guests without a name come last in either order. */
function afterCursor(key: SortKey, order: 'asc' | 'desc', [value, id]: CursorPart[]): SQL {
  const sign = order === 'asc' ? sql`>` : sql`<`
  if (value === null || value === undefined) return sql`${key.column} is null and g.id ${sign} ${id}`
  const type = { moment: sql`timestamptz`, number: sql`int`, text: sql`text` }[key.kind]
  const beyond = sql`(${key.column}, g.id) ${sign} (${value}::${type}, ${id}::text)`
  return key.kind === 'text' ? sql`(g.name_folded is null or ${beyond})` : beyond
}
