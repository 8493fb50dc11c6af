-- What is known of a report beyond the fields of RFC 3464, and the other mails that speak of one that
-- was sent: complaints (arf) and receipts (mdn).
ALTER TABLE bounce DROP CONSTRAINT bounce_kind_check;
ALTER TABLE bounce ADD CONSTRAINT bounce_kind_check CHECK (kind IN ('failed', 'delayed', 'success', 'arf', 'mdn'));
ALTER TABLE bounce
  ADD COLUMN matched_recipient text,
  ADD COLUMN reason            text,
  ADD COLUMN permanent         boolean NOT NULL DEFAULT false,
  ADD COLUMN strength          text,
  ADD COLUMN rule              text,
  ADD COLUMN complaint         text,
  ADD COLUMN changed           boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN bounce.recipient IS 'as the report names it';
COMMENT ON COLUMN bounce.matched_recipient IS 'which recipient of the message is meant; null: none of them';
COMMENT ON COLUMN bounce.permanent IS 'whether the same mail would fail again';
COMMENT ON COLUMN bounce.strength IS 'structured, or free-text: read from words that are meant for people';
COMMENT ON COLUMN bounce.changed IS 'whether it changed the state of that recipient';
CREATE INDEX bounce_inbound_mail ON bounce (inbound_mail_id);
CREATE INDEX bounce_kind ON bounce (kind, id);

-- Where the reports about an account's mail arrive, if not in its own mailbox.
CREATE TABLE report_account (
  account_id uuid PRIMARY KEY REFERENCES agent_email_account ON DELETE CASCADE,
  reports_to uuid NOT NULL REFERENCES agent_email_account ON DELETE CASCADE,
  CHECK (account_id <> reports_to)
);
CREATE INDEX report_account_reports_to ON report_account (reports_to);

-- What a mail is, as far as delivery is concerned: failed, delayed, success, arf, mdn or auto-reply; none for what
-- somebody wrote. Null where it was not read.
ALTER TABLE inbound_mail ADD COLUMN kind text;

-- What the calendar in an inbound message says.
CREATE TABLE invitation (
  message_id uuid PRIMARY KEY REFERENCES message ON DELETE CASCADE,
  method     text NOT NULL,
  uid        text NOT NULL,
  sequence   int NOT NULL,
  summary    text NOT NULL,
  location   text NOT NULL,
  organizer  text,
  starts_at  timestamptz,
  ends_at    timestamptz,
  all_day    boolean NOT NULL,
  recurring  boolean NOT NULL
);
CREATE INDEX invitation_uid ON invitation (uid);
