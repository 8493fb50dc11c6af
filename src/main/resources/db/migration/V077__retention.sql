-- How long things are kept, by organisation. Additive: the way back is to drop the table and the index; the references to
-- attempts are not needed, since attempts go with their message.
CREATE TABLE IF NOT EXISTS retention (
  organization text PRIMARY KEY,
  messages     int CHECK (messages >= 0),
  events       int CHECK (events >= 0),
  attachments  int CHECK (attachments >= 0),
  raw_mail     int CHECK (raw_mail >= 0),
  quarantine   int CHECK (quarantine >= 0)
);
COMMENT ON TABLE retention IS 'days; 0: for ever; null: as byo.retention says';

-- The erasure of what is held of a person by an address. The address itself is gone when it is done.
CREATE TABLE IF NOT EXISTS erasure (
  id             uuid PRIMARY KEY,
  organization   text NOT NULL,
  address        text,
  address_sha256 bytea NOT NULL,
  requested_at   timestamptz NOT NULL,
  stage          text NOT NULL CHECK (stage IN ('messages', 'mails', 'events', 'rest', 'done')),
  after_id       uuid,
  after_position bigint NOT NULL DEFAULT 0,
  messages       int NOT NULL DEFAULT 0,
  being_sent     int NOT NULL DEFAULT 0,
  mails          int NOT NULL DEFAULT 0,
  bounces        int NOT NULL DEFAULT 0,
  events         int NOT NULL DEFAULT 0,
  suppressions   int NOT NULL DEFAULT 0,
  rejected       int NOT NULL DEFAULT 0,
  finished_at    timestamptz,
  CHECK ((stage = 'done') = (address IS NULL))
);
COMMENT ON COLUMN erasure.being_sent IS 'messages that were being sent at that moment and are left: another erasure finds them';

-- Each would look through its whole table when an attempt is deleted.
ALTER TABLE message_recipient DROP CONSTRAINT IF EXISTS message_recipient_attempt_id_fkey;
ALTER TABLE outbound_delivery DROP CONSTRAINT IF EXISTS outbound_delivery_attempt_id_fkey;
ALTER TABLE bounce DROP CONSTRAINT IF EXISTS bounce_attempt_id_fkey;
ALTER TABLE sent_copy DROP CONSTRAINT IF EXISTS sent_copy_attempt_id_fkey;

DROP INDEX CONCURRENTLY IF EXISTS conversation_related;
CREATE INDEX CONCURRENTLY conversation_related ON conversation (related_to) WHERE related_to IS NOT NULL;
