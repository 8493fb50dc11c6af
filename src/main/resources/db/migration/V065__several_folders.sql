-- Several folders of an account. The first one stays where older nodes look for it, in imap_folder and under
-- mailbox.account_id; the others are where these do not look, so that they never watch one by mistake. Additive: the way
-- back is to drop what this file creates.

ALTER TABLE agent_email_account ADD COLUMN imap_further_folders text[] NOT NULL DEFAULT '{}'
  CHECK (cardinality(imap_further_folders) <= 9);
COMMENT ON COLUMN agent_email_account.imap_further_folders IS 'watched beside imap_folder';

ALTER TABLE mailbox
  ADD COLUMN further_account_id uuid REFERENCES agent_email_account ON DELETE SET NULL,
  ADD COLUMN known_account_id uuid,
  ADD COLUMN error text,
  ADD COLUMN error_at timestamptz,
  ADD COLUMN failures int NOT NULL DEFAULT 0,
  ADD COLUMN login_failed boolean NOT NULL DEFAULT false,
  ADD COLUMN retry_at timestamptz,
  ADD CHECK (account_id IS NULL OR further_account_id IS NULL);
ALTER TABLE mailbox
  ADD COLUMN owner_account_id uuid GENERATED ALWAYS AS (coalesce(account_id, further_account_id)) STORED;
COMMENT ON COLUMN mailbox.account_id IS 'the account whose first folder it is';
COMMENT ON COLUMN mailbox.further_account_id IS 'the account that watches it beside its first folder';
COMMENT ON COLUMN mailbox.owner_account_id IS 'the account that watches it; null: none any more';
COMMENT ON COLUMN mailbox.known_account_id IS 'the account that has read it, also if it watches it no more: what was read here is no news in its other folders; null: written by a node that does not know this column';
COMMENT ON COLUMN mailbox.error IS 'of an account with several folders: why this one is not read at present';
COMMENT ON COLUMN mailbox.failures IS 'how often it failed in a row; 0 beside an error: a mail of it is held up, no event tells of it';
COMMENT ON COLUMN mailbox.retry_at IS 'when it is tried again after that error';
UPDATE mailbox SET known_account_id = account_id WHERE account_id IS NOT NULL;

CREATE UNIQUE INDEX mailbox_watched_place ON mailbox (place_sha256) WHERE owner_account_id IS NOT NULL;
CREATE INDEX mailbox_owner ON mailbox (owner_account_id) WHERE owner_account_id IS NOT NULL;
CREATE INDEX mailbox_known ON mailbox (known_account_id) WHERE known_account_id IS NOT NULL;
CREATE UNIQUE INDEX mailbox_watched_name ON mailbox (host, login, folder) WHERE owner_account_id IS NOT NULL;
