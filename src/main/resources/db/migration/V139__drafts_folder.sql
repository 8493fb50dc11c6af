-- Whether the drafts of an account are mirrored to its Drafts folder.
CREATE TABLE account_drafts_folder (
  account_id uuid PRIMARY KEY REFERENCES agent_email_account ON DELETE CASCADE,
  mirrored   boolean NOT NULL,
  folder     text
);
COMMENT ON COLUMN account_drafts_folder.folder IS 'null: the one that the server marks, or names like it';

-- A draft whose copy in the folder of that account is to be compared with it. The row stays until the copy is
-- removed, also when the draft is deleted.
CREATE TABLE draft_copy (
  draft_id      uuid NOT NULL,
  account_id    uuid NOT NULL REFERENCES agent_email_account ON DELETE CASCADE,
  changes       integer NOT NULL DEFAULT 1,
  folder        text,
  status        text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'done', 'given_up')),
  due_at        timestamptz NOT NULL,
  tries         integer NOT NULL DEFAULT 0,
  claim_token   uuid,
  claimed_until timestamptz,
  error         text,
  PRIMARY KEY (draft_id, account_id),
  CHECK ((claim_token IS NULL) = (claimed_until IS NULL))
);
CREATE INDEX draft_copy_waiting ON draft_copy (due_at, account_id) WHERE status = 'waiting';
CREATE INDEX draft_copy_account ON draft_copy (account_id);
COMMENT ON COLUMN draft_copy.changes IS 'counts the changes of the draft, so that one during a visit is not lost';
COMMENT ON COLUMN draft_copy.folder IS 'the one that has the copy; null: none is known';
