-- Keys bound to agents and accounts. In permissions they have the word "bound", which no version has as a permission:
-- a node of the version before reads that column only, so it lets them do nothing.
ALTER TABLE permission_key
  ADD COLUMN agents uuid[],
  ADD COLUMN accounts uuid[],
  ADD COLUMN bound_permissions text[],
  ADD CONSTRAINT permission_key_bound CHECK (
    CASE WHEN bound_permissions IS NULL THEN agents IS NULL AND accounts IS NULL AND NOT permissions @> '{bound}'
      ELSE permissions = '{bound}' AND cardinality(bound_permissions) > 0 AND agents IS NOT NULL AND accounts IS NOT NULL
        AND cardinality(agents) + cardinality(accounts) > 0 END);
COMMENT ON COLUMN permission_key.agents IS 'the agents that the key is bound to; null: the key is not bound';
COMMENT ON COLUMN permission_key.accounts IS 'the accounts that the key is bound to, beside those of its agents; null: not bound';
COMMENT ON COLUMN permission_key.bound_permissions IS 'what a bound key may do; null: permissions';

CREATE OR REPLACE VIEW issued_key AS
  SELECT id, name, role, NULL::text[] AS permissions, organization, NULL::uuid AS role_key, NULL::uuid AS parent,
    key_sha256, created_at, last_used_at, expires_at, previous_sha256, previous_expires_at,
    NULL::uuid[] AS agents, NULL::uuid[] AS accounts, NULL::text[] AS bound_permissions
  FROM api_key
  UNION ALL
  SELECT id, name, NULL, permissions, organization, role_key, parent,
    key_sha256, created_at, last_used_at, expires_at, previous_sha256, previous_expires_at,
    agents, accounts, bound_permissions
  FROM permission_key;
