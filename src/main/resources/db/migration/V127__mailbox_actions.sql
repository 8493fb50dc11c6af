-- What is asked to be done with mails in their mailboxes: the node that watches the mailbox does it, in
-- the order of the ids, and writes down how that ended.
CREATE TABLE mailbox_action (
  id              uuid PRIMARY KEY,
  inbound_mail_id uuid NOT NULL REFERENCES inbound_mail ON DELETE CASCADE,
  mailbox_id      uuid NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  action          text NOT NULL CHECK (action IN ('mark_read', 'mark_unread', 'flag', 'unflag', 'move', 'delete')),
  folder          text CHECK ((folder IS NOT NULL) = (action = 'move')),
  requested_at    timestamptz NOT NULL,
  tries           integer NOT NULL DEFAULT 0,
  finished_at     timestamptz,
  error           text
);
CREATE INDEX mailbox_action_waiting ON mailbox_action (mailbox_id, id) WHERE finished_at IS NULL;
CREATE INDEX mailbox_action_mail ON mailbox_action (inbound_mail_id, id);
CREATE INDEX mailbox_action_mailbox ON mailbox_action (mailbox_id, id);
COMMENT ON COLUMN mailbox_action.error IS 'why it was not done; NULL of one that was';
