-- The chain of each organisation's entries, and how far it has come (ADR 46). The way back:
-- DROP TABLE dossier_seal, dossier_gap, dossier_progress, dossier_key.
-- The links of each organisation's chain. They stay when their entries are deleted.
CREATE TABLE dossier_seal (
  organization text NOT NULL,
  number bigint NOT NULL,
  previous bytea NOT NULL, -- the head before; 32 zero bytes for the first
  root bytea NOT NULL, -- Merkle tree hash (RFC 9162 section 2.1.1) of the entries
  head bytea NOT NULL,
  sealed_at timestamptz NOT NULL,
  entry_count int NOT NULL,
  entries bigint[], -- null: deleted after their retention period
  up_to bigint NOT NULL, -- the highest number of an entry that was sealed so far, of any organisation
  key_id text, -- null: no key was configured
  signature bytea,
  PRIMARY KEY (organization, number)
);
CREATE INDEX dossier_seal_up_to ON dossier_seal (organization, up_to, number);

-- Numbers passed over: their transactions may still commit.
CREATE TABLE dossier_gap (
  number bigint PRIMARY KEY,
  seen_at timestamptz NOT NULL
);

CREATE TABLE dossier_progress (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  up_to bigint NOT NULL
);
INSERT INTO dossier_progress (up_to) VALUES (0);

-- The public keys that have signed.
CREATE TABLE dossier_key (
  id text PRIMARY KEY,
  public_key bytea NOT NULL,
  first_used_at timestamptz NOT NULL
);
