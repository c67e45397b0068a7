-- What lists of guests are filtered and sorted by, kept true by the database itself whoever writes.

-- One spelling of a name for searching: full and half width, upper and lower case are the same (ＬＩＮ = lin).
-- The collation decides what lower case is; plain "C" would only know A to Z.
DO $$
DECLARE
  chosen text := (SELECT collname FROM pg_collation WHERE collname IN ('pg_c_utf8', 'und-x-icu')
    ORDER BY collname = 'pg_c_utf8' DESC LIMIT 1);
BEGIN
  EXECUTE format('CREATE FUNCTION fold_name(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    lower(normalize(name, NFKC) COLLATE %I)', coalesce(chosen, 'default'));
END
$$;
ALTER TABLE guests ADD COLUMN name_folded text GENERATED ALWAYS AS (fold_name(name)) STORED;

-- A regular has come five times within 90 days. Until when that holds follows from the fifth-last visit alone.
ALTER TABLE guests ADD COLUMN regular_until timestamptz;
CREATE INDEX visits_guest_started ON visits (merchant_id, guest_id, started_at);

-- Where a guest has been or was let in: the scope of staff who work at some sites only.
CREATE TABLE guest_sites (
  merchant_id text NOT NULL,
  guest_id text NOT NULL,
  site_id text NOT NULL,
  last_seen_at timestamptz NOT NULL,
  CONSTRAINT guest_sites_merchant_id_guest_id_site_id_pk PRIMARY KEY (merchant_id, guest_id, site_id)
);
ALTER TABLE guest_sites ADD CONSTRAINT guest_sites_merchant_id_guest_id_guests_merchant_id_id_fk
  FOREIGN KEY (merchant_id, guest_id) REFERENCES guests (merchant_id, id);
ALTER TABLE guest_sites ADD CONSTRAINT guest_sites_merchant_id_site_id_sites_merchant_id_id_fk
  FOREIGN KEY (merchant_id, site_id) REFERENCES sites (merchant_id, id);
CREATE INDEX guest_sites_site ON guest_sites (merchant_id, site_id, guest_id);

CREATE FUNCTION note_visits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO guest_sites AS s (merchant_id, guest_id, site_id, last_seen_at)
    SELECT merchant_id, guest_id, site_id, max(ended_at) FROM news GROUP BY 1, 2, 3
    ON CONFLICT (merchant_id, guest_id, site_id) DO UPDATE
      SET last_seen_at = excluded.last_seen_at WHERE s.last_seen_at < excluded.last_seen_at;
  UPDATE guests g SET regular_until = f.until
    FROM (SELECT n.merchant_id, n.guest_id, (
            SELECT v.started_at + interval '2160 hours' FROM visits v
              WHERE v.merchant_id = n.merchant_id AND v.guest_id = n.guest_id
              ORDER BY v.started_at DESC OFFSET 4 LIMIT 1) AS until
          FROM (SELECT DISTINCT merchant_id, guest_id FROM news) n) f
    WHERE g.merchant_id = f.merchant_id AND g.id = f.guest_id AND g.regular_until IS DISTINCT FROM f.until;
  RETURN NULL;
END
$$;
CREATE TRIGGER note_new_visits AFTER INSERT ON visits
  REFERENCING NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION note_visits();
CREATE TRIGGER note_changed_visits AFTER UPDATE ON visits
  REFERENCING NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION note_visits();

CREATE FUNCTION note_grants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO guest_sites AS s (merchant_id, guest_id, site_id, last_seen_at)
    SELECT merchant_id, guest_id, site_id, max(created_at) FROM news GROUP BY 1, 2, 3
    ON CONFLICT (merchant_id, guest_id, site_id) DO UPDATE
      SET last_seen_at = excluded.last_seen_at WHERE s.last_seen_at < excluded.last_seen_at;
  RETURN NULL;
END
$$;
CREATE TRIGGER note_new_grants AFTER INSERT ON grants
  REFERENCING NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION note_grants();

INSERT INTO guest_sites (merchant_id, guest_id, site_id, last_seen_at)
  SELECT merchant_id, guest_id, site_id, max(at)
    FROM (SELECT merchant_id, guest_id, site_id, ended_at AS at FROM visits
          UNION ALL SELECT merchant_id, guest_id, site_id, created_at FROM grants) was
    GROUP BY 1, 2, 3;
UPDATE guests g SET regular_until = (
  SELECT v.started_at + interval '2160 hours' FROM visits v
    WHERE v.merchant_id = g.merchant_id AND v.guest_id = g.id ORDER BY v.started_at DESC OFFSET 4 LIMIT 1);

-- When a guest stood before the splash this time, and with which coming a grant was got: the begin of 'time to online'.
ALTER TABLE arrivals ADD COLUMN came_at timestamptz;
ALTER TABLE grants ADD COLUMN came_at timestamptz;
CREATE INDEX grants_created ON grants (merchant_id, created_at);

-- Pages of lists are cut by (sort key, id), read in either direction.
DROP INDEX guests_last_seen;
DROP INDEX guests_visits;
DROP INDEX guests_name;
CREATE INDEX guests_last_seen ON guests (merchant_id, last_seen_at, id);
CREATE INDEX guests_first_seen ON guests (merchant_id, first_seen_at, id);
CREATE INDEX guests_visits ON guests (merchant_id, visit_count, id);
CREATE INDEX guests_name ON guests (merchant_id, name_folded, id);
CREATE INDEX consents_marketing ON consents (merchant_id, guest_id, at, id) INCLUDE (action) WHERE purpose = 'marketing';
CREATE INDEX sessions_open_guest ON sessions (merchant_id, guest_id) WHERE stopped_at IS NULL;
CREATE INDEX interactions_complaint ON interactions (merchant_id, at) WHERE kind = 'complaint';
CREATE INDEX guest_fields_birthday ON guest_fields (merchant_id, guest_id, at) WHERE field = 'birthday';
CREATE INDEX messages_last_four ON messages (merchant_id, last_four_index, created_at);
CREATE INDEX audit_subject ON audit (merchant_id, subject, at);
