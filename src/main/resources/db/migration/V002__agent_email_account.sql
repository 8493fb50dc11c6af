-- Bring your own mailbox. Additive: the way back is to drop what this file creates (docs/rollout.md).

-- Lets an account refer to an endpoint together with its owner.
ALTER TABLE endpoint ADD CONSTRAINT endpoint_with_owner UNIQUE (id, owner_agent_id);

-- The SMTP and IMAP settings of one agent-owned endpoint. The second foreign key holds agent_id, which
-- is never null, against the endpoint's owner: an external endpoint (owner null) can have no account,
-- and an endpoint that has one cannot lose its owner.
CREATE TABLE agent_email_account (
  id                    uuid PRIMARY KEY,
  endpoint_id           uuid NOT NULL UNIQUE,
  agent_id              uuid NOT NULL,
  display_name          text,
  smtp_host             text,
  smtp_port             int CHECK (smtp_port BETWEEN 1 AND 65535),
  smtp_security         text CHECK (smtp_security IN ('ssl', 'starttls', 'none')),
  smtp_auth             text CHECK (smtp_auth IN ('none', 'plain', 'login', 'oauth2')),
  smtp_username         text,
  smtp_secret           bytea,
  smtp_verified_at      timestamptz,
  imap_host             text,
  imap_port             int CHECK (imap_port BETWEEN 1 AND 65535),
  imap_security         text CHECK (imap_security IN ('ssl', 'starttls', 'none')),
  imap_auth             text CHECK (imap_auth IN ('none', 'plain', 'login', 'oauth2')),
  imap_username         text,
  imap_secret           bytea,
  imap_verified_at      timestamptz,
  imap_folder           text NOT NULL DEFAULT 'INBOX',
  poll_interval_seconds int NOT NULL DEFAULT 120 CHECK (poll_interval_seconds >= 30),
  idle                  boolean NOT NULL DEFAULT true,
  outbound_enabled      boolean NOT NULL DEFAULT false CHECK (NOT outbound_enabled OR smtp_verified_at IS NOT NULL),
  inbound_enabled       boolean NOT NULL DEFAULT false CHECK (NOT inbound_enabled OR imap_verified_at IS NOT NULL),
  paused_at             timestamptz,
  version               bigint NOT NULL DEFAULT 1,
  created_at            timestamptz NOT NULL,
  updated_at            timestamptz NOT NULL,
  FOREIGN KEY (endpoint_id, agent_id) REFERENCES endpoint (id, owner_agent_id)
);
COMMENT ON COLUMN agent_email_account.smtp_secret IS 'sealed with authenticated encryption, bound to this account and field';
COMMENT ON COLUMN agent_email_account.version IS 'grows with every change of settings; pools and watchers compare it';

-- Whether a correspondent has written to the agent.
CREATE INDEX message_correspondent ON message (endpoint_id, from_address) WHERE direction = 'inbound';

-- How an account fares, apart from its settings because it changes with every connection.
CREATE TABLE account_health (
  account_id    uuid NOT NULL REFERENCES agent_email_account ON DELETE CASCADE,
  side          text NOT NULL CHECK (side IN ('smtp', 'imap')),
  last_ok_at    timestamptz,
  error         text,
  error_at      timestamptz,
  failures      int NOT NULL DEFAULT 0,
  backoff_until timestamptz,
  PRIMARY KEY (account_id, side)
);

