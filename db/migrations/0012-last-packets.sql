-- The last packet of each gateway as the panel shows it: names and values, secrets and persons masked before they come here.
CREATE TABLE nas_last_packets (
  merchant_id text NOT NULL,
  nas_id text NOT NULL,
  at timestamptz NOT NULL,
  packet jsonb NOT NULL,
  PRIMARY KEY (merchant_id, nas_id),
  FOREIGN KEY (merchant_id, nas_id) REFERENCES nas (merchant_id, id)
);
