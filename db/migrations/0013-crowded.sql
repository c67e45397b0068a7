-- is_crowded: its guest has more devices than may be online at once, so a place has to be taken. Known when a device
-- is claimed, so that nobody else pays for looking at each request. Opening hours of a site make its grants metered.
ALTER TABLE grants ADD COLUMN is_crowded boolean NOT NULL DEFAULT false;
UPDATE grants g SET is_crowded = true WHERE g.revoked_at IS NULL AND g.ends_at > now()
  AND (SELECT count(*) FROM devices d WHERE d.merchant_id = g.merchant_id AND d.guest_id = g.guest_id) > g.devices_max;
UPDATE grants g SET is_metered = true FROM sites s WHERE s.merchant_id = g.merchant_id AND s.id = g.site_id
  AND s.opening_hours IS NOT NULL AND g.revoked_at IS NULL AND g.ends_at > now();
