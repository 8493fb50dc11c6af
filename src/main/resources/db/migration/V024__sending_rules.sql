-- Addresses that mail of an organisation is no longer sent to, with what showed it.
CREATE TABLE suppression (
  id              uuid PRIMARY KEY,
  organization    text NOT NULL,
  address         text NOT NULL,
  reason          text NOT NULL CHECK (reason IN ('no_such_recipient', 'no_such_host', 'disabled_recipient', 'complaint', 'manual')),
  source          text NOT NULL CHECK (source IN ('smtp', 'bounce', 'complaint', 'manual')),
  enhanced_status text,
  words           text,
  message_id      uuid,
  attempt_id      uuid,
  bounce_id       uuid,
  created_at      timestamptz NOT NULL,
  expires_at      timestamptz,
  UNIQUE (organization, address)
);
COMMENT ON COLUMN suppression.expires_at IS 'null: until a person lifts it';

-- What sending knows and is told of an account beside its settings.
CREATE TABLE account_sending (
  account_id   uuid PRIMARY KEY REFERENCES agent_email_account ON DELETE CASCADE,
  next_send_at timestamptz,
  wait_reason  text
);
COMMENT ON COLUMN account_sending.next_send_at IS 'nothing of the account is claimed before';

-- A row here, and nothing leaves, on any node.
CREATE TABLE sending_pause (
  everything boolean PRIMARY KEY DEFAULT true CHECK (everything),
  paused_by  text NOT NULL,
  paused_at  timestamptz NOT NULL
);
