-- Which accounts are used. One node evaluates the flag BYO_EMAIL_ENABLED; claims and watchers of all nodes read the
-- result here. An account without a row is not used until it was evaluated. The way back: DROP TABLE account_rollout,
-- rollout_evaluator.
CREATE TABLE account_rollout (
  account_id uuid PRIMARY KEY REFERENCES agent_email_account ON DELETE CASCADE,
  sending boolean NOT NULL,
  sending_why text NOT NULL CHECK (length(sending_why) <= 200),
  sending_since timestamptz NOT NULL,
  receiving boolean NOT NULL,
  receiving_why text NOT NULL CHECK (length(receiving_why) <= 200),
  receiving_since timestamptz NOT NULL
);
COMMENT ON COLUMN account_rollout.sending_since IS 'since when sending has its value';
CREATE INDEX account_rollout_sending ON account_rollout (account_id) WHERE sending;

CREATE TABLE rollout_evaluator (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  node text NOT NULL,
  lease_until timestamptz NOT NULL,
  provider text NOT NULL,
  evaluated_at timestamptz,
  failure text CHECK (length(failure) <= 200),
  failing_since timestamptz
);
COMMENT ON TABLE rollout_evaluator IS 'the one node that evaluates the flag';
