-- Plans with daily and monthly quotas, opening hours and prepaid balances. Like the other limits they are copied onto
-- the grant, so changing a plan never changes a promise; the opening hours of a site are no promise and hold at once.
ALTER TABLE plans
  ADD COLUMN daily_seconds integer,
  ADD COLUMN daily_octets numeric(20,0),
  ADD COLUMN monthly_seconds integer,
  ADD COLUMN monthly_octets numeric(20,0),
  ADD COLUMN opening_hours jsonb,
  ADD COLUMN is_prepaid boolean NOT NULL DEFAULT false,
  ADD COLUMN notice_seconds integer,
  ADD COLUMN notice_percent integer;
ALTER TABLE sites ADD COLUMN opening_hours jsonb;
-- is_metered: something about it has to be reckoned before an answer. Grants without it cost an admission nothing more.
ALTER TABLE grants
  ADD COLUMN daily_seconds integer,
  ADD COLUMN daily_octets numeric(20,0),
  ADD COLUMN monthly_seconds integer,
  ADD COLUMN monthly_octets numeric(20,0),
  ADD COLUMN opening_hours jsonb,
  ADD COLUMN is_prepaid boolean NOT NULL DEFAULT false,
  ADD COLUMN is_metered boolean NOT NULL DEFAULT false;
UPDATE grants SET is_metered = true WHERE quota_octets IS NOT NULL AND revoked_at IS NULL AND ends_at > now();
ALTER TABLE sessions ADD COLUMN is_metered boolean NOT NULL DEFAULT false;

-- What staff put on a guest's account of a plan. Consumption stands nowhere: it is what its sessions have counted.
CREATE TABLE balance_entries (
  merchant_id text NOT NULL,
  id text NOT NULL,
  guest_id text NOT NULL,
  plan_id text NOT NULL,
  seconds bigint NOT NULL DEFAULT 0,
  octets numeric(20,0) NOT NULL DEFAULT 0,
  seconds_after bigint,
  octets_after numeric(20,0),
  reason text NOT NULL,
  actor jsonb NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, guest_id) REFERENCES guests (merchant_id, id),
  FOREIGN KEY (merchant_id, plan_id) REFERENCES plans (merchant_id, id)
);
CREATE INDEX balance_entries_guest ON balance_entries (merchant_id, guest_id, plan_id, at);

-- One row a crossing of the notice threshold: between one top-up and the next there is one at most.
CREATE TABLE balance_notices (
  merchant_id text NOT NULL,
  entry_id text NOT NULL,
  session_id text NOT NULL,
  message_id text,
  at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, entry_id),
  FOREIGN KEY (merchant_id, entry_id) REFERENCES balance_entries (merchant_id, id)
);

-- Devices that were let in a moment ago and whose Accounting-Start is still on its way.
CREATE TABLE device_slots (
  merchant_id text NOT NULL,
  guest_id text NOT NULL,
  mac text NOT NULL,
  taken_at timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, guest_id, mac),
  FOREIGN KEY (merchant_id, guest_id) REFERENCES guests (merchant_id, id)
);

-- Opening hours are [{ "day": 1…7, "from": "09:30", "to": "22:00" }], Monday is 1; `to` not after `from` is the next day.
CREATE FUNCTION opening_spans(hours jsonb, zone text, at timestamptz)
  RETURNS TABLE (opens timestamptz, closes timestamptz) LANGUAGE sql STABLE AS $$
  SELECT (d.day + (h->>'from')::interval) AT TIME ZONE zone,
         (d.day + (h->>'to')::interval + CASE WHEN h->>'to' <= h->>'from' THEN interval '1 day' ELSE interval '0' END)
           AT TIME ZONE zone
    FROM generate_series(-1, 8) AS n
    CROSS JOIN LATERAL (SELECT (at AT TIME ZONE zone)::date + n AS day) AS d
    CROSS JOIN LATERAL jsonb_array_elements(hours) AS h
    WHERE extract(isodow FROM d.day) = (h->>'day')::int
$$;

-- When it closes; 'infinity' without hours; null while it is closed. Spans that touch are one.
CREATE FUNCTION closes_at(hours jsonb, zone text, at timestamptz) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
  until timestamptz := at;
  further timestamptz;
BEGIN
  IF hours IS NULL THEN RETURN 'infinity'; END IF;
  LOOP
    SELECT max(s.closes) INTO further FROM opening_spans(hours, zone, at) s WHERE s.opens <= until AND s.closes > until;
    IF further IS NULL THEN RETURN nullif(until, at); END IF;
    until := further;
  END LOOP;
END
$$;

