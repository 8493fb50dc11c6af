-- Passkeys of people: credentials of WebAuthn, whose private keys never leave the authenticator.
CREATE TABLE passkey (
  id                 uuid PRIMARY KEY,
  person_id          uuid NOT NULL REFERENCES person ON DELETE CASCADE,
  credential_id      bytea NOT NULL UNIQUE,
  name               text NOT NULL,
  public_key         bytea NOT NULL,
  signature_count    bigint NOT NULL,
  backup_eligible    boolean NOT NULL,
  backup_state       boolean NOT NULL,
  transports         text[] NOT NULL,
  attestation_object bytea NOT NULL,
  created_at         timestamptz NOT NULL,
  last_used_at       timestamptz
);
CREATE INDEX passkey_person ON passkey (person_id, id);

-- Challenges that have been answered, until they expire: each counts once, over all nodes.
CREATE TABLE passkey_challenge (
  sha256     bytea PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_challenge_expires ON passkey_challenge (expires_at);
