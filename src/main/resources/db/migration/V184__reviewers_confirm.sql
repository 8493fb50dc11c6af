-- Reviewers confirm their address before they are mailed. Additive: the way back is to drop the columns and the table; an
-- older node asks reviewers who have not confirmed, too.
ALTER TABLE mail_reviewer ADD COLUMN confirmed_at timestamptz;
ALTER TABLE mail_reviewer ADD COLUMN confirmation_due_at timestamptz;
ALTER TABLE mail_reviewer ADD COLUMN confirmation_claimed_until timestamptz;
ALTER TABLE mail_reviewer ADD COLUMN confirmation_tries int NOT NULL DEFAULT 0;
ALTER TABLE mail_reviewer ADD COLUMN confirmation_error text;
ALTER TABLE mail_reviewer ADD COLUMN confirmations int NOT NULL DEFAULT 0;
ALTER TABLE mail_reviewer ADD COLUMN confirmations_hour timestamptz;
COMMENT ON COLUMN mail_reviewer.confirmed_at IS 'null: the reviewer has not confirmed the address, and is not asked';
COMMENT ON COLUMN mail_reviewer.confirmation_due_at IS 'when the mail that asks for it is tried next; null: it was sent, or given up';
COMMENT ON COLUMN mail_reviewer.confirmation_claimed_until IS 'until when one node sends that mail';
COMMENT ON COLUMN mail_reviewer.confirmations IS 'how many such mails were asked for in confirmations_hour';
UPDATE mail_reviewer SET confirmed_at = created_at;
CREATE INDEX mail_reviewer_confirmation ON mail_reviewer (confirmation_due_at) WHERE confirmation_due_at IS NOT NULL;

-- One for each attempt to send such a mail: the token itself is in that mail only.
CREATE TABLE reviewer_confirmation (
  token_sha256 bytea PRIMARY KEY,
  reviewer_id  uuid NOT NULL REFERENCES mail_reviewer ON DELETE CASCADE,
  created_at   timestamptz NOT NULL
);
CREATE INDEX reviewer_confirmation_reviewer ON reviewer_confirmation (reviewer_id);
CREATE INDEX reviewer_confirmation_created ON reviewer_confirmation (created_at);
