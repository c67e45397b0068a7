-- The address a guest's browser came from: tells the captive-portal API (RFC 8908) whom it is talking to.
alter table arrivals add column peer_ip text;
create index arrivals_peer on arrivals (merchant_id, site_id, peer_ip, seen_at desc);
