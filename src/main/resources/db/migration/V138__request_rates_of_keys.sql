-- How many requests a key may make in a minute.
ALTER TABLE api_key ADD COLUMN requests_per_minute integer
  CONSTRAINT api_key_requests_per_minute CHECK (requests_per_minute BETWEEN 1 AND 1000000);
ALTER TABLE permission_key ADD COLUMN requests_per_minute integer
  CONSTRAINT permission_key_requests_per_minute CHECK (requests_per_minute BETWEEN 1 AND 1000000);
COMMENT ON COLUMN api_key.requests_per_minute IS 'null: the limit of the settings';
COMMENT ON COLUMN permission_key.requests_per_minute IS 'null: the limit of the settings';

CREATE OR REPLACE VIEW issued_key AS
  SELECT id, name, role, NULL::text[] AS permissions, organization, NULL::uuid AS role_key, NULL::uuid AS parent,
    key_sha256, created_at, last_used_at, expires_at, previous_sha256, previous_expires_at,
    NULL::uuid[] AS agents, NULL::uuid[] AS accounts, NULL::text[] AS bound_permissions, requests_per_minute
  FROM api_key
  UNION ALL
  SELECT id, name, NULL, permissions, organization, role_key, parent,
    key_sha256, created_at, last_used_at, expires_at, previous_sha256, previous_expires_at,
    agents, accounts, bound_permissions, requests_per_minute
  FROM permission_key;
