-- A guest's newest word on offers, kept by the database from the append-only consents, so that lists can be filtered by it.
ALTER TABLE guests ADD COLUMN offers text NOT NULL DEFAULT 'none';

CREATE FUNCTION note_consents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE guests g SET offers = f.action
    FROM (SELECT n.merchant_id, n.guest_id, (
            SELECT c.action FROM consents c
              WHERE c.merchant_id = n.merchant_id AND c.guest_id = n.guest_id AND c.purpose = 'marketing'
              ORDER BY c.at DESC, c.id DESC LIMIT 1) AS action
          FROM (SELECT DISTINCT merchant_id, guest_id FROM news WHERE purpose = 'marketing') n) f
    WHERE g.merchant_id = f.merchant_id AND g.id = f.guest_id AND g.offers <> f.action;
  RETURN NULL;
END
$$;
CREATE TRIGGER note_new_consents AFTER INSERT ON consents
  REFERENCING NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION note_consents();
UPDATE guests g SET offers = coalesce((
  SELECT c.action FROM consents c WHERE c.merchant_id = g.merchant_id AND c.guest_id = g.id AND c.purpose = 'marketing'
    ORDER BY c.at DESC, c.id DESC LIMIT 1), 'none');
DROP INDEX consents_marketing;

-- How many guests there are, without reading them.
CREATE INDEX guests_present ON guests (merchant_id) WHERE erased_at IS NULL;