-- A watched folder of an account at one host and login, with its cursor.
CREATE TABLE mailbox (
  id            uuid PRIMARY KEY,
  account_id    uuid REFERENCES agent_email_account ON DELETE SET NULL,
  host          text NOT NULL,
  login         text NOT NULL,
  folder        text NOT NULL,
  uid_validity  bigint,
  last_uid      bigint,
  modseq        bigint,
  epoch         int NOT NULL DEFAULT 0,
  fence         bigint NOT NULL DEFAULT 0,
  watched_since timestamptz,
  reset_at      timestamptz,
  created_at    timestamptz NOT NULL,
  CHECK ((uid_validity IS NULL) = (last_uid IS NULL))
);
CREATE UNIQUE INDEX mailbox_place ON mailbox (host, login, folder) WHERE account_id IS NOT NULL;
CREATE UNIQUE INDEX mailbox_account ON mailbox (account_id) WHERE account_id IS NOT NULL;
COMMENT ON COLUMN mailbox.epoch IS 'how often the server has numbered the folder anew; a UID means one mail within an epoch only';
COMMENT ON COLUMN mailbox.fence IS 'grows each time a watcher takes the mailbox; every write of a watcher names the one it was given';

-- What a producer handed in beyond the message itself.
CREATE TABLE outbound_submission (
  -- Checked at commit: the id of a submission is taken before its message is stored.
  message_id              uuid PRIMARY KEY REFERENCES message DEFERRABLE INITIALLY DEFERRED,
  organization            text NOT NULL,
  submission_id           text NOT NULL,
  body_sha256             bytea NOT NULL,
  status                  text NOT NULL DEFAULT 'queued',
  priority                int NOT NULL DEFAULT 0,
  send_at                 timestamptz,
  expires_at              timestamptz NOT NULL,
  auto_submitted          boolean NOT NULL DEFAULT false,
  request_delivery_report boolean NOT NULL DEFAULT false,
  accepted_at             timestamptz NOT NULL,
  UNIQUE (organization, submission_id)
);
COMMENT ON COLUMN outbound_submission.status IS 'derived from the recipients, kept here to list by';
CREATE INDEX outbound_submission_status ON outbound_submission (status, message_id);
CREATE INDEX outbound_submission_expiry ON outbound_submission (expires_at)
  WHERE status IN ('queued', 'sending', 'deferred', 'held');

-- The state of one recipient of an outbound message.
CREATE TABLE message_recipient (
  message_id      uuid NOT NULL REFERENCES message,
  address         text NOT NULL,
  kind            text NOT NULL CHECK (kind IN ('to', 'cc', 'bcc')),
  status          text NOT NULL CHECK (status IN ('queued', 'sending', 'deferred', 'held', 'sent', 'failed',
                    'delivered', 'cancelled', 'expired', 'simulated')),
  enhanced_status text,
  diagnostic      text,
  attempt_id      uuid REFERENCES outbound_message_attempt,
  updated_at      timestamptz NOT NULL,
  PRIMARY KEY (message_id, address)
);
CREATE INDEX message_recipient_address ON message_recipient (address);

-- The work row of a message that still has to leave; gone when there is nothing left to do.
CREATE TABLE outbound_delivery (
  message_id    uuid PRIMARY KEY REFERENCES message,
  account_id    uuid REFERENCES agent_email_account ON DELETE SET NULL,
  attempt_id    uuid NOT NULL REFERENCES outbound_message_attempt,
  try_number    int NOT NULL DEFAULT 1,
  priority      int NOT NULL DEFAULT 0,
  due_at        timestamptz NOT NULL,
  held_reason   text,
  claim_token   uuid,
  claimed_by    text,
  claimed_until timestamptz,
  unknown_once  boolean NOT NULL DEFAULT false,
  tries         int NOT NULL DEFAULT 0,
  first_try_at  timestamptz,
  CHECK ((claim_token IS NULL) = (claimed_until IS NULL))
);
COMMENT ON COLUMN outbound_delivery.tries IS 'how many of them count for the retry schedule';
CREATE INDEX outbound_delivery_due ON outbound_delivery (account_id, priority DESC, due_at)
  WHERE claim_token IS NULL AND held_reason IS NULL;
CREATE INDEX outbound_delivery_claimed ON outbound_delivery (account_id, claimed_until) WHERE claim_token IS NOT NULL;
CREATE INDEX outbound_delivery_attempt ON outbound_delivery (attempt_id);

