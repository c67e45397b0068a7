-- Staff join by invitation; who is not there yet has no account.
ALTER TABLE staff ALTER COLUMN account_id DROP NOT NULL;
ALTER TABLE staff ADD COLUMN last_seen_at timestamptz;
CREATE UNIQUE INDEX staff_email ON staff (merchant_id, lower(email));

CREATE TABLE invitations (
  merchant_id text NOT NULL,
  id text NOT NULL,
  staff_id text NOT NULL,
  code_hash text NOT NULL,
  expires_at timestamptz NOT NULL,
  taken_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT invitations_merchant_id_id_pk PRIMARY KEY (merchant_id, id),
  CONSTRAINT invitations_staff_fk FOREIGN KEY (merchant_id, staff_id) REFERENCES staff (merchant_id, id)
);
CREATE UNIQUE INDEX invitations_code ON invitations (code_hash);
CREATE INDEX invitations_staff ON invitations (merchant_id, staff_id);

-- The merchant a session works for. Not called merchant_id: accounts belong to no tenant.
ALTER TABLE auth_sessions ADD COLUMN works_for text;

-- Wrong second factors in a row, kept by the sign-in library.
ALTER TABLE auth_two_factors ADD COLUMN failed_verification_count integer DEFAULT 0;
ALTER TABLE auth_two_factors ADD COLUMN locked_until timestamptz;

-- Wrong passwords in a row, by address typed; holds for addresses that have no account too, so it gives none away.
CREATE TABLE sign_in_tries (
  email_hash text PRIMARY KEY,
  tries integer NOT NULL,
  last_at timestamptz NOT NULL,
  locked_until timestamptz
);
