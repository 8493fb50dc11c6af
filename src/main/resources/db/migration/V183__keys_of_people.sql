-- Who made a key. A key that a person made, itself or by a key, ends with the person. Additive: the way back is to drop
-- the columns and the table. None of the columns refers to a row that must exist: makers may be gone.
ALTER TABLE api_key ADD COLUMN made_by_key uuid;
ALTER TABLE api_key ADD COLUMN made_by_person uuid;
ALTER TABLE permission_key ADD COLUMN made_by_person uuid;
COMMENT ON COLUMN api_key.made_by_key IS 'the key that made it; null: a person, a setting, or an earlier version';
COMMENT ON COLUMN api_key.made_by_person IS 'who made it, or the key that made it; null: a setting, or an earlier version';
COMMENT ON COLUMN permission_key.made_by_person IS 'who made it, or the key that made it';
CREATE INDEX api_key_person ON api_key (made_by_person) WHERE made_by_person IS NOT NULL;
CREATE INDEX permission_key_person ON permission_key (made_by_person) WHERE made_by_person IS NOT NULL;

CREATE OR REPLACE VIEW issued_key AS
  SELECT id, name, role, NULL::text[] AS permissions, organization, NULL::uuid AS role_key, NULL::uuid AS parent,
    key_sha256, created_at, last_used_at, expires_at, previous_sha256, previous_expires_at,
    NULL::uuid[] AS agents, NULL::uuid[] AS accounts, NULL::text[] AS bound_permissions, requests_per_minute,
    made_by_key, made_by_person
  FROM api_key
  UNION ALL
  SELECT id, name, NULL, permissions, organization, role_key, parent,
    key_sha256, created_at, last_used_at, expires_at, previous_sha256, previous_expires_at,
    agents, accounts, bound_permissions, requests_per_minute, NULL::uuid, made_by_person
  FROM permission_key;

-- Keys that were deleted, without name or secret: who counts as one of two approvals does not change when a key goes.
CREATE TABLE ended_key (
  id             uuid PRIMARY KEY,
  role_key       uuid,
  parent         uuid,
  made_by_key    uuid,
  made_by_person uuid,
  ended_at       timestamptz NOT NULL
);
CREATE INDEX ended_key_ended ON ended_key (ended_at);

ALTER TABLE outbound_review_decision ADD COLUMN parties text[];
COMMENT ON COLUMN outbound_review_decision.parties
  IS 'whom it counts for when two must approve: two decisions with a common word are of one; null: an earlier version';

-- Counts what ends all sessions of a person: a session of a login that was checked before such a change is void.
ALTER TABLE person ADD COLUMN login_version int NOT NULL DEFAULT 0;
ALTER TABLE console_session ADD COLUMN login_version int;
COMMENT ON COLUMN console_session.login_version IS 'of its person; null: the login of the settings, or an earlier version';