CREATE FUNCTION opens_at(hours jsonb, zone text, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT min(s.opens) FROM opening_spans(hours, zone, at) s WHERE s.opens > at
$$;

-- What the sessions of a guest under one plan have used within a span: running totals of the NAS, each counted once
-- however often and in whatever order it was told. A session that reaches over the edge counts for its share of time.
-- One that named no grant counts too: else a NAS that does not give Class back would have no quota.
CREATE FUNCTION used_between(p_merchant text, p_guest text, p_plan text, p_from timestamptz, p_until timestamptz,
  OUT seconds bigint, OUT octets numeric) LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(s.session_time_seconds * share.part), 0)::bigint,
         coalesce(sum(ceil((s.input_octets + s.output_octets) * share.part)), 0)
    FROM sessions s
    LEFT JOIN grants g ON g.merchant_id = s.merchant_id AND g.id = s.grant_id
    CROSS JOIN LATERAL (
      SELECT CASE WHEN s.started_at >= p_from THEN 1::numeric
        ELSE greatest(0, least(1, 1 - extract(epoch FROM p_from - s.started_at) / greatest(1, s.session_time_seconds))) END
        AS part) AS share
    WHERE s.merchant_id = p_merchant AND s.guest_id = p_guest
      AND s.started_at < p_until AND s.started_at > p_from - interval '8 days' AND s.updated_at > p_from
      AND (s.grant_id IS NULL OR g.plan_id = p_plan)
$$;

-- What is left on a guest's account of a plan; null seconds or octets where none were ever put on it. A plan that was
-- topped up with minutes alone has no limit of volume, and the other way round.
CREATE FUNCTION balance_left(p_merchant text, p_guest text, p_plan text,
  OUT seconds bigint, OUT octets numeric) LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN e.has_seconds THEN e.seconds - u.seconds END, CASE WHEN e.has_octets THEN e.octets - u.octets END
    FROM (SELECT coalesce(sum(b.seconds), 0)::bigint AS seconds, coalesce(sum(b.octets), 0) AS octets,
            coalesce(bool_or(b.seconds <> 0), false) AS has_seconds, coalesce(bool_or(b.octets <> 0), false) AS has_octets
          FROM balance_entries b WHERE b.merchant_id = p_merchant AND b.guest_id = p_guest AND b.plan_id = p_plan) AS e
    CROSS JOIN (SELECT coalesce(sum(s.session_time_seconds), 0)::bigint AS seconds,
            coalesce(sum(s.input_octets + s.output_octets), 0) AS octets
          FROM grants g JOIN sessions s ON s.merchant_id = g.merchant_id AND s.grant_id = g.id
          WHERE g.merchant_id = p_merchant AND g.guest_id = p_guest AND g.plan_id = p_plan AND g.is_prepaid) AS u
$$;

-- What a grant has left now, in the one place that reckons it: admission, cut-off, splash and RFC 8908 all ask here.
-- why: empty, or the first thing that is used up; resumes_at: when that is so no more, where we can know.
CREATE FUNCTION meter_grant(p_merchant text, p_grant text, p_now timestamptz,
  OUT why text, OUT seconds_left bigint, OUT octets_left numeric, OUT resumes_at timestamptz) LANGUAGE plpgsql STABLE AS $$
DECLARE
  g record;
  used record;
  here timestamp;
  edge timestamptz;
  closing timestamptz;
