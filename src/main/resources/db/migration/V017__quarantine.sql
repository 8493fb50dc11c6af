-- What was put aside can be tried again: from its bytes, or, where only its header is kept, by the
-- watcher of its mailbox, which fetches it once more.
ALTER TABLE inbound_mail ADD COLUMN raw_header_only boolean NOT NULL DEFAULT false;
ALTER TABLE inbound_mail ADD COLUMN refetch_at timestamptz;
CREATE INDEX inbound_mail_refetch ON inbound_mail (mailbox_id) WHERE refetch_at IS NOT NULL;

-- Whether the mail of listed contacts must be authentic, as far as their receiving server checks it.
ALTER TABLE agent ADD COLUMN require_authentication boolean NOT NULL DEFAULT true;

-- Correspondents that answered an agent, and were answered, too often within an hour.
CREATE TABLE held_correspondent (
  agent_id  uuid NOT NULL REFERENCES agent,
  address   text NOT NULL,
  mails     int NOT NULL,
  held_at   timestamptz NOT NULL,
  lifted_at timestamptz,
  PRIMARY KEY (agent_id, address)
);
COMMENT ON TABLE held_correspondent IS 'held while lifted_at is null; mails from before it was lifted no longer count';

-- The newest messages to an address, without a look at the older ones.
CREATE INDEX message_recipient_newest ON message_recipient (address, message_id);
DROP INDEX message_recipient_address;
