-- Who proves a mailbox has it, and an address is one account's within its organisation only.

-- The same place however it was typed: SHA-256 of host, login and folder in one form. Null: written by a node that does
-- not know this column, or a second one of the same place that was there before.
ALTER TABLE mailbox ADD COLUMN place_sha256 bytea;
UPDATE mailbox SET place_sha256 = keyed.sha256 FROM (
  SELECT DISTINCT ON (sha256) id, sha256 FROM (
    SELECT m.id, coalesce(a.inbound_enabled, false) AS used, sha256(convert_to(
      rtrim(lower(m.host), '.') || E'\n' || lower(btrim(m.login)) || E'\n' || m.folder, 'UTF8')) AS sha256
    FROM mailbox m JOIN agent_email_account a ON a.id = m.account_id) place
  ORDER BY sha256, used DESC, id) keyed
WHERE keyed.id = mailbox.id;
CREATE UNIQUE INDEX mailbox_same_place ON mailbox (place_sha256) WHERE account_id IS NOT NULL;

-- The address of an account whose endpoint could not have it, because one of another organisation does.
ALTER TABLE agent_email_account ADD COLUMN named_address text;
CREATE INDEX agent_email_account_named_address ON agent_email_account (named_address) WHERE named_address IS NOT NULL;
