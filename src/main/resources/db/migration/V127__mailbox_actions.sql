-- What is asked to be done with mails in their mailboxes: the node that watches the mailbox does it, in
-- the order of the requests, and writes down how that ended.
CREATE TABLE mailbox_action (
  id              uuid PRIMARY KEY,
  number          bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  inbound_mail_id uuid NOT NULL REFERENCES inbound_mail ON DELETE CASCADE,
  mailbox_id      uuid NOT NULL REFERENCES mailbox ON DELETE CASCADE,
  action          text NOT NULL CHECK (action IN ('mark_read', 'mark_unread', 'flag', 'unflag', 'move', 'delete')),
  folder          text CHECK ((folder IS NOT NULL) = (action = 'move')),
  requested_at    timestamptz NOT NULL,
  tries           integer NOT NULL DEFAULT 0,
  finished_at     timestamptz,
  error           text
);
CREATE INDEX mailbox_action_waiting ON mailbox_action (mailbox_id, number) WHERE finished_at IS NULL;
CREATE INDEX mailbox_action_mail ON mailbox_action (inbound_mail_id, number);
CREATE INDEX mailbox_action_mailbox ON mailbox_action (mailbox_id, requested_at);
COMMENT ON COLUMN mailbox_action.number IS 'their order; ids follow the clocks of the nodes';
COMMENT ON COLUMN mailbox_action.error IS 'why it was not done; NULL of one that was';
