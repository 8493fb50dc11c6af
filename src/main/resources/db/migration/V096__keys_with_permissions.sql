-- Keys with a list of permissions instead of a role. In a table of their own, so that a node of the
-- version before, which knows roles only, refuses them. They end with the key that made them.
CREATE TABLE permission_key (
  id                  uuid PRIMARY KEY,
  name                text NOT NULL,
  permissions         text[] NOT NULL CHECK (cardinality(permissions) > 0),
  organization        text,
  role_key            uuid REFERENCES api_key ON DELETE CASCADE,
  parent              uuid REFERENCES permission_key ON DELETE CASCADE,
  key_sha256          bytea NOT NULL UNIQUE,
  created_at          timestamptz NOT NULL,
  last_used_at        timestamptz,
  expires_at          timestamptz,
  previous_sha256     bytea,
  previous_expires_at timestamptz,
  CONSTRAINT permission_key_previous CHECK ((previous_sha256 IS NULL) = (previous_expires_at IS NULL))
);
CREATE INDEX permission_key_role_key ON permission_key (role_key) WHERE role_key IS NOT NULL;
CREATE INDEX permission_key_parent ON permission_key (parent) WHERE parent IS NOT NULL;
CREATE UNIQUE INDEX permission_key_previous_sha256 ON permission_key (previous_sha256)
  WHERE previous_sha256 IS NOT NULL;
COMMENT ON COLUMN permission_key.organization IS 'null: every organisation';
COMMENT ON COLUMN permission_key.role_key IS 'the key with a role at the root of its line; null: the admin key of the settings';
COMMENT ON COLUMN permission_key.parent IS 'the key with permissions that made it; null: none did';
COMMENT ON COLUMN permission_key.previous_sha256 IS 'the secret before the last rotation, until previous_expires_at';

CREATE VIEW issued_key AS
  SELECT id, name, role, NULL::text[] AS permissions, organization, NULL::uuid AS role_key, NULL::uuid AS parent,
    key_sha256, created_at, last_used_at, expires_at, previous_sha256, previous_expires_at
  FROM api_key
  UNION ALL
  SELECT id, name, NULL, permissions, organization, role_key, parent,
    key_sha256, created_at, last_used_at, expires_at, previous_sha256, previous_expires_at
  FROM permission_key;
COMMENT ON VIEW issued_key IS 'keys with a role and keys with permissions';
