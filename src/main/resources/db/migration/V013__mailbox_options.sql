-- What an account wants done in its mailbox, and what a folder that was numbered anew needs to know of
-- its past. Additive: the way back is to drop these columns.
ALTER TABLE agent_email_account
  ADD COLUMN imap_after_ingest text CHECK (imap_after_ingest IN ('none', 'seen', 'move', 'delete')),
  ADD COLUMN imap_move_to text,
  ADD COLUMN imap_backfill_since timestamptz,
  ADD CHECK ((imap_after_ingest IS NOT DISTINCT FROM 'move') = (imap_move_to IS NOT NULL));
COMMENT ON COLUMN agent_email_account.imap_after_ingest IS 'null: as byo.inbound.mark-seen says';

ALTER TABLE mailbox
  ADD COLUMN reset_uid_next bigint,
  ADD COLUMN reset_last_date timestamptz,
  ADD COLUMN backfilled_since timestamptz;
COMMENT ON COLUMN mailbox.reset_uid_next IS 'UIDNEXT as the folder was found numbered anew: what is below was there before';
COMMENT ON COLUMN mailbox.reset_last_date IS 'when the last mail had arrived that was read before that';

ALTER TABLE inbound_mail
  ADD COLUMN after_action text CHECK (after_action IN ('seen', 'move', 'delete')),
  ADD COLUMN possible_duplicate boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN inbound_mail.seen_pending IS 'whether the action on the server is still to be done';
COMMENT ON COLUMN inbound_mail.after_action IS 'that action; null: seen';
