-- People who log in to the console. The login of the settings is none of them.
CREATE TABLE person (
  id                    uuid PRIMARY KEY,
  email                 text NOT NULL CHECK (email = lower(email)),
  name                  text NOT NULL,
  organization          text,
  roles                 text[] NOT NULL,
  password_hash         text,
  invitation_sha256     bytea,
  invitation_expires_at timestamptz,
  issuer                text,
  subject               text,
  created_at            timestamptz NOT NULL,
  disabled_at           timestamptz,
  last_login_at         timestamptz,
  CHECK ((invitation_sha256 IS NULL) = (invitation_expires_at IS NULL)),
  CHECK ((issuer IS NULL) = (subject IS NULL))
);
CREATE UNIQUE INDEX person_email ON person (email);
CREATE UNIQUE INDEX person_invitation ON person (invitation_sha256) WHERE invitation_sha256 IS NOT NULL;
CREATE UNIQUE INDEX person_subject ON person (issuer, subject) WHERE issuer IS NOT NULL;
CREATE INDEX person_organization ON person (organization, id);

-- Logins. The token is a random secret in a cookie; person_id is null for the login of the settings, whose fingerprint
-- ends it when the settings change.
CREATE TABLE console_session (
  id            uuid PRIMARY KEY,
  token_sha256  bytea NOT NULL UNIQUE,
  person_id     uuid REFERENCES person ON DELETE CASCADE,
  fingerprint   bytea,
  client        text NOT NULL,
  browser       text NOT NULL,
  created_at    timestamptz NOT NULL,
  last_visit_at timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  CHECK ((person_id IS NULL) <> (fingerprint IS NULL))
);
CREATE INDEX console_session_person ON console_session (person_id, created_at);
CREATE INDEX console_session_expires ON console_session (expires_at);