BEGIN
  SELECT r.*, t.time_zone, t.opening_hours AS site_hours INTO g
    FROM grants r JOIN sites t ON t.merchant_id = r.merchant_id AND t.id = r.site_id
    WHERE r.merchant_id = p_merchant AND r.id = p_grant;
  why := '';
  IF g.id IS NULL THEN RETURN; END IF;
  here := p_now AT TIME ZONE g.time_zone;

  closing := least(closes_at(g.site_hours, g.time_zone, p_now), closes_at(g.opening_hours, g.time_zone, p_now));
  IF closes_at(g.site_hours, g.time_zone, p_now) IS NULL OR closes_at(g.opening_hours, g.time_zone, p_now) IS NULL THEN
    why := 'closed';
    resumes_at := greatest(
      CASE WHEN closes_at(g.site_hours, g.time_zone, p_now) IS NULL THEN opens_at(g.site_hours, g.time_zone, p_now) END,
      CASE WHEN closes_at(g.opening_hours, g.time_zone, p_now) IS NULL THEN opens_at(g.opening_hours, g.time_zone, p_now) END);
    seconds_left := 0;
    RETURN;
  END IF;
  IF closing < 'infinity' THEN seconds_left := ceil(extract(epoch FROM closing - p_now)); END IF;

  IF g.quota_octets IS NOT NULL THEN
    SELECT g.quota_octets - coalesce(sum(s.input_octets + s.output_octets), 0) INTO octets_left
      FROM sessions s WHERE s.merchant_id = p_merchant AND s.grant_id = p_grant;
    IF octets_left <= 0 THEN why := 'volume'; END IF;
  END IF;

  IF g.monthly_seconds IS NOT NULL OR g.monthly_octets IS NOT NULL THEN
    edge := (date_trunc('month', here) + interval '1 month') AT TIME ZONE g.time_zone;
    used := used_between(p_merchant, g.guest_id, g.plan_id, date_trunc('month', here) AT TIME ZONE g.time_zone, edge);
    seconds_left := least(seconds_left, g.monthly_seconds - used.seconds, ceil(extract(epoch FROM edge - p_now)));
    octets_left := least(octets_left, g.monthly_octets - used.octets);
    IF g.monthly_seconds <= used.seconds THEN why := 'month-time'; resumes_at := edge; END IF;
    IF g.monthly_octets <= used.octets THEN why := 'month-volume'; resumes_at := edge; END IF;
  END IF;
  IF g.daily_seconds IS NOT NULL OR g.daily_octets IS NOT NULL THEN
    edge := (date_trunc('day', here) + interval '1 day') AT TIME ZONE g.time_zone;
    used := used_between(p_merchant, g.guest_id, g.plan_id, date_trunc('day', here) AT TIME ZONE g.time_zone, edge);
    seconds_left := least(seconds_left, g.daily_seconds - used.seconds, ceil(extract(epoch FROM edge - p_now)));
    octets_left := least(octets_left, g.daily_octets - used.octets);
    IF why = '' AND g.daily_seconds <= used.seconds THEN why := 'day-time'; resumes_at := edge; END IF;
    IF why = '' AND g.daily_octets <= used.octets THEN why := 'day-volume'; resumes_at := edge; END IF;
  END IF;
  IF resumes_at IS NOT NULL THEN
    -- The quota begins anew at midnight, but the shop may open later.
    closing := least(closes_at(g.site_hours, g.time_zone, resumes_at), closes_at(g.opening_hours, g.time_zone, resumes_at));
    resumes_at := greatest(resumes_at,
      CASE WHEN closes_at(g.site_hours, g.time_zone, resumes_at) IS NULL THEN opens_at(g.site_hours, g.time_zone, resumes_at) END,
      CASE WHEN closes_at(g.opening_hours, g.time_zone, resumes_at) IS NULL THEN opens_at(g.opening_hours, g.time_zone, resumes_at) END);
  END IF;

  IF g.is_prepaid THEN
    used := balance_left(p_merchant, g.guest_id, g.plan_id);
    seconds_left := least(seconds_left, used.seconds);
    octets_left := least(octets_left, used.octets);
    IF coalesce(least(used.seconds, used.octets), 0) <= 0 THEN why := 'balance'; resumes_at := NULL; END IF;
  END IF;
  IF seconds_left < 0 THEN seconds_left := 0; END IF;
  IF octets_left < 0 THEN octets_left := 0; END IF;
END
$$;

-- Takes one of the places for devices a guest may have online at once. The guest's row is the lock, so of twenty
-- requests in one moment as many get a place as there are, whichever process is asked.
CREATE FUNCTION take_device_slot(p_merchant text, p_guest text, p_mac text, p_max integer, p_now timestamptz)
  RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  others integer;
BEGIN
  PERFORM FROM guests WHERE merchant_id = p_merchant AND id = p_guest FOR NO KEY UPDATE;
  SELECT count(*) INTO others FROM (
    SELECT s.calling_station_id FROM sessions s
      WHERE s.merchant_id = p_merchant AND s.guest_id = p_guest AND s.stopped_at IS NULL
        AND s.started_at > p_now - interval '31 days' AND s.calling_station_id <> p_mac
    UNION
    SELECT d.mac FROM device_slots d
      WHERE d.merchant_id = p_merchant AND d.guest_id = p_guest AND d.mac <> p_mac AND d.taken_at > p_now - interval '60 seconds'
        AND NOT EXISTS (SELECT FROM sessions s WHERE s.merchant_id = p_merchant AND s.guest_id = p_guest
          AND s.started_at > d.taken_at - interval '60 seconds' AND s.calling_station_id = d.mac AND s.stopped_at >= d.taken_at)
    ) AS online;
  IF others >= p_max THEN RETURN false; END IF;
  INSERT INTO device_slots AS d (merchant_id, guest_id, mac, taken_at) VALUES (p_merchant, p_guest, p_mac, p_now)
    ON CONFLICT (merchant_id, guest_id, mac) DO UPDATE SET taken_at = greatest(d.taken_at, excluded.taken_at);
  DELETE FROM device_slots WHERE merchant_id = p_merchant AND guest_id = p_guest AND taken_at < p_now - interval '1 hour';
  RETURN true;
END
$$;
