import { type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import { open } from '../values/keys.ts'
import { cut, readCursor, writeCursor } from './cursor.ts'
import { at, iso, isoExact } from './moments.ts'
import { type Scope, within, withinOrNowhere } from './scope.ts'

export type TimelineKind =
  | 'sign-in'
  | 'visit'
  | 'consent'
  | 'message'
  | 'note'
  | 'call'
  | 'complaint'
  | 'survey'
  | 'purchase'
  | 'change'

type Base = { id: string; at: string; siteId: string | null }
export type TimelineRow = Base &
  (
    | { kind: 'sign-in'; method: string; deviceId: string | null }
    | { kind: 'visit'; nth: number; endedAt: string | null; seconds: number; octets: string }
    | {
        kind: 'consent'
        purpose: 'terms' | 'marketing'
        action: 'granted' | 'denied' | 'withdrawn'
        textId: string
        textVersion: number
        locale: string
        surface: string
      }
    | {
        kind: 'message'
        messageKind: string
        channel: string
        text: string
        state: string
        problem: string | null
      }
    | {
        kind: 'note' | 'call' | 'complaint' | 'survey' | 'purchase'
        text: string
        by: string | null
        correctsId: string | null
      }
    | { kind: 'change'; what: string; value: string | null; by: string | null }
  )

export type TimelinePage = {
  items: TimelineRow[]
  total: number
  nextCursor: string | null
  /** Of every kind, whichever is shown. */
  counts: Partial<Record<TimelineKind, number>>
}

/**
 * All that happened with a guest, newest first: one query over every table that knows of it, each giving no more than
 * a page. What happened at a site outside the scope is left out; what belongs to no site is not.
 */
export async function guestTimeline(
  tx: Tx,
  ctx: Ctx,
  input: {
    guestId: string
    scope: Scope
    kind?: TimelineKind | undefined
    limit: number
    cursor?: string | undefined
  },
): Promise<TimelinePage> {
  const { kind, limit } = input
  const list = `timeline.${kind ?? 'all'}`
  const [beforeAt, beforeId] = input.cursor ? readCursor(list, input.cursor, ['moment', 'text']) : []
  const sources = sourcesOf(ctx, input.guestId, input.scope)
  const isAsked = ({ kinds }: Source) => kind === undefined || kinds.includes(kind)
  const parts = sources.filter(isAsked).map(({ from, id, at: time, columns, kindColumn, siteId }) => {
    const before = beforeAt ? sql`and (${time}, ${id}) < (${at(String(beforeAt))}, ${beforeId}::text)` : sql``
    const ofKind = kind ? sql`and ${kindColumn} = ${kind}` : sql``
    return sql`(select ${id} as id, ${time} as at, ${kindColumn} as kind, ${siteId} as site_id, jsonb_build_object(${columns}) as detail
      from ${from} ${ofKind} ${before} order by ${time} desc, ${id} desc limit ${limit + 1})`
  })
  const rows = await tx.execute<{
    id: string
    key: string
    at: string
    kind: TimelineKind
    siteId: string | null
    detail: Record<string, unknown>
  }>(sql`select id, ${isoExact(sql`at`)} as key, ${iso(sql`at`)} as at, kind, site_id as "siteId", detail
    from (${sql.join(parts, sql` union all `)}) t order by t.at desc, id desc limit ${limit + 1}`)
  const page = cut([...rows], limit, (row) => writeCursor(list, [row.key, row.id]))
  const counts = await countKinds(tx, sources)
  return {
    items: page.items.map(
      ({ key: _key, detail, ...row }) => ({ ...row, ...readable(detail) }) as TimelineRow,
    ),
    total: kind ? (counts[kind] ?? 0) : Object.values(counts).reduce((sum, count) => sum + count, 0),
    nextCursor: page.nextCursor,
    counts,
  }
}

async function countKinds(tx: Tx, sources: Source[]): Promise<Partial<Record<TimelineKind, number>>> {
  const parts = sources.map(
    ({ from, kindColumn }) =>
      sql`(select ${kindColumn} as kind, count(*)::int as count from ${from} group by 1)`,
  )
  const rows = await tx.execute<{ kind: TimelineKind; count: number }>(
    sql`select kind, sum(count)::int as count from (${sql.join(parts, sql` union all `)}) t group by kind`,
  )
  return Object.fromEntries(rows.map((row) => [row.kind, row.count]))
}

/** Sealed texts are opened here; the serializer decides who may read a code. */
function readable({ textSealed, ...detail }: Record<string, unknown>) {
  return typeof textSealed === 'string' ? { ...detail, text: open(textSealed) } : detail
}

type Source = {
  kinds: TimelineKind[]
  id: SQL
  at: SQL
  kindColumn: SQL
  siteId: SQL
  /** Table, alias and `where`: what is of this guest and within the scope. */
  from: SQL
  columns: SQL
}

/** What an audited act is called on the timeline. */
const changes = {
  'guest.blocked': 'blocked',
  'guest.unblocked': 'unblocked',
  'guest.revealed': 'revealed',
  'guest.took-own-data': 'took-own-data',
  'identity.marked-wrong': 'identity-wrong',
  'identity.marked-right': 'identity-right',
  'device.forgotten': 'device-forgotten',
}

function sourcesOf({ merchantId: m, now }: Ctx, guestId: string, scope: Scope): Source[] {
  const word = (text: string) => sql.raw(`'${text}'::text`)
  const changeOf = sql.raw(
    `case u.action ${Object.entries(changes)
      .map(([action, what]) => `when '${action}' then '${what}'`)
      .join(' ')} end`,
  )
  return [
    {
      kinds: ['sign-in'],
      id: sql`g.id`,
      at: sql`g.created_at`,
      kindColumn: word('sign-in'),
      siteId: sql`g.site_id`,
      from: sql`grants g where g.merchant_id = ${m} and g.guest_id = ${guestId} and g.admits <> 'mac' and ${within(sql`g.site_id`, scope)}`,
      columns: sql`'method', g.method, 'deviceId', g.device_id`,
    },
    {
      kinds: ['visit'],
      id: sql`v.id`,
      at: sql`v.started_at`,
      kindColumn: word('visit'),
      siteId: sql`v.site_id`,
      from: sql`visits v left join lateral (
          select bool_or(s.stopped_at is null) as is_open, sum(s.input_octets + s.output_octets)::text as octets from sessions s
          where s.merchant_id = v.merchant_id and s.guest_id = v.guest_id and s.visit_id = v.id
            and s.started_at between v.started_at - interval '1 day' and v.ended_at + interval '1 day') s on true
        where v.merchant_id = ${m} and v.guest_id = ${guestId} and ${within(sql`v.site_id`, scope)}`,
      columns: sql`'nth', v.nth, 'octets', coalesce(s.octets, '0'),
        'endedAt', case when s.is_open then null else ${iso(sql`v.ended_at`)} end,
        'seconds', greatest(0, extract(epoch from case when s.is_open then ${at(now)} else v.ended_at end - v.started_at))::int`,
    },
    {
      kinds: ['consent'],
      id: sql`c.id`,
      at: sql`c.at`,
      kindColumn: word('consent'),
      siteId: sql`case when ${within(sql`c.site_id`, scope)} then c.site_id end`,
      // A consent holds for the whole business: the proof is shown, only the place of another shop is not.
      from: sql`consents c where c.merchant_id = ${m} and c.guest_id = ${guestId}`,
      columns: sql`'purpose', c.purpose, 'action', c.action, 'textId', c.text_id, 'textVersion', c.text_version,
        'locale', c.locale, 'surface', c.surface`,
    },
    {
      kinds: ['message'],
      id: sql`m.id`,
      at: sql`m.created_at`,
      kindColumn: word('message'),
      siteId: sql`m.site_id`,
      // A code is sent before anybody knows whose number it is; the number tells afterwards.
      from: sql`messages m where m.merchant_id = ${m} and (m.guest_id = ${guestId} or m.to_index in (
          select i.value_index from identities i where i.merchant_id = ${m} and i.guest_id = ${guestId} and i.kind = 'phone'))
        and ${withinOrNowhere(sql`m.site_id`, scope)}`,
      columns: sql`'messageKind', m.kind, 'channel', m.channel, 'textSealed', m.text_sealed, 'state', m.state, 'problem', m.problem`,
    },
    {
      kinds: ['note', 'call', 'complaint', 'survey', 'purchase'],
      id: sql`n.id`,
      at: sql`n.at`,
      kindColumn: sql`n.kind`,
      siteId: sql`n.site_id`,
      from: sql`interactions n where n.merchant_id = ${m} and n.guest_id = ${guestId} and ${withinOrNowhere(sql`n.site_id`, scope)}`,
      columns: sql`'text', n.text, 'by', n.staff_name, 'correctsId', n.corrects_id`,
    },
    {
      kinds: ['change'],
      id: sql`f.id`,
      at: sql`f.at`,
      kindColumn: word('change'),
      siteId: sql`null::text`,
      from: sql`guest_fields f where f.merchant_id = ${m} and f.guest_id = ${guestId}`,
      columns: sql`'what', f.field, 'value', f.value, 'by', f.actor ->> 'name'`,
    },
    {
      kinds: ['change'],
      id: sql`('aud_' || u.seq)`,
      at: sql`u.at`,
      kindColumn: word('change'),
      siteId: sql`null::text`,
      from: sql`audit u where u.merchant_id = ${m} and u.subject = ${guestId} and ${changeOf} is not null`,
      columns: sql`'what', ${changeOf}, 'value', u.detail ->> 'reason', 'by', u.actor ->> 'name'`,
    },
  ]
}
