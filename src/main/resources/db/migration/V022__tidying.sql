-- An id of a submission that has had its time means another email from then on; it is shown still.
ALTER TABLE outbound_submission ADD COLUMN forgotten_id text;
COMMENT ON COLUMN outbound_submission.forgotten_id IS 'the producer''s id, once submission_id is no longer it';

-- Who has a content, and which uploads nobody uses.
CREATE INDEX attachment_sha256 ON attachment (sha256);
CREATE INDEX attachment_upload ON attachment (created_at) WHERE message_id IS NULL;

-- Contents of uploads that were removed: removed themselves a day later, if nothing has them then.
CREATE TABLE unused_content (
  sha256 text PRIMARY KEY,
  since  timestamptz NOT NULL
);
