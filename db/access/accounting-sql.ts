/** 2^32: a counter of RFC 2866 wraps there, RFC 2869 §5.1. */
const wrap = '4294967296'
const half = '2147483648'

/**
 * A running total that only rises. Where no Gigawords were ever seen, a 32-bit counter that falls by more than half its
 * range while the session's time goes on has wrapped. A late word, from an earlier time of the session, adds nothing: its
 * total was passed since. If it stands more than half a range higher, it is the first sign that a wrap lies between.
 */
const risen = (column: string) => `case
  when s.gigawords_seen or excluded.gigawords_seen then greatest(s.${column}, excluded.${column})
  when excluded.session_time_seconds < s.session_time_seconds then
    case when excluded.${column} - s.${column} > ${half} then s.${column} + ${wrap} else greatest(s.${column}, excluded.${column}) end
  when excluded.session_time_seconds > s.session_time_seconds and s.${column} % ${wrap} - excluded.${column} > ${half}
    then (div(s.${column}, ${wrap}) + 1) * ${wrap} + excluded.${column}
  when excluded.session_time_seconds = s.session_time_seconds and s.${column} >= ${wrap}
    and excluded.${column} - s.${column} % ${wrap} > ${half} then s.${column}
  else greatest(s.${column}, div(s.${column}, ${wrap}) * ${wrap} + excluded.${column}) end`

/** A Stop that counts: the first one, or one that corrects what we closed for want of news. */
const stops = 'excluded.stopped_at is not null and (s.stopped_at is null or s.is_stale)'
/** News of a session we closed for want of it. */
const reopens = 's.is_stale and excluded.updated_at > s.updated_at'

/**
 * See `applyAccounting`. Times are milliseconds; what is the same for all packets of a NAS is sent once and numbered.
 * Every look-up is a LATERAL with a LIMIT: it is made row by row through its index, whatever the planner believed of the
 * tables' sizes when it made the plan, and not at all where the session is known already.
 * Visits are folded for sessions that begin, end or are known for somebody's only now. A row that is new has no xmax: nobody
 * has locked or replaced it yet. What was recorded by a statement that nobody heard the end of is not told here: whoever has
 * its visits folded later looks for it (`unfoldedSessions`).
 * @param again the packets may be in the log already: they come out of the spool.
 */
const apply = (again: boolean, foldNow: boolean) => `
  with r as materialized (
    select ($1::text[])[t.nas] as merchant_id, ($2::text[])[t.nas] as site_id, ($3::text[])[t.nas] as nas_id, t.*,
      'ses' || substr(t.log_id, 4) as id, to_timestamp(t.at_ms / 1000) as at,
      to_timestamp(t.at_ms / 1000 - t.session_time_seconds) as started_at, to_timestamp(t.received_ms / 1000) as received_at,
      e.id as known_id, e.guest_id is null as is_unknown,
      e.stopped_at is not null and not e.is_stale
        and to_timestamp(t.at_ms / 1000 - t.session_time_seconds) > e.stopped_at + interval '5 minutes'
        and (t.status = 1 or t.session_time_seconds > 0) as begins_again,
      case when e.id is null and t.class is not null then coalesce((
        select o.nas_id from sessions o
          where o.merchant_id = ($1::text[])[t.nas] and o.grant_id = t.class and o.site_id = ($2::text[])[t.nas]
            and o.acct_session_id = t.acct_session_id and o.calling_station_id = t.calling_station_id
          order by o.started_at desc limit 1), ($3::text[])[t.nas]) else ($3::text[])[t.nas] end as home_nas_id
    from unnest($4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
      $12::float8[], $13::int[], $14::int[], $15::numeric[], $16::numeric[], $17::numeric[], $18::numeric[], $19::boolean[],
      $20::text[], $21::jsonb[], $22::text[], $23::float8[], $24::text[])
      as t(nas, acct_session_id, calling_station_id, called_station_id, acct_multi_session_id, user_name, class,
        framed_ip_address, at_ms, status, session_time_seconds, input_octets, output_octets, input_packets, output_packets,
        has_gigawords, terminate_cause, marks, log_id, received_ms, packet)
    left join lateral (
      select s.id, s.guest_id, s.stopped_at, s.is_stale from sessions s
        where s.merchant_id = ($1::text[])[t.nas] and s.nas_id = ($3::text[])[t.nas]
          and s.acct_session_id = t.acct_session_id and s.calling_station_id = t.calling_station_id limit 1) e on true),
  log as (
    insert into accounting_log (merchant_id, id, nas_id, received_at, packet)
      select merchant_id, log_id, nas_id, received_at, packet from r${again ? ' on conflict do nothing' : ''}),
  former as (
    update sessions s set acct_session_id = s.acct_session_id || '~' || right(s.id, 14)
      from r where r.begins_again and s.merchant_id = r.merchant_id and s.id = r.known_id returning 1),
  up as (
    insert into sessions as s (merchant_id, id, site_id, nas_id, acct_session_id, calling_station_id, called_station_id,
        acct_multi_session_id, user_name, class, framed_ip_address, guest_id, device_id, grant_id, visit_id, started_at,
        updated_at, stopped_at, session_time_seconds, input_octets, output_octets, input_packets, output_packets, gigawords_seen,
        terminate_cause, marks, is_metered)
      select r.merchant_id, r.id, r.site_id, r.home_nas_id, r.acct_session_id, r.calling_station_id, r.called_station_id,
        r.acct_multi_session_id, r.user_name, r.class, r.framed_ip_address, coalesce(g.guest_id, d.guest_id),
        coalesce(g.device_id, d.id), g.id, case when coalesce(g.guest_id, d.guest_id) is not null then 'vis' || substr(r.id, 4) end,
        r.started_at, r.at, case when r.status = 2 then r.at end,
        r.session_time_seconds, r.input_octets, r.output_octets, r.input_packets, r.output_packets, r.has_gigawords,
        case when r.status = 2 then r.terminate_cause end, coalesce(r.marks, '[]'), coalesce(g.is_metered, false)
      from r
      cross join (select count(*) from former) as before_any
      left join lateral (
        select g.id, g.guest_id, g.device_id, g.is_metered from grants g
          where r.is_unknown and g.merchant_id = r.merchant_id and g.id = r.class and g.mac = r.calling_station_id limit 1) g
        on true
      left join lateral (
        select d.id, d.guest_id from devices d
          where r.is_unknown and d.merchant_id = r.merchant_id and d.mac = r.calling_station_id limit 1) d on true
      on conflict (merchant_id, nas_id, acct_session_id, calling_station_id) do update set
        started_at = case when excluded.started_at < s.started_at - interval '10 seconds' then excluded.started_at
          else s.started_at end,
        updated_at = greatest(s.updated_at, excluded.updated_at),
        stopped_at = case when ${stops} then excluded.stopped_at when ${reopens} then null else s.stopped_at end,
        terminate_cause = case
          when ${stops} then excluded.terminate_cause when ${reopens} then null else s.terminate_cause end,
        is_stale = s.is_stale and excluded.stopped_at is null and excluded.updated_at <= s.updated_at,
        session_time_seconds = greatest(s.session_time_seconds, excluded.session_time_seconds),
        input_octets = ${risen('input_octets')},
        output_octets = ${risen('output_octets')},
        input_packets = greatest(s.input_packets, excluded.input_packets),
        output_packets = greatest(s.output_packets, excluded.output_packets),
        gigawords_seen = s.gigawords_seen or excluded.gigawords_seen,
        framed_ip_address = coalesce(excluded.framed_ip_address, s.framed_ip_address),
        called_station_id = coalesce(s.called_station_id, excluded.called_station_id),
        class = coalesce(s.class, excluded.class),
        user_name = coalesce(s.user_name, excluded.user_name),
        guest_id = coalesce(s.guest_id, excluded.guest_id),
        device_id = coalesce(s.device_id, excluded.device_id),
        grant_id = coalesce(s.grant_id, excluded.grant_id),
        is_metered = s.is_metered or excluded.is_metered,
        marks = case when s.marks @> excluded.marks then s.marks else s.marks || excluded.marks end
      returning s.merchant_id, s.id, s.is_metered,
        s.guest_id is not null and (s.xmax = 0 or s.visit_id is null or s.stopped_at is not null) as is_news)
  select string_agg(merchant_id || ':' || id, ' ') filter (where is_metered) as metered,
    string_agg(merchant_id || ':' || id, ' ') filter (where is_news) as news,
    (count(*) filter (where is_news))::int as news_count${
      foldNow
        ? `,
    case when bool_or(is_news) then
      fold_visits(array_agg(merchant_id) filter (where is_news), array_agg(id) filter (where is_news)) end`
        : ''
    } from up`

