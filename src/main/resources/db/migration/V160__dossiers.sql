-- What happened to each outbound message, as entries that a sealer chains after they have committed (ADR 46).
-- The content of an entry and its salt may be erased: the chain is made of digests.
-- The way back: DROP TABLE dossier_entry.
CREATE TABLE dossier_entry (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization text NOT NULL,
  message_id uuid, -- null: about the organisation's chain itself
  kind text NOT NULL,
  recorded_at timestamptz NOT NULL,
  digest bytea NOT NULL, -- SHA-256 over salt and content
  salt bytea, -- null, as the content: erased
  content text -- JSON, as it was digested
);
CREATE INDEX dossier_entry_message ON dossier_entry (message_id) WHERE message_id IS NOT NULL;
