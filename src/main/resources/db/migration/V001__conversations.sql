-- What a platform of agents has already: agents, their addresses, and the conversations they hold.
-- Everything that this gateway adds comes in later migrations and adds no column to message.

CREATE TABLE agent (
  id              uuid PRIMARY KEY,
  organization    text NOT NULL CHECK (organization <> ''),
  name            text NOT NULL CHECK (name <> ''),
  inbound_policy  text NOT NULL DEFAULT 'known' CHECK (inbound_policy IN ('open', 'known', 'listed')),
  outbound_policy text NOT NULL DEFAULT 'open' CHECK (outbound_policy IN ('open', 'known', 'listed')),
  contacts        text[] NOT NULL DEFAULT '{}',
  created_at      timestamptz NOT NULL,
  deleted_at      timestamptz
);
COMMENT ON COLUMN agent.contacts IS 'addresses (a@x) and domains (@x), lower case';

-- An address on a channel. Agent-owned where it has an owner, external otherwise.
CREATE TABLE endpoint (
  id             uuid PRIMARY KEY,
  channel        text NOT NULL DEFAULT 'email' CHECK (channel = 'email'),
  address        text NOT NULL CHECK (address = lower(address)),
  display_name   text,
  owner_agent_id uuid REFERENCES agent,
  created_at     timestamptz NOT NULL,
  UNIQUE (channel, address)
);
CREATE INDEX endpoint_owner ON endpoint (owner_agent_id);

CREATE TABLE conversation (
  id              uuid PRIMARY KEY,
  agent_id        uuid NOT NULL REFERENCES agent,
  subject         text NOT NULL,
  related_to      uuid REFERENCES conversation,
  created_at      timestamptz NOT NULL,
  last_message_at timestamptz NOT NULL
);
CREATE INDEX conversation_agent ON conversation (agent_id, last_message_at DESC);

CREATE TABLE message (
  id              uuid PRIMARY KEY,
  organization    text NOT NULL,
  conversation_id uuid NOT NULL REFERENCES conversation,
  endpoint_id     uuid NOT NULL REFERENCES endpoint,
  direction       text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
  from_address    text NOT NULL,
  from_name       text,
  to_addresses    text[] NOT NULL DEFAULT '{}',
  cc_addresses    text[] NOT NULL DEFAULT '{}',
  reply_to        text,
  subject         text NOT NULL,
  text_body       text,
  html_body       text,
  rfc_message_id  text,
  in_reply_to     text,
  rfc_references  text[] NOT NULL DEFAULT '{}',
  headers         jsonb NOT NULL DEFAULT '[]',
  metadata        jsonb NOT NULL DEFAULT '{}',
  sent_date       timestamptz,
  created_at      timestamptz NOT NULL
);
COMMENT ON COLUMN message.endpoint_id IS 'the endpoint of the agent that sent or received it';
COMMENT ON COLUMN message.rfc_message_id IS 'the Message-ID field (RFC 5322), without angle brackets';
CREATE INDEX message_conversation ON message (conversation_id, id);
CREATE INDEX message_endpoint ON message (endpoint_id, direction, id);
CREATE INDEX message_organization ON message (organization, id);
CREATE INDEX message_rfc_message_id ON message (rfc_message_id);

-- A file: uploaded to be sent (message_id null), or part of a message. Its bytes are in the content
-- store under their SHA-256; a rejected one has none.
CREATE TABLE attachment (
  id           uuid PRIMARY KEY,
  organization text NOT NULL,
  message_id   uuid REFERENCES message,
  position     int NOT NULL DEFAULT 0,
  name         text NOT NULL,
  content_type text NOT NULL,
  disposition  text NOT NULL DEFAULT 'attachment' CHECK (disposition IN ('attachment', 'inline')),
  content_id   text,
  size         bigint NOT NULL,
  sha256       text,
  rejected     text,
  created_at   timestamptz NOT NULL,
  CHECK ((sha256 IS NULL) = (rejected IS NOT NULL))
);
CREATE INDEX attachment_message ON attachment (message_id, position);

-- One row for each try to send a message; never deleted.
CREATE TABLE outbound_message_attempt (
  id           uuid PRIMARY KEY,
  message_id   uuid NOT NULL REFERENCES message,
  try_number   int NOT NULL CHECK (try_number > 0),
  provider     text,
  status       text NOT NULL CHECK (status IN ('QUEUED', 'SENDING', 'SENT', 'DELIVERED', 'FAILED')),
  outcome      text CHECK (outcome IN ('accepted', 'deferred', 'rejected', 'unknown', 'simulated', 'cancelled', 'expired')),
  error        text,
  error_code   text,
  smtp_reply   text,
  queued_at    timestamptz NOT NULL,
  sending_at   timestamptz,
  sent_at      timestamptz,
  delivered_at timestamptz,
  failed_at    timestamptz,
  UNIQUE (message_id, try_number)
);
COMMENT ON COLUMN outbound_message_attempt.error_code IS 'an enhanced status code (RFC 3463), or a word of ours such as no_transport';
