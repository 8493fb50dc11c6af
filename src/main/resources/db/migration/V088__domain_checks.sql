-- A domain that was proved by DNS is looked up again; a lost TXT record ends the proof after a grace period.
ALTER TABLE catch_all ADD COLUMN checked_at timestamptz, ADD COLUMN missing_since timestamptz;
COMMENT ON COLUMN catch_all.checked_at IS 'when its TXT record was last looked up again; null: not since it was proved';
COMMENT ON COLUMN catch_all.missing_since IS 'when the TXT record was first found missing; null: it is there';
CREATE INDEX catch_all_checked ON catch_all (checked_at NULLS FIRST) WHERE proof = 'dns';
