-- Each audit row carries the hash of the one before it, per merchant. The head row is the lock, so links never fork.

CREATE FUNCTION audit_hash(prev text, merchant text, seq bigint, at timestamptz, actor jsonb, action text, subject text, detail jsonb)
RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(
    concat_ws(E'\n', prev, merchant, seq::text, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
              actor::text, action, subject, detail::text), 'UTF8')), 'hex')
$$;

CREATE FUNCTION audit_append(p_merchant text, p_at timestamptz, p_actor jsonb, p_action text, p_subject text, p_detail jsonb)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  head audit_heads%ROWTYPE;
  next_hash text;
BEGIN
  INSERT INTO audit_heads (merchant_id, seq, hash) VALUES (p_merchant, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
  SELECT * INTO head FROM audit_heads WHERE merchant_id = p_merchant FOR UPDATE;
  next_hash := audit_hash(head.hash, p_merchant, head.seq + 1, p_at, p_actor, p_action, p_subject, p_detail);
  INSERT INTO audit (merchant_id, seq, at, actor, action, subject, detail, prev_hash, hash)
    VALUES (p_merchant, head.seq + 1, p_at, p_actor, p_action, p_subject, p_detail, head.hash, next_hash);
  UPDATE audit_heads SET seq = head.seq + 1, hash = next_hash WHERE merchant_id = p_merchant;
  RETURN head.seq + 1;
END
$$;
