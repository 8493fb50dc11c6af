-- Submissions that are not complete, or not to be sent yet. Sending one keeps its row, without content, so
-- that sending it again is answered with the same message.
CREATE TABLE draft (
  id           uuid PRIMARY KEY,
  organization text NOT NULL,
  agent_id     uuid NOT NULL,
  account_id   uuid,
  version      integer NOT NULL DEFAULT 1,
  from_address text NOT NULL,
  subject      text NOT NULL DEFAULT '',
  recipients   text[] NOT NULL DEFAULT '{}',
  addresses    text[] NOT NULL DEFAULT '{}',
  uploads      uuid[] NOT NULL DEFAULT '{}',
  content      text,
  created_at   timestamptz NOT NULL,
  changed_at   timestamptz NOT NULL,
  sent_as      uuid,
  CHECK ((content IS NULL) = (sent_as IS NOT NULL))
);
CREATE INDEX draft_by_organization ON draft (organization, id);
CREATE INDEX draft_by_agent ON draft (agent_id, id);
CREATE INDEX draft_by_age ON draft (organization, changed_at);
CREATE INDEX draft_by_upload ON draft USING gin (uploads);
COMMENT ON COLUMN draft.addresses IS 'all that it names, as they are compared; recipients has the first 20';
COMMENT ON COLUMN draft.content IS 'the submission as JSON, without an id; NULL once it was sent';
COMMENT ON COLUMN draft.sent_as IS 'the message it became; its submission has the id of the draft';

ALTER TABLE erasure ADD COLUMN drafts integer NOT NULL DEFAULT 0;
