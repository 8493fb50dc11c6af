-- Connection tests while they run, step by step, so that any node can show them. Kept for an hour.
CREATE TABLE test_run (
  id uuid PRIMARY KEY,
  subject text NOT NULL,
  account_id uuid REFERENCES agent_email_account ON DELETE CASCADE,
  link_id uuid REFERENCES connect_link ON DELETE CASCADE,
  typed jsonb,
  sides jsonb NOT NULL DEFAULT '[]',
  ok boolean,
  problem text,
  begun_at timestamptz NOT NULL DEFAULT statement_timestamp(),
  deadline_at timestamptz NOT NULL,
  ended_at timestamptz,
  CHECK ((account_id IS NULL) <> (link_id IS NULL)),
  CHECK ((ended_at IS NULL) = (ok IS NULL))
);
COMMENT ON COLUMN test_run.subject IS 'what is tested: one run at a time';
COMMENT ON COLUMN test_run.typed IS 'the servers that the holder of the link typed; no password';
COMMENT ON COLUMN test_run.deadline_at IS 'a run that has not ended by then was lost with its node';
CREATE UNIQUE INDEX test_run_running ON test_run (subject) WHERE ended_at IS NULL;
CREATE INDEX test_run_latest ON test_run (subject, begun_at);
CREATE INDEX test_run_begun ON test_run (begun_at);
CREATE INDEX test_run_account ON test_run (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX test_run_link ON test_run (link_id) WHERE link_id IS NOT NULL;
