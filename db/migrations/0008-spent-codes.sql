-- Codes of second factors that were used: each is good once (RFC 6238 §5.2).
CREATE TABLE spent_codes (
  code_hash text PRIMARY KEY,
  at timestamptz NOT NULL
);
