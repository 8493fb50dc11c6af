-- Submissions from the queue that failed, by no fault of theirs that could be told, while others were accepted.
CREATE TABLE submission_failure (
  broker_id  text PRIMARY KEY,
  failures   integer NOT NULL,
  newest     uuid,
  counted_at timestamptz NOT NULL
);
COMMENT ON COLUMN submission_failure.broker_id IS 'what the broker calls it, as in rejected_submission';
COMMENT ON COLUMN submission_failure.newest IS 'the newest accepted message when a failure was last counted: another one is counted where there is a newer';
COMMENT ON COLUMN rejected_submission.body IS 'null where it is neither text nor bytes, or larger than 64 KB unless it failed too often';
