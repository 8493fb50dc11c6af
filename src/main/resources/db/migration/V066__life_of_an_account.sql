-- The steps that AccountLife refuses are refused here too; keys that are rotated, and test mails. Additive: the way back
-- is to drop what this file creates. A node that does not know this file gets an error where it would have done nothing,
-- when it pauses an account that is paused, or resumes one that is not.

-- Nothing is tested or used that has no settings. (V002: nothing is enabled that was not tested.)
ALTER TABLE agent_email_account
  ADD CONSTRAINT agent_email_account_smtp_settings CHECK (
    num_nulls(smtp_host, smtp_port, smtp_security, smtp_auth) IN (0, 4)
    AND (smtp_host IS NOT NULL OR smtp_verified_at IS NULL)),
  ADD CONSTRAINT agent_email_account_imap_settings CHECK (
    num_nulls(imap_host, imap_port, imap_security, imap_auth) IN (0, 4)
    AND (imap_host IS NOT NULL OR imap_verified_at IS NULL));

CREATE FUNCTION account_step_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'account %: %', OLD.id, TG_ARGV[0] USING ERRCODE = 'check_violation', HINT = TG_ARGV[1];
END $$;

-- Triggers "of" a column see that a statement sets it, even to the value that it has.
CREATE TRIGGER account_is_paused_already BEFORE UPDATE OF paused_at ON agent_email_account FOR EACH ROW
  WHEN (OLD.paused_at IS NOT NULL AND NEW.paused_at IS NOT NULL)
  EXECUTE FUNCTION account_step_refused('it is paused already', 'resume it');
CREATE TRIGGER account_is_not_paused BEFORE UPDATE OF paused_at ON agent_email_account FOR EACH ROW
  WHEN (OLD.paused_at IS NULL AND NEW.paused_at IS NULL)
  EXECUTE FUNCTION account_step_refused('it is not paused', 'leave paused_at alone');

CREATE TRIGGER account_keeps_its_address BEFORE UPDATE OF endpoint_id, agent_id ON agent_email_account FOR EACH ROW
  WHEN (OLD.endpoint_id <> NEW.endpoint_id OR OLD.agent_id <> NEW.agent_id)
  EXECUTE FUNCTION account_step_refused('its endpoint and agent cannot be changed', 'create another account');

-- Changed settings need a new test. A secret that is only resealed is the same one: the version stays.
CREATE TRIGGER account_smtp_needs_a_new_test BEFORE UPDATE ON agent_email_account FOR EACH ROW
  WHEN (NEW.smtp_verified_at = OLD.smtp_verified_at AND (
    (OLD.smtp_host, OLD.smtp_port, OLD.smtp_security, OLD.smtp_auth, OLD.smtp_username)
      IS DISTINCT FROM (NEW.smtp_host, NEW.smtp_port, NEW.smtp_security, NEW.smtp_auth, NEW.smtp_username)
    OR OLD.smtp_secret IS DISTINCT FROM NEW.smtp_secret AND OLD.version <> NEW.version))
  EXECUTE FUNCTION account_step_refused('its SMTP settings change, so their test counts no more',
    'set smtp_verified_at to null and outbound_enabled to false');
CREATE TRIGGER account_imap_needs_a_new_test BEFORE UPDATE ON agent_email_account FOR EACH ROW
  WHEN (NEW.imap_verified_at = OLD.imap_verified_at AND (
    (OLD.imap_host, OLD.imap_port, OLD.imap_security, OLD.imap_auth, OLD.imap_username)
      IS DISTINCT FROM (NEW.imap_host, NEW.imap_port, NEW.imap_security, NEW.imap_auth, NEW.imap_username)
    OR OLD.imap_secret IS DISTINCT FROM NEW.imap_secret AND OLD.version <> NEW.version))
  EXECUTE FUNCTION account_step_refused('its IMAP settings change, so their test counts no more',
    'set imap_verified_at to null and inbound_enabled to false');

-- The key that secrets are sealed with at present: one row, set by the node that started last with another first key.
CREATE TABLE sealing_key (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  prefix    bytea NOT NULL CHECK (length(prefix) = 5),
  since     timestamptz NOT NULL
);
COMMENT ON COLUMN sealing_key.prefix IS 'what begins each secret that is sealed with it; tells nothing of the key';

-- Mails that accounts were asked to send as a test. No references: a mailbox may be read by a later account, and a test
-- mail in it still reaches no agent.
CREATE TABLE test_mail (
  id           uuid PRIMARY KEY,
  account_id   uuid NOT NULL,
  organization text NOT NULL,
  requested_by text NOT NULL,
  recipient    text NOT NULL,
  message_id   uuid,
  requested_at timestamptz NOT NULL,
  searched_at  timestamptz,
  search_error text,
  arrived_at   timestamptz,
  folder       text,
  CHECK ((arrived_at IS NULL) = (folder IS NULL))
);
CREATE INDEX test_mail_account ON test_mail (account_id, requested_at);
CREATE INDEX test_mail_message ON test_mail (message_id);
CREATE INDEX test_mail_requested_by ON test_mail (requested_by, requested_at);
CREATE INDEX test_mail_requested_at ON test_mail (requested_at);
COMMENT ON COLUMN test_mail.requested_by IS 'id of the API key, or name of the user';
COMMENT ON COLUMN test_mail.message_id IS 'the outbound message; null: it was not accepted';
COMMENT ON COLUMN test_mail.searched_at IS 'when it was last looked for in the mailbox';
COMMENT ON COLUMN test_mail.arrived_at IS 'when it was seen in the mailbox';
