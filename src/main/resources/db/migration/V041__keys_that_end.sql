-- Keys are told when they were used last (within an hour), may end, and are changed for another without a gap.
ALTER TABLE api_key
  ADD COLUMN last_used_at timestamptz,
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN previous_sha256 bytea,
  ADD COLUMN previous_expires_at timestamptz,
  ADD CONSTRAINT api_key_previous CHECK ((previous_sha256 IS NULL) = (previous_expires_at IS NULL));
CREATE UNIQUE INDEX api_key_previous_sha256 ON api_key (previous_sha256) WHERE previous_sha256 IS NOT NULL;
COMMENT ON COLUMN api_key.previous_sha256 IS 'the secret before the last rotation, until previous_expires_at';
