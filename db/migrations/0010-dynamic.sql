-- RadSec (RFC 6614): which certificate a gateway shows, by fingerprint or by a name in it. Several gateways of one
-- merchant may stand behind one certificate (a proxy) and are told apart by NAS-Identifier.
ALTER TABLE nas ADD COLUMN tls_identity text;
CREATE INDEX nas_tls_identity ON nas (tls_identity) WHERE tls_identity IS NOT NULL;

-- What the gateway said to the last change of a running session's limits (CoA, RFC 5176).
ALTER TABLE sessions ADD COLUMN limits_change jsonb;
