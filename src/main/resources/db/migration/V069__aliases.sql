-- Further addresses of an account, which it may send from once a round trip has shown that its server leaves From as it
-- is. Additive: the way back is to drop these tables.
CREATE TABLE account_alias (
  account_id     uuid NOT NULL REFERENCES agent_email_account ON DELETE CASCADE,
  organization   text NOT NULL,
  address        text NOT NULL,
  state          text NOT NULL DEFAULT 'unproved'
                   CHECK (state IN ('unproved', 'probing', 'proved', 'rewritten', 'failed')),
  token_sha256   bytea,
  probed_at      timestamptz,
  proved_at      timestamptz,
  seen_from      text,
  error          text,
  smtp_host      text,
  smtp_username  text,
  created_at     timestamptz NOT NULL,
  PRIMARY KEY (account_id, address),
  UNIQUE (organization, address)
);
COMMENT ON COLUMN account_alias.token_sha256 IS 'of the latest probe';
COMMENT ON COLUMN account_alias.smtp_host IS 'of the server that was probed: the proof holds for it and its login';

-- Each probe that was sent, so that none is taken for mail to the agent, however late it arrives.
CREATE TABLE alias_probe (
  token_sha256 bytea PRIMARY KEY,
  account_id   uuid NOT NULL REFERENCES agent_email_account ON DELETE CASCADE,
  address      text NOT NULL,
  sent_at      timestamptz NOT NULL
);
CREATE INDEX alias_probe_account ON alias_probe (account_id);
CREATE INDEX account_alias_proved ON account_alias (address) WHERE state = 'proved';
