-- Whether copies of what an account sent are put into its Sent folder.
CREATE TABLE account_sent_folder (
  account_id uuid PRIMARY KEY REFERENCES agent_email_account ON DELETE CASCADE,
  enabled    boolean NOT NULL,
  folder     text
);
COMMENT ON COLUMN account_sent_folder.folder IS 'null: the one that the server marks, or names like it';

-- A copy that is to be put there, and what became of it.
CREATE TABLE sent_copy (
  message_id    uuid PRIMARY KEY REFERENCES message ON DELETE CASCADE,
  attempt_id    uuid NOT NULL REFERENCES outbound_message_attempt,
  account_id    uuid NOT NULL REFERENCES agent_email_account ON DELETE CASCADE,
  status        text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'done', 'given_up')),
  due_at        timestamptz NOT NULL,
  tries         int NOT NULL DEFAULT 0,
  claim_token   uuid,
  claimed_until timestamptz,
  error         text,
  CHECK ((claim_token IS NULL) = (claimed_until IS NULL))
);
CREATE INDEX sent_copy_waiting ON sent_copy (due_at, account_id) WHERE status = 'waiting';
CREATE INDEX sent_copy_account ON sent_copy (account_id) WHERE status <> 'done';
