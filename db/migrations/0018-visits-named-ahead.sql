-- A session carries from its first row on the id of the visit it makes if it joins none: then only one that joins an
-- earlier visit is written a second time. So a session is in a visit when that visit is there, not when it names one.
CREATE OR REPLACE FUNCTION fold_visit(p_merchant text, p_session text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  s record;
  v record;
  gap interval;
  news timestamptz;
BEGIN
  SELECT guest_id, device_id, site_id, visit_id, started_at, updated_at INTO s
    FROM sessions WHERE merchant_id = p_merchant AND id = p_session;
  IF s.guest_id IS NULL THEN RETURN NULL; END IF;
  PERFORM FROM guests WHERE merchant_id = p_merchant AND id = s.guest_id FOR UPDATE;
  IF EXISTS (SELECT FROM visits WHERE merchant_id = p_merchant AND id = s.visit_id) THEN
    UPDATE visits SET ended_at = s.updated_at
      WHERE merchant_id = p_merchant AND id = s.visit_id AND ended_at < s.updated_at;
    UPDATE guests SET last_seen_at = s.updated_at
      WHERE merchant_id = p_merchant AND id = s.guest_id AND last_seen_at < s.updated_at;
    RETURN s.visit_id;
  END IF;
  SELECT make_interval(secs => visit_gap_seconds) INTO gap FROM sites WHERE merchant_id = p_merchant AND id = s.site_id;
  SELECT w.id, w.started_at,
         greatest(w.ended_at, (SELECT max(o.updated_at) FROM sessions o WHERE o.merchant_id = p_merchant
             AND o.guest_id = w.guest_id AND o.started_at > w.started_at - interval '1 day' AND o.visit_id = w.id)) AS ended_at
    INTO v
    FROM visits w
    WHERE w.merchant_id = p_merchant AND w.guest_id = s.guest_id AND w.site_id = s.site_id
      AND w.started_at <= s.updated_at + gap
    ORDER BY w.started_at DESC LIMIT 1;
  IF v.id IS NOT NULL AND s.started_at <= v.ended_at + gap THEN
    news := greatest(v.ended_at, s.updated_at);
    UPDATE visits SET started_at = least(v.started_at, s.started_at), ended_at = news
      WHERE merchant_id = p_merchant AND id = v.id;
  ELSE
    news := s.updated_at;
    INSERT INTO visits (merchant_id, id, guest_id, site_id, nth, started_at, ended_at)
      SELECT p_merchant, 'vis' || substr(p_session, 4), g.id, s.site_id, g.visit_count + 1, s.started_at, s.updated_at
        FROM guests g WHERE g.merchant_id = p_merchant AND g.id = s.guest_id;
    v.id := 'vis' || substr(p_session, 4);
    UPDATE guests SET visit_count = visit_count + 1 WHERE merchant_id = p_merchant AND id = s.guest_id;
  END IF;
  UPDATE guests SET last_seen_at = greatest(last_seen_at, news), first_seen_at = least(first_seen_at, s.started_at)
    WHERE merchant_id = p_merchant AND id = s.guest_id;
  UPDATE devices SET last_seen_at = greatest(last_seen_at, news) WHERE merchant_id = p_merchant AND id = s.device_id;
  UPDATE sessions SET visit_id = v.id
    WHERE merchant_id = p_merchant AND id = p_session AND visit_id IS DISTINCT FROM v.id;
  RETURN v.id;
END
$$;
CREATE OR REPLACE FUNCTION fold_visits(p_merchants text[], p_sessions text[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  later record;
  folded integer;
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
      FROM f WHERE f.old_visit_id IS NULL AND d.merchant_id = f.merchant_id AND d.id = f.device_id AND d.last_seen_at < f.news),
  marked AS (
    UPDATE sessions s SET visit_id = f.visit_id
      FROM f WHERE f.noted_visit_id IS DISTINCT FROM f.visit_id AND s.merchant_id = f.merchant_id AND s.id = f.id)
  SELECT count(*) INTO folded FROM f;
  IF folded = cardinality(p_sessions) THEN RETURN folded; END IF;

  FOR later IN
    SELECT p.merchant_id, p.id FROM unnest(p_merchants, p_sessions) AS p(merchant_id, id)
      JOIN sessions s ON s.merchant_id = p.merchant_id AND s.id = p.id
      WHERE s.guest_id IS NOT NULL AND EXISTS (
        SELECT FROM unnest(p_merchants, p_sessions) AS q(merchant_id, id)
          JOIN sessions o ON o.merchant_id = q.merchant_id AND o.id = q.id
          WHERE o.merchant_id = s.merchant_id AND o.guest_id = s.guest_id AND o.id < s.id)
      ORDER BY p.merchant_id, s.guest_id, p.id
  LOOP
    PERFORM fold_visit(later.merchant_id, later.id);
    folded := folded + 1;
  END LOOP;
  RETURN folded;
END
$$;
