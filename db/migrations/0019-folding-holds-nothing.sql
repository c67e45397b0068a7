-- Folding beside what is reported held every session it was asked for from its begin to its commit, and a report of one of
-- them waited for all of it. Now sessions are read without holding them, and only those that join an earlier visit are
-- written, last of all and without waiting.

-- Folds one session of each guest, and tells which are left, as `merchant:session`: further ones of the same guest, in the
-- order they are to be folded in, and those that join an earlier visit but were being written by somebody else just then.
CREATE FUNCTION fold_first_visits(p_merchants text[], p_sessions text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  folded text[];
  m_merchants text[];
  m_sessions text[];
  m_visits text[];
  held text[];
BEGIN
  PERFORM FROM guests g
    WHERE (g.merchant_id, g.id) IN (
      SELECT s.merchant_id, s.guest_id FROM unnest(p_merchants, p_sessions) AS p(merchant_id, id)
        JOIN sessions s ON s.merchant_id = p.merchant_id AND s.id = p.id)
    ORDER BY g.merchant_id, g.id FOR NO KEY UPDATE;

  WITH s AS MATERIALIZED (
    SELECT DISTINCT ON (s.merchant_id, s.guest_id) s.merchant_id, s.id, s.guest_id, s.device_id, s.site_id,
        s.visit_id AS noted_visit_id, o.id AS old_visit_id, s.started_at, s.updated_at,
        make_interval(secs => t.visit_gap_seconds) AS gap
      FROM unnest(p_merchants, p_sessions) AS p(merchant_id, id)
      JOIN sessions s ON s.merchant_id = p.merchant_id AND s.id = p.id
      JOIN sites t ON t.merchant_id = s.merchant_id AND t.id = s.site_id
      LEFT JOIN visits o ON o.merchant_id = s.merchant_id AND o.id = s.visit_id
      WHERE s.guest_id IS NOT NULL
      ORDER BY s.merchant_id, s.guest_id, s.id),
  f AS MATERIALIZED (
    SELECT s.*, coalesce(s.old_visit_id, v.id) AS known_id, coalesce(s.old_visit_id, v.id, 'vis' || substr(s.id, 4)) AS visit_id,
        greatest(v.ended_at, s.updated_at) AS news
      FROM s LEFT JOIN LATERAL (
        SELECT w.* FROM (
          SELECT x.id, greatest(x.ended_at, (SELECT max(o.updated_at) FROM sessions o
                WHERE o.merchant_id = x.merchant_id AND o.guest_id = x.guest_id
                  AND o.started_at > x.started_at - interval '1 day' AND o.visit_id = x.id)) AS ended_at
            FROM visits x
            WHERE x.merchant_id = s.merchant_id AND x.guest_id = s.guest_id AND x.site_id = s.site_id
              AND x.started_at <= s.updated_at + s.gap
            ORDER BY x.started_at DESC LIMIT 1) w
          WHERE s.started_at <= w.ended_at + s.gap) v ON s.old_visit_id IS NULL),
  made AS (
    INSERT INTO visits (merchant_id, id, guest_id, site_id, nth, started_at, ended_at)
      SELECT f.merchant_id, f.visit_id, f.guest_id, f.site_id, g.visit_count + 1, f.started_at, f.updated_at
        FROM f JOIN guests g ON g.merchant_id = f.merchant_id AND g.id = f.guest_id WHERE f.known_id IS NULL),
  prolonged AS (
    UPDATE visits v SET ended_at = greatest(v.ended_at, f.news),
        started_at = CASE WHEN f.old_visit_id IS NULL THEN least(v.started_at, f.started_at) ELSE v.started_at END
      FROM f WHERE v.merchant_id = f.merchant_id AND v.id = f.known_id
        AND (v.ended_at < f.news OR (f.old_visit_id IS NULL AND v.started_at > f.started_at))),
  seen AS (
    UPDATE guests g SET visit_count = g.visit_count + (f.known_id IS NULL)::int,
        last_seen_at = greatest(g.last_seen_at, f.news),
        first_seen_at = CASE WHEN f.old_visit_id IS NULL THEN least(g.first_seen_at, f.started_at) ELSE g.first_seen_at END
      FROM f WHERE g.merchant_id = f.merchant_id AND g.id = f.guest_id
        AND (f.known_id IS NULL OR g.last_seen_at < f.news OR (f.old_visit_id IS NULL AND g.first_seen_at > f.started_at))),
  carried AS (
    UPDATE devices d SET last_seen_at = f.news
      FROM f WHERE f.old_visit_id IS NULL AND d.merchant_id = f.merchant_id AND d.id = f.device_id AND d.last_seen_at < f.news)
  SELECT array_agg(f.merchant_id || ':' || f.id),
      array_agg(f.merchant_id) FILTER (WHERE f.noted_visit_id IS DISTINCT FROM f.visit_id),
      array_agg(f.id) FILTER (WHERE f.noted_visit_id IS DISTINCT FROM f.visit_id),
      array_agg(f.visit_id) FILTER (WHERE f.noted_visit_id IS DISTINCT FROM f.visit_id)
    INTO folded, m_merchants, m_sessions, m_visits FROM f;

  IF m_sessions IS NOT NULL THEN
    WITH m AS MATERIALIZED (
      SELECT * FROM unnest(m_merchants, m_sessions, m_visits) AS m(merchant_id, id, visit_id)),
    free AS MATERIALIZED (
      SELECT m.* FROM m JOIN sessions s ON s.merchant_id = m.merchant_id AND s.id = m.id FOR NO KEY UPDATE OF s SKIP LOCKED),
    marked AS (
      UPDATE sessions s SET visit_id = free.visit_id
        FROM free WHERE s.merchant_id = free.merchant_id AND s.id = free.id)
    SELECT array_agg(m.merchant_id || ':' || m.id) INTO held
      FROM m WHERE NOT EXISTS (SELECT FROM free WHERE free.merchant_id = m.merchant_id AND free.id = m.id);
  END IF;
  IF cardinality(folded) = cardinality(p_sessions) THEN RETURN coalesce(held, '{}'); END IF;

  RETURN ARRAY(
    SELECT p.merchant_id || ':' || p.id FROM unnest(p_merchants, p_sessions) AS p(merchant_id, id)
      JOIN sessions s ON s.merchant_id = p.merchant_id AND s.id = p.id
      WHERE s.guest_id IS NOT NULL AND (p.merchant_id || ':' || p.id) <> ALL (coalesce(folded, '{}'))
      ORDER BY p.merchant_id, s.guest_id, p.id) || held;
END
$$;

CREATE OR REPLACE FUNCTION fold_visits(p_merchants text[], p_sessions text[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  later text;
BEGIN
  FOREACH later IN ARRAY fold_first_visits(p_merchants, p_sessions) LOOP
    PERFORM fold_visit(split_part(later, ':', 1), split_part(later, ':', 2));
  END LOOP;
  RETURN cardinality(p_sessions);
END
$$;