-- How much of an account is being sent. Volatile, so that each call sees what was committed since the
-- statement that calls it began.
CREATE FUNCTION live_claims(account uuid) RETURNS bigint LANGUAGE sql VOLATILE AS
  'SELECT count(*) FROM outbound_delivery WHERE account_id = account AND claim_token IS NOT NULL';

-- One row for each mail that was read from a mailbox, whatever became of it. Its key makes reading
-- idempotent; its fingerprint outlives the message.
CREATE TABLE inbound_mail (
  id             uuid PRIMARY KEY,
  organization   text NOT NULL,
  mailbox_id     uuid NOT NULL REFERENCES mailbox,
  uid_validity   bigint NOT NULL,
  epoch          int NOT NULL DEFAULT 0,
  uid            bigint NOT NULL,
  account_id     uuid NOT NULL,
  status         text NOT NULL CHECK (status IN ('ingested', 'report', 'refused', 'duplicate', 'quarantined')),
  reason         text,
  message_id     uuid REFERENCES message,
  fingerprint    bytea NOT NULL,
  raw_sha256     text,
  size           bigint NOT NULL,
  sender         text,
  subject        text,
  rfc_message_id text,
  authentication text NOT NULL DEFAULT 'none' CHECK (authentication IN ('pass', 'fail', 'none')),
  auto_submitted text,
  seen_pending   boolean NOT NULL DEFAULT false,
  received_at    timestamptz,
  created_at     timestamptz NOT NULL,
  UNIQUE (mailbox_id, uid_validity, epoch, uid)
);
CREATE INDEX inbound_mail_fingerprint ON inbound_mail (mailbox_id, fingerprint);
CREATE INDEX inbound_mail_message ON inbound_mail (message_id);
CREATE INDEX inbound_mail_account ON inbound_mail (account_id, id);
CREATE INDEX inbound_mail_status ON inbound_mail (status, id) WHERE status <> 'ingested';
CREATE INDEX inbound_mail_seen_pending ON inbound_mail (mailbox_id) WHERE seen_pending;

-- One row for each recipient of a delivery report.
CREATE TABLE bounce (
  id              uuid PRIMARY KEY,
  inbound_mail_id uuid NOT NULL REFERENCES inbound_mail,
  account_id      uuid NOT NULL,
  message_id      uuid REFERENCES message,
  attempt_id      uuid REFERENCES outbound_message_attempt,
  kind            text NOT NULL CHECK (kind IN ('failed', 'delayed', 'success')),
  recipient       text,
  action          text,
  enhanced_status text,
  smtp_reply      text,
  diagnostic      text,
  reporting_mta   text,
  matched_by      text,
  recipient_match text CHECK (recipient_match IN ('original', 'final', 'inferred')),
  created_at      timestamptz NOT NULL
);
CREATE INDEX bounce_message ON bounce (message_id);
CREATE INDEX bounce_account ON bounce (account_id, id);

-- Transactional outbox: written with the change it tells of, given its position by the one publisher.
CREATE TABLE event (
  id           uuid PRIMARY KEY,
  recorded     bigint GENERATED ALWAYS AS IDENTITY,
  position     bigint UNIQUE,
  organization text NOT NULL,
  type         text NOT NULL,
  message_id   uuid,
  account_id   uuid,
  sequence     int NOT NULL DEFAULT 1,
  body         jsonb NOT NULL,
  created_at   timestamptz NOT NULL,
  published_at timestamptz,
  UNIQUE (message_id, sequence)
);
CREATE INDEX event_without_position ON event (recorded) WHERE position IS NULL;
CREATE INDEX event_organization ON event (organization, position);
CREATE INDEX event_unpublished ON event (position) WHERE published_at IS NULL;

CREATE TABLE api_key (
  id           uuid PRIMARY KEY,
  name         text NOT NULL,
  role         text NOT NULL CHECK (role IN ('admin', 'operator', 'producer')),
  organization text,
  key_sha256   bytea NOT NULL UNIQUE,
  created_at   timestamptz NOT NULL
);
COMMENT ON COLUMN api_key.organization IS 'null: every organisation';
