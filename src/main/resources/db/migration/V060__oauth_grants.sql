-- OAuth 2.0: the clients that are registered with providers, and what they were granted. Additive; the way back is to
-- drop what this file creates.

CREATE TABLE oauth_client (
  id                uuid PRIMARY KEY,
  organization      text NOT NULL,
  provider          text NOT NULL,
  kind              text NOT NULL CHECK (kind IN ('authorization_code', 'client_credentials', 'service_account')),
  client_id         text NOT NULL,
  tenant            text,
  secret            bytea,
  secret_expires_at timestamptz,
  created_at        timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL,
  UNIQUE (organization, provider, kind)
);
COMMENT ON COLUMN oauth_client.organization IS 'empty: the operator''s, for every organisation without one of its own';
COMMENT ON COLUMN oauth_client.secret IS 'client secret, or key of a service account: sealed, bound to this row';

CREATE TABLE oauth_grant (
  account_id        uuid PRIMARY KEY REFERENCES agent_email_account ON DELETE CASCADE,
  provider          text NOT NULL,
  client_id         uuid REFERENCES oauth_client,
  kind              text NOT NULL CHECK (kind IN ('authorization_code', 'client_credentials', 'service_account')),
  mailbox           text NOT NULL,
  consenting_user   text,
  issuer            text,
  subject           text,
  tenant            text,
  object_id         text,
  scopes            text,
  refresh_token     bytea,
  access_token      bytea,
  access_generation bigint NOT NULL DEFAULT 0,
  refresh_at        timestamptz,
  expires_at        timestamptz,
  authorized_at     timestamptz,
  error             text,
  reason            text,
  failures          int NOT NULL DEFAULT 0,
  retry_at          timestamptz,
  claim_token       uuid,
  claimed_until     timestamptz,
  created_at        timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL,
  CHECK ((claim_token IS NULL) = (claimed_until IS NULL))
);
CREATE INDEX oauth_grant_client ON oauth_grant (client_id);
COMMENT ON COLUMN oauth_grant.client_id IS 'null: the operator''s client of the settings';
COMMENT ON COLUMN oauth_grant.refresh_token IS 'sealed, bound to this account and field; so is access_token';
COMMENT ON COLUMN oauth_grant.access_generation IS 'grows with each access token and each consent';
COMMENT ON COLUMN oauth_grant.claim_token IS 'who asks the provider for the next token at present';

-- Its owner must consent again: neither side is used until then.
ALTER TABLE agent_email_account ADD COLUMN needs_reauthorization_at timestamptz;
