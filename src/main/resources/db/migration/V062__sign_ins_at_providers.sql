-- A sign-in at an OAuth 2.0 provider: what its callback needs, which may reach another node, and what came of it.
CREATE TABLE oauth_authorization (
  id                  uuid PRIMARY KEY,
  state_sha256        bytea NOT NULL UNIQUE,
  browser_sha256      bytea,
  nonce_sha256        bytea,
  verifier            bytea,
  purpose             text NOT NULL CHECK (purpose IN ('console', 'platform', 'connect_link')),
  subject             uuid NOT NULL,
  organization        text NOT NULL,
  mailbox             text NOT NULL,
  consenting_user     text,
  provider            text NOT NULL,
  client              uuid NOT NULL,
  client_organization text NOT NULL,
  created_at          timestamptz NOT NULL,
  expires_at          timestamptz NOT NULL,
  used_at             timestamptz,
  result              jsonb,
  CHECK ((browser_sha256 IS NULL) = (verifier IS NULL))
);
COMMENT ON COLUMN oauth_authorization.state_sha256 IS 'of the state, or of the token in the URL where no browser has begun yet';
COMMENT ON COLUMN oauth_authorization.browser_sha256 IS 'of the cookie of the browser that began';
COMMENT ON COLUMN oauth_authorization.verifier IS 'of PKCE (RFC 7636), sealed';
COMMENT ON COLUMN oauth_authorization.subject IS 'the account, or the connect link';
CREATE INDEX oauth_authorization_subject ON oauth_authorization (subject, created_at);
CREATE INDEX oauth_authorization_created ON oauth_authorization (created_at);
