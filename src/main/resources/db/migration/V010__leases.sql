-- Who watches which mailbox. Additive: the way back is to drop what this file creates.

CREATE TABLE node (
  id         text PRIMARY KEY,
  name       text NOT NULL,
  started_at timestamptz NOT NULL,
  seen_at    timestamptz NOT NULL
);
COMMENT ON TABLE node IS 'the runs of the program that watch mailboxes, or did and may have left some behind';

ALTER TABLE mailbox ADD COLUMN held_by text;
ALTER TABLE mailbox ADD COLUMN held_since timestamptz;
COMMENT ON COLUMN mailbox.held_by IS 'the node that took it last, null where it was let go; whether it still has it is said by Redis, and whether it may write by the fence';
CREATE INDEX mailbox_held_by ON mailbox (held_by);
