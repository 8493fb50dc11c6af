-- The second factor of people who log in with a password: TOTP (RFC 6238), whose secret is sealed. A step counts once.
-- Until it is confirmed, the secret is shown in one session or login only, which begun_in names.
CREATE TABLE second_factor (
  person_id     uuid PRIMARY KEY REFERENCES person ON DELETE CASCADE,
  totp_secret   bytea,
  confirmed_at  timestamptz,
  begun_in      text,
  last_step     bigint,
  wrong_codes   int NOT NULL DEFAULT 0,
  blocked_until timestamptz,
  CHECK (confirmed_at IS NULL OR totp_secret IS NOT NULL)
);

-- Codes for a lost second factor, each for one login: a row is deleted when its code is used.
CREATE TABLE recovery_code (
  person_id   uuid NOT NULL REFERENCES person ON DELETE CASCADE,
  code_sha256 bytea NOT NULL,
  PRIMARY KEY (person_id, code_sha256)
);

-- Logins that lack the second factor after the right password. They are not in console_session, so that no node, of an
-- older version either, takes one for a login. One is void once the person's login_version is another.
CREATE TABLE console_login (
  token_sha256  bytea PRIMARY KEY,
  person_id     uuid NOT NULL REFERENCES person ON DELETE CASCADE,
  login_version int NOT NULL,
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL
);
CREATE INDEX console_login_person ON console_login (person_id, created_at);
CREATE INDEX console_login_expires ON console_login (expires_at);

-- The stronger of the factors that a person has set up; null: none.
ALTER TABLE person ADD COLUMN second_factor text;
-- What a session was logged in with beside the password; null: nothing, or an older version created it.
ALTER TABLE console_session ADD COLUMN second_factor text;
