-- Sessions are updated often and in place; room on each page keeps their indexes untouched (HOT).
ALTER TABLE sessions SET (fillfactor = 80);
ALTER TABLE grants SET (fillfactor = 85);
ALTER TABLE sessions ADD COLUMN gigawords_seen boolean NOT NULL DEFAULT false;
CREATE INDEX sessions_visit ON sessions (merchant_id, visit_id);
CREATE INDEX sessions_open ON sessions (merchant_id, nas_id, started_at) WHERE stopped_at IS NULL;
CREATE INDEX sessions_open_news ON sessions (updated_at) WHERE stopped_at IS NULL;
CREATE INDEX sessions_started ON sessions (merchant_id, started_at DESC, id DESC);

-- Folds one session into the guest's visits at its site: closer than the site's gap is the same visit.
-- The guest's row is the lock, so two sessions that start at once make one visit.
CREATE FUNCTION fold_visit(p_merchant text, p_session text) RETURNS text LANGUAGE plpgsql AS $$
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
  IF s.visit_id IS NOT NULL THEN
    UPDATE visits SET ended_at = s.updated_at
      WHERE merchant_id = p_merchant AND id = s.visit_id AND ended_at < s.updated_at;
    UPDATE guests SET last_seen_at = s.updated_at
      WHERE merchant_id = p_merchant AND id = s.guest_id AND last_seen_at < s.updated_at;
    RETURN s.visit_id;
  END IF;
  SELECT make_interval(secs => visit_gap_seconds) INTO gap FROM sites WHERE merchant_id = p_merchant AND id = s.site_id;
  SELECT w.id, w.started_at,
         greatest(w.ended_at, (SELECT max(o.updated_at) FROM sessions o WHERE o.merchant_id = p_merchant AND o.visit_id = w.id)) AS ended_at
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
  UPDATE sessions SET visit_id = v.id WHERE merchant_id = p_merchant AND id = p_session;
  RETURN v.id;
END
$$;
