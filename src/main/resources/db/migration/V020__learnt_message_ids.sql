-- The Message-IDs that servers gave our messages in the place of the one they were sent with. Replies
-- and reports name those.
CREATE TABLE message_rfc_id (
  message_id     uuid NOT NULL REFERENCES message ON DELETE CASCADE,
  rfc_message_id text NOT NULL,
  learnt_at      timestamptz NOT NULL,
  PRIMARY KEY (rfc_message_id, message_id)
);
CREATE INDEX message_rfc_id_message ON message_rfc_id (message_id);
