-- Submissions from the queue that could not be accepted, kept for 30 days.
CREATE TABLE rejected_submission (
  id            uuid PRIMARY KEY,
  broker_id     text NOT NULL UNIQUE,
  organization  text,
  broker_user   text,
  submission_id text,
  reason        text NOT NULL,
  body          bytea,
  created_at    timestamptz NOT NULL
);
COMMENT ON COLUMN rejected_submission.broker_id IS 'what the broker calls it: delivered again, it is stored once';
COMMENT ON COLUMN rejected_submission.organization IS 'null: its broker user may send for all of them';
COMMENT ON COLUMN rejected_submission.body IS 'null where it is larger than 64 KB, or neither text nor bytes';
CREATE INDEX rejected_submission_age ON rejected_submission (created_at);
