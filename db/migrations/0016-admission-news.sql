-- What changed in the rights of devices that come back, by the transaction that changed it. The RADIUS server answers such
-- a device from memory, but asks here first, with every batch of requests, for what its last look (a snapshot) could not
-- see yet: so its answers are as fresh as if the grants had been read. No row is shared, so nobody waits for anybody.
CREATE TABLE admission_news (
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  -- Both null: of any device.
  site_id text,
  mac text
);
CREATE INDEX admission_news_xid ON admission_news (xid);

CREATE FUNCTION note_admission() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO admission_news (site_id, mac) VALUES (NEW.site_id, NEW.mac);
  ELSE
    INSERT INTO admission_news (site_id, mac) VALUES (OLD.site_id, OLD.mac);
    IF TG_OP = 'UPDATE' AND (OLD.site_id, OLD.mac) IS DISTINCT FROM (NEW.site_id, NEW.mac) THEN
      INSERT INTO admission_news (site_id, mac) VALUES (NEW.site_id, NEW.mac);
    END IF;
  END IF;
  RETURN NULL;
END
$$;
CREATE FUNCTION note_all_admissions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  INSERT INTO admission_news DEFAULT VALUES;
  RETURN NULL;
END
$$;

CREATE TRIGGER note_made_admission AFTER INSERT ON grants
  FOR EACH ROW WHEN (NEW.admits = 'mac') EXECUTE FUNCTION note_admission();
-- Every column but bound_nas_id, bound_mac and bound_at: those are of credentials, which are never answered from memory.
CREATE TRIGGER note_changed_admission AFTER UPDATE OF merchant_id, id, guest_id, device_id, site_id, nas_id, mac, admits, method,
    plan_id, credential_user_name, credential_expires_at, starts_at, ends_at, revoked_at, session_timeout_seconds,
    idle_timeout_seconds, bandwidth_up_bps, bandwidth_down_bps, quota_octets, devices_max, created_at, came_at, daily_seconds,
    daily_octets, monthly_seconds, monthly_octets, opening_hours, is_prepaid, is_metered, is_crowded ON grants
  FOR EACH ROW WHEN (OLD.admits = 'mac' OR NEW.admits = 'mac') EXECUTE FUNCTION note_admission();
CREATE TRIGGER note_lost_admission AFTER DELETE ON grants
  FOR EACH ROW WHEN (OLD.admits = 'mac') EXECUTE FUNCTION note_admission();
CREATE TRIGGER note_emptied_admissions AFTER TRUNCATE ON grants EXECUTE FUNCTION note_all_admissions();
-- A guest is rarely blocked: then every device is read anew, once.
CREATE TRIGGER note_blocked_guest AFTER UPDATE OF blocked_at ON guests
  FOR EACH ROW WHEN (OLD.blocked_at IS DISTINCT FROM NEW.blocked_at) EXECUTE FUNCTION note_all_admissions();
