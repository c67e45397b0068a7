-- The ledger: one table a noun. `merchant_id` leads every tenant key (row-level security, sharding by merchant).

CREATE TABLE arrivals (
  merchant_id text NOT NULL,
  id text NOT NULL,
  site_id text NOT NULL,
  nas_id text NOT NULL,
  mac text NOT NULL,
  ip text,
  ssid text,
  wanted_url text,
  trust text NOT NULL,
  handle jsonb NOT NULL,
  step text DEFAULT 'splash' NOT NULL,
  locale text,
  phone_sealed text,
  terms_accepted boolean DEFAULT false NOT NULL,
  marketing_accepted boolean DEFAULT false NOT NULL,
  code_id text,
  grant_id text,
  release_tries integer DEFAULT 0 NOT NULL,
  first_seen_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  CONSTRAINT arrivals_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE code_sends (
  merchant_id text NOT NULL,
  id text NOT NULL,
  code_id text NOT NULL,
  site_id text NOT NULL,
  nas_id text NOT NULL,
  mac text NOT NULL,
  phone_index bytea NOT NULL,
  prefix_index bytea NOT NULL,
  segments integer DEFAULT 1 NOT NULL,
  at timestamptz NOT NULL,
  CONSTRAINT code_sends_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE code_tries (
  merchant_id text NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY (sequence name code_tries_seq_seq INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
  phone_index bytea NOT NULL,
  was_right boolean NOT NULL,
  at timestamptz NOT NULL,
  CONSTRAINT code_tries_merchant_id_seq_pk PRIMARY KEY(merchant_id,seq)
);

CREATE TABLE codes (
  merchant_id text NOT NULL,
  id text NOT NULL,
  arrival_id text NOT NULL,
  site_id text NOT NULL,
  nas_id text NOT NULL,
  mac text NOT NULL,
  phone_sealed text NOT NULL,
  phone_index bytea NOT NULL,
  prefix_index bytea NOT NULL,
  code_hash bytea NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  sends integer DEFAULT 0 NOT NULL,
  last_sent_at timestamptz,
  expires_at timestamptz NOT NULL,
  consumed_at timestamptz,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT codes_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE audit (
  merchant_id text NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL,
  actor jsonb NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL,
  prev_hash text NOT NULL,
  hash text NOT NULL,
  CONSTRAINT audit_merchant_id_seq_pk PRIMARY KEY(merchant_id,seq)
);

CREATE TABLE audit_heads (
  merchant_id text PRIMARY KEY NOT NULL,
  seq bigint NOT NULL,
  hash text NOT NULL
);

CREATE TABLE auth_users (
  id text PRIMARY KEY NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  email_verified boolean DEFAULT false NOT NULL,
  image text,
  two_factor_enabled boolean DEFAULT false,
  created_at timestamptz DEFAULT now() NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT auth_users_email_unique UNIQUE(email)
);

CREATE TABLE auth_credentials (
  id text PRIMARY KEY NOT NULL,
  account_id text NOT NULL,
  provider_id text NOT NULL,
  user_id text NOT NULL,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz DEFAULT now() NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE auth_rate_limits (
  id text PRIMARY KEY NOT NULL,
  key text NOT NULL,
  count integer NOT NULL,
  last_request bigint NOT NULL,
  CONSTRAINT auth_rate_limits_key_unique UNIQUE(key)
);

CREATE TABLE auth_sessions (
  id text PRIMARY KEY NOT NULL,
  expires_at timestamptz NOT NULL,
  token text NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  updated_at timestamptz NOT NULL,
  ip_address text,
  user_agent text,
  user_id text NOT NULL,
  CONSTRAINT auth_sessions_token_unique UNIQUE(token)
);

CREATE TABLE auth_two_factors (
  id text PRIMARY KEY NOT NULL,
  secret text NOT NULL,
  backup_codes text NOT NULL,
  verified boolean DEFAULT true,
  user_id text NOT NULL
);

CREATE TABLE auth_verifications (
  id text PRIMARY KEY NOT NULL,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE consent_texts (
  merchant_id text NOT NULL,
  id text NOT NULL,
  purpose text NOT NULL,
  locale text NOT NULL,
  version integer NOT NULL,
  label text NOT NULL,
  text text NOT NULL,
  hash text NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT consent_texts_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE consents (
  merchant_id text NOT NULL,
  id text NOT NULL,
  guest_id text NOT NULL,
  purpose text NOT NULL,
  action text NOT NULL,
  text_id text NOT NULL,
  text_version integer NOT NULL,
  text_hash text NOT NULL,
  locale text NOT NULL,
  surface text NOT NULL,
  site_id text,
  mac text,
  ip text,
  actor jsonb NOT NULL,
  at timestamptz NOT NULL,
  CONSTRAINT consents_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE accounting_log (
  merchant_id text NOT NULL,
  id text NOT NULL,
  nas_id text NOT NULL,
  received_at timestamptz NOT NULL,
  packet text NOT NULL,
  CONSTRAINT accounting_log_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE grants (
  merchant_id text NOT NULL,
  id text NOT NULL,
  guest_id text NOT NULL,
  device_id text NOT NULL,
  site_id text NOT NULL,
  nas_id text,
  mac text NOT NULL,
  admits text NOT NULL,
  method text NOT NULL,
  plan_id text NOT NULL,
  credential_user_name text,
  credential_expires_at timestamptz,
  bound_nas_id text,
  bound_mac text,
  bound_at timestamptz,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  revoked_at timestamptz,
  session_timeout_seconds integer,
  idle_timeout_seconds integer,
  bandwidth_up_bps integer,
  bandwidth_down_bps integer,
  quota_octets numeric(20,0),
  devices_max integer,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT grants_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE sessions (
  merchant_id text NOT NULL,
  id text NOT NULL,
  site_id text NOT NULL,
  nas_id text NOT NULL,
  acct_session_id text NOT NULL,
  calling_station_id text NOT NULL,
  called_station_id text,
  acct_multi_session_id text,
  user_name text,
  class text,
  framed_ip_address text,
  guest_id text,
  device_id text,
  grant_id text,
  visit_id text,
  started_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  stopped_at timestamptz,
  session_time_seconds integer DEFAULT 0 NOT NULL,
  input_octets numeric(20,0) DEFAULT 0 NOT NULL,
  output_octets numeric(20,0) DEFAULT 0 NOT NULL,
  input_packets numeric(20,0) DEFAULT 0 NOT NULL,
  output_packets numeric(20,0) DEFAULT 0 NOT NULL,
  terminate_cause text,
  is_stale boolean DEFAULT false NOT NULL,
  marks jsonb DEFAULT '[]'::jsonb NOT NULL,
  disconnect jsonb,
  CONSTRAINT sessions_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE visits (
  merchant_id text NOT NULL,
  id text NOT NULL,
  guest_id text NOT NULL,
  site_id text NOT NULL,
  nth integer NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz NOT NULL,
  CONSTRAINT visits_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE devices (
  merchant_id text NOT NULL,
  id text NOT NULL,
  guest_id text NOT NULL,
  mac text NOT NULL,
  is_randomised boolean NOT NULL,
  label text,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  forgotten_at timestamptz,
  CONSTRAINT devices_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE guest_fields (
  merchant_id text NOT NULL,
  id text NOT NULL,
  guest_id text NOT NULL,
  field text NOT NULL,
  value text,
  source text NOT NULL,
  actor jsonb NOT NULL,
  at timestamptz NOT NULL,
  CONSTRAINT guest_fields_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE guests (
  merchant_id text NOT NULL,
  id text NOT NULL,
  name text,
  locale text,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  visit_count integer DEFAULT 0 NOT NULL,
  first_site_id text,
  blocked_at timestamptz,
  erased_at timestamptz,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT guests_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE identities (
  merchant_id text NOT NULL,
  id text NOT NULL,
  guest_id text NOT NULL,
  kind text NOT NULL,
  value_sealed text NOT NULL,
  value_index bytea NOT NULL,
  last_four_index bytea,
  country text,
  source text NOT NULL,
  verified_at timestamptz,
  wrong_at timestamptz,
  wrong_reason text,
  is_primary boolean DEFAULT true NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT identities_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE interactions (
  merchant_id text NOT NULL,
  id text NOT NULL,
  guest_id text NOT NULL,
  site_id text,
  kind text NOT NULL,
  text text NOT NULL,
  staff_id text,
  staff_name text,
  corrects_id text,
  at timestamptz NOT NULL,
  CONSTRAINT interactions_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE merchants (
  id text PRIMARY KEY NOT NULL,
  name text NOT NULL,
  country text DEFAULT 'CN' NOT NULL,
  locale text DEFAULT 'zh-CN' NOT NULL,
  settings jsonb DEFAULT '{}'::jsonb NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL
);

CREATE TABLE messages (
  merchant_id text NOT NULL,
  id text NOT NULL,
  guest_id text,
  site_id text,
  channel text NOT NULL,
  kind text NOT NULL,
  to_sealed text NOT NULL,
  to_index bytea NOT NULL,
  last_four_index bytea,
  text_sealed text NOT NULL,
  segments integer DEFAULT 1 NOT NULL,
  state text DEFAULT 'queued' NOT NULL,
  provider text,
  provider_message_id text,
  problem text,
  code_id text,
  created_at timestamptz DEFAULT now() NOT NULL,
  sent_at timestamptz,
  delivered_at timestamptz,
  CONSTRAINT messages_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE nas (
  merchant_id text NOT NULL,
  id text NOT NULL,
  site_id text NOT NULL,
  name text NOT NULL,
  gateway text NOT NULL,
  address text,
  nas_identifier text,
  secret_sealed text NOT NULL,
  former_secret_sealed text,
  former_secret_until timestamptz,
  portal_secret_sealed text,
  coa_port integer DEFAULT 3799 NOT NULL,
  message_authenticator text DEFAULT 'auto' NOT NULL,
  message_authenticator_seen_at timestamptz,
  mac_auth boolean DEFAULT true NOT NULL,
  acct_interim_interval_seconds integer DEFAULT 600 NOT NULL,
  last_seen_at timestamptz,
  last_auth_at timestamptz,
  last_acct_at timestamptz,
  removed_at timestamptz,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT nas_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE nas_problems (
  merchant_id text NOT NULL,
  nas_id text NOT NULL,
  kind text NOT NULL,
  count bigint DEFAULT 0 NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  cleared_at timestamptz,
  CONSTRAINT nas_problems_merchant_id_nas_id_kind_pk PRIMARY KEY(merchant_id,nas_id,kind)
);

CREATE TABLE unknown_nas (
  id text PRIMARY KEY NOT NULL,
  address text NOT NULL,
  nas_identifier text DEFAULT '' NOT NULL,
  count bigint DEFAULT 0 NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  ignored_at timestamptz
);

CREATE TABLE plans (
  merchant_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  session_timeout_seconds integer DEFAULT 7200,
  idle_timeout_seconds integer DEFAULT 1200,
  bandwidth_up_bps integer DEFAULT 10000000,
  bandwidth_down_bps integer DEFAULT 20000000,
  quota_octets numeric(20,0),
  devices_max integer DEFAULT 3,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT plans_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE sites (
  merchant_id text NOT NULL,
  id text NOT NULL,
  slug text NOT NULL,
  name text NOT NULL,
  subtitle text,
  time_zone text DEFAULT 'Asia/Shanghai' NOT NULL,
  locale text DEFAULT 'zh-CN' NOT NULL,
  country text DEFAULT 'CN' NOT NULL,
  ssid text,
  look jsonb DEFAULT '{"name":"ink"}'::jsonb NOT NULL,
  methods jsonb DEFAULT '["sms"]'::jsonb NOT NULL,
  plan_id text NOT NULL,
  remembered_plan_id text,
  remembered_days integer DEFAULT 90 NOT NULL,
  visit_gap_seconds integer DEFAULT 14400 NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT sites_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE api_keys (
  merchant_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  key_hash text NOT NULL,
  hint text NOT NULL,
  may_reveal boolean DEFAULT false NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT api_keys_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

CREATE TABLE setup_codes (
  code_hash text PRIMARY KEY NOT NULL,
  created_at timestamptz DEFAULT now() NOT NULL,
  used_at timestamptz,
  tries integer DEFAULT 0 NOT NULL
);

CREATE TABLE staff (
  merchant_id text NOT NULL,
  id text NOT NULL,
  account_id text NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  role text NOT NULL,
  site_ids jsonb,
  ended_at timestamptz,
  created_at timestamptz DEFAULT now() NOT NULL,
  CONSTRAINT staff_merchant_id_id_pk PRIMARY KEY(merchant_id,id)
);

ALTER TABLE arrivals ADD CONSTRAINT arrivals_merchant_id_site_id_sites_merchant_id_id_fk FOREIGN KEY (merchant_id,site_id) REFERENCES sites(merchant_id,id);
ALTER TABLE arrivals ADD CONSTRAINT arrivals_merchant_id_nas_id_nas_merchant_id_id_fk FOREIGN KEY (merchant_id,nas_id) REFERENCES nas(merchant_id,id);
ALTER TABLE codes ADD CONSTRAINT codes_merchant_id_site_id_sites_merchant_id_id_fk FOREIGN KEY (merchant_id,site_id) REFERENCES sites(merchant_id,id);
ALTER TABLE auth_credentials ADD CONSTRAINT auth_credentials_user_id_auth_users_id_fk FOREIGN KEY (user_id) REFERENCES auth_users(id) ON DELETE cascade ON UPDATE no action;
ALTER TABLE auth_sessions ADD CONSTRAINT auth_sessions_user_id_auth_users_id_fk FOREIGN KEY (user_id) REFERENCES auth_users(id) ON DELETE cascade ON UPDATE no action;
ALTER TABLE auth_two_factors ADD CONSTRAINT auth_two_factors_user_id_auth_users_id_fk FOREIGN KEY (user_id) REFERENCES auth_users(id) ON DELETE cascade ON UPDATE no action;
ALTER TABLE consent_texts ADD CONSTRAINT consent_texts_merchant_id_merchants_id_fk FOREIGN KEY (merchant_id) REFERENCES merchants(id);
ALTER TABLE consents ADD CONSTRAINT consents_merchant_id_guest_id_guests_merchant_id_id_fk FOREIGN KEY (merchant_id,guest_id) REFERENCES guests(merchant_id,id);
ALTER TABLE consents ADD CONSTRAINT consents_merchant_id_text_id_consent_texts_merchant_id_id_fk FOREIGN KEY (merchant_id,text_id) REFERENCES consent_texts(merchant_id,id);
ALTER TABLE grants ADD CONSTRAINT grants_merchant_id_guest_id_guests_merchant_id_id_fk FOREIGN KEY (merchant_id,guest_id) REFERENCES guests(merchant_id,id);
ALTER TABLE grants ADD CONSTRAINT grants_merchant_id_device_id_devices_merchant_id_id_fk FOREIGN KEY (merchant_id,device_id) REFERENCES devices(merchant_id,id);
ALTER TABLE grants ADD CONSTRAINT grants_merchant_id_site_id_sites_merchant_id_id_fk FOREIGN KEY (merchant_id,site_id) REFERENCES sites(merchant_id,id);
ALTER TABLE sessions ADD CONSTRAINT sessions_merchant_id_site_id_sites_merchant_id_id_fk FOREIGN KEY (merchant_id,site_id) REFERENCES sites(merchant_id,id);
ALTER TABLE visits ADD CONSTRAINT visits_merchant_id_guest_id_guests_merchant_id_id_fk FOREIGN KEY (merchant_id,guest_id) REFERENCES guests(merchant_id,id);
ALTER TABLE visits ADD CONSTRAINT visits_merchant_id_site_id_sites_merchant_id_id_fk FOREIGN KEY (merchant_id,site_id) REFERENCES sites(merchant_id,id);
ALTER TABLE devices ADD CONSTRAINT devices_merchant_id_guest_id_guests_merchant_id_id_fk FOREIGN KEY (merchant_id,guest_id) REFERENCES guests(merchant_id,id);
ALTER TABLE guest_fields ADD CONSTRAINT guest_fields_merchant_id_guest_id_guests_merchant_id_id_fk FOREIGN KEY (merchant_id,guest_id) REFERENCES guests(merchant_id,id);
ALTER TABLE guests ADD CONSTRAINT guests_merchant_id_merchants_id_fk FOREIGN KEY (merchant_id) REFERENCES merchants(id);
ALTER TABLE identities ADD CONSTRAINT identities_merchant_id_guest_id_guests_merchant_id_id_fk FOREIGN KEY (merchant_id,guest_id) REFERENCES guests(merchant_id,id);
ALTER TABLE interactions ADD CONSTRAINT interactions_merchant_id_guest_id_guests_merchant_id_id_fk FOREIGN KEY (merchant_id,guest_id) REFERENCES guests(merchant_id,id);
ALTER TABLE interactions ADD CONSTRAINT interactions_merchant_id_site_id_sites_merchant_id_id_fk FOREIGN KEY (merchant_id,site_id) REFERENCES sites(merchant_id,id);
ALTER TABLE messages ADD CONSTRAINT messages_merchant_id_merchants_id_fk FOREIGN KEY (merchant_id) REFERENCES merchants(id);
ALTER TABLE nas ADD CONSTRAINT nas_merchant_id_site_id_sites_merchant_id_id_fk FOREIGN KEY (merchant_id,site_id) REFERENCES sites(merchant_id,id);
ALTER TABLE nas_problems ADD CONSTRAINT nas_problems_merchant_id_nas_id_nas_merchant_id_id_fk FOREIGN KEY (merchant_id,nas_id) REFERENCES nas(merchant_id,id);
ALTER TABLE plans ADD CONSTRAINT plans_merchant_id_merchants_id_fk FOREIGN KEY (merchant_id) REFERENCES merchants(id);
ALTER TABLE sites ADD CONSTRAINT sites_merchant_id_merchants_id_fk FOREIGN KEY (merchant_id) REFERENCES merchants(id);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_merchant_id_merchants_id_fk FOREIGN KEY (merchant_id) REFERENCES merchants(id);
ALTER TABLE staff ADD CONSTRAINT staff_merchant_id_merchants_id_fk FOREIGN KEY (merchant_id) REFERENCES merchants(id);
CREATE UNIQUE INDEX arrivals_device ON arrivals (merchant_id,nas_id,mac);
CREATE INDEX arrivals_grant ON arrivals (merchant_id,grant_id);
CREATE UNIQUE INDEX arrivals_id ON arrivals (id);
CREATE INDEX code_sends_at ON code_sends (merchant_id,at);
CREATE INDEX code_sends_phone ON code_sends (merchant_id,phone_index,at);
CREATE INDEX code_sends_prefix ON code_sends (merchant_id,prefix_index,at);
CREATE INDEX code_sends_device ON code_sends (merchant_id,nas_id,mac,at);
CREATE INDEX code_tries_phone ON code_tries (merchant_id,phone_index,at);
CREATE INDEX codes_arrival ON codes (merchant_id,nas_id,mac,created_at DESC NULLS LAST);
CREATE INDEX codes_phone ON codes (merchant_id,phone_index,created_at DESC NULLS LAST);
CREATE INDEX auth_credentials_user ON auth_credentials (user_id);
CREATE INDEX auth_sessions_user ON auth_sessions (user_id);
CREATE INDEX auth_two_factors_user ON auth_two_factors (user_id);
CREATE INDEX auth_verifications_identifier ON auth_verifications (identifier);
CREATE UNIQUE INDEX consent_texts_version ON consent_texts (merchant_id,purpose,locale,version);
CREATE INDEX consents_guest ON consents (merchant_id,guest_id,purpose,at DESC NULLS LAST,id DESC NULLS LAST);
CREATE INDEX accounting_log_received ON accounting_log (merchant_id,received_at);
CREATE UNIQUE INDEX grants_credential ON grants (credential_user_name);
CREATE INDEX grants_mac ON grants (merchant_id,site_id,mac,ends_at DESC NULLS LAST);
CREATE INDEX grants_guest ON grants (merchant_id,guest_id,created_at DESC NULLS LAST);
CREATE UNIQUE INDEX sessions_key ON sessions (merchant_id,nas_id,acct_session_id,calling_station_id);
CREATE INDEX sessions_guest ON sessions (merchant_id,guest_id,started_at DESC NULLS LAST);
CREATE INDEX sessions_grant ON sessions (merchant_id,grant_id);
CREATE INDEX visits_guest ON visits (merchant_id,guest_id,site_id,ended_at DESC NULLS LAST);
CREATE INDEX visits_site ON visits (merchant_id,site_id,started_at);
CREATE INDEX visits_started ON visits (merchant_id,started_at);
CREATE UNIQUE INDEX devices_mac ON devices (merchant_id,mac);
CREATE INDEX devices_guest ON devices (merchant_id,guest_id);
CREATE INDEX guest_fields_guest ON guest_fields (merchant_id,guest_id,field,at DESC NULLS LAST);
CREATE INDEX guests_last_seen ON guests (merchant_id,last_seen_at DESC NULLS LAST,id);
CREATE INDEX guests_visits ON guests (merchant_id,visit_count DESC NULLS LAST,id);
CREATE INDEX guests_name ON guests (merchant_id,lower(name));
CREATE UNIQUE INDEX identities_value ON identities (merchant_id,kind,value_index);
CREATE INDEX identities_last_four ON identities (merchant_id,last_four_index);
CREATE INDEX identities_guest ON identities (merchant_id,guest_id);
CREATE INDEX interactions_guest ON interactions (merchant_id,guest_id,at DESC NULLS LAST);
CREATE INDEX messages_at ON messages (merchant_id,created_at DESC NULLS LAST,id DESC NULLS LAST);
CREATE INDEX messages_guest ON messages (merchant_id,guest_id,created_at DESC NULLS LAST);
CREATE INDEX messages_to ON messages (merchant_id,to_index,created_at DESC NULLS LAST);
CREATE UNIQUE INDEX messages_provider ON messages (provider,provider_message_id);
CREATE INDEX nas_address ON nas (address);
CREATE INDEX nas_identifier ON nas (nas_identifier);
CREATE UNIQUE INDEX unknown_nas_source ON unknown_nas (address,nas_identifier);
CREATE UNIQUE INDEX sites_slug ON sites (slug);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (key_hash);
CREATE UNIQUE INDEX staff_account ON staff (merchant_id,account_id);
CREATE INDEX staff_by_account ON staff (account_id);