export const applyStatement = {
  /** Visits are folded in the same statement. */
  folding: { first: apply(false, true), again: apply(true, true) },
  /** Sessions whose visits are to be folded are told. */
  telling: { first: apply(false, false), again: apply(true, false) },
}

/** Packets that say nothing of a session. */
export const logStatement = `
  insert into accounting_log (merchant_id, id, nas_id, received_at, packet)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[]) on conflict do nothing`

/** See `endSessionsOfNas`. */
export const endStatement = `
  with log as (
    insert into accounting_log (merchant_id, id, nas_id, received_at, packet)
      values ($1, $5, $2, $6::timestamptz, $7) on conflict do nothing),
  ended as (
    update sessions set stopped_at = greatest(started_at, least($3::timestamptz, updated_at)),
        terminate_cause = 'NAS-Reboot', is_stale = false
      where merchant_id = $1 and nas_id = $2 and stopped_at is null and started_at < $3::timestamptz
        and ($4::text is null or called_station_id is null or called_station_id = $4)
      returning merchant_id, id, guest_id),
  folded as (
    select fold_visits(array_agg(merchant_id), array_agg(id)) from ended where guest_id is not null having count(*) > 0)
  select count(*)::int as ended, (select count(*) from folded) as folded from ended`

/** See `closeStaleSessions`. */
export const staleStatement = `
  with open as (
    select o.merchant_id, o.id, o.acct_session_id like 'portal-%' as is_portal,
        case when o.acct_session_id like 'portal-%' then coalesce(g.ends_at, $1::timestamptz)
          else o.updated_at + make_interval(secs => 3 * n.acct_interim_interval_seconds) end as due_at,
        coalesce(g.ends_at, $1::timestamptz) as ends_at
      from sessions o join nas n on n.merchant_id = o.merchant_id and n.id = o.nas_id
      left join grants g on g.merchant_id = o.merchant_id and g.id = o.grant_id
      where o.stopped_at is null),
  stale as (
    update sessions s set
        stopped_at = case when o.is_portal then least(o.ends_at, $1::timestamptz) else s.updated_at end,
        updated_at = case when o.is_portal then least(o.ends_at, $1::timestamptz) else s.updated_at end,
        terminate_cause = case when o.is_portal then 'Session-Timeout' else 'Stale' end,
        is_stale = not o.is_portal
      from open o
      where s.merchant_id = o.merchant_id and s.id = o.id and s.stopped_at is null and o.due_at < $1::timestamptz
      returning s.merchant_id, s.id, s.guest_id),
  folded as (
    select fold_visits(array_agg(merchant_id), array_agg(id)) from stale where guest_id is not null having count(*) > 0)
  select count(*)::int as ended, (select count(*) from folded) as folded from stale`
