-- The reviews of outbound messages. While one is requested, its message has no row in outbound_delivery.
CREATE TABLE outbound_review (
  id                   uuid PRIMARY KEY,
  message_id           uuid NOT NULL REFERENCES message ON DELETE CASCADE,
  organization         text NOT NULL,
  agent_id             uuid NOT NULL,
  state                text NOT NULL CHECK (state IN ('requested', 'approved', 'used', 'rejected', 'expired', 'cancelled')),
  version              int NOT NULL,
  reasons              jsonb NOT NULL,
  has_findings         boolean NOT NULL,
  policy_version       text NOT NULL,
  four_eyes            boolean NOT NULL,
  conversation_changed boolean NOT NULL,
  submitter_key        uuid,
  alike                text NOT NULL,
  requested_at         timestamptz NOT NULL,
  due_at               timestamptz NOT NULL,
  expires_at           timestamptz NOT NULL,
  decided_at           timestamptz,
  used_at              timestamptz,
  used_attempt_id      uuid
);
COMMENT ON COLUMN outbound_review.alike IS 'the same for mails of an agent that differ little';
COMMENT ON COLUMN outbound_review.used_attempt_id IS 'the first attempt, which used the approval up';
CREATE INDEX outbound_review_message ON outbound_review (message_id);
CREATE UNIQUE INDEX outbound_review_open ON outbound_review (message_id) WHERE state IN ('requested', 'approved');
CREATE INDEX outbound_review_requested ON outbound_review (organization, id) WHERE state = 'requested';
CREATE INDEX outbound_review_expiry ON outbound_review (expires_at) WHERE state = 'requested';
CREATE INDEX outbound_review_agent ON outbound_review (agent_id, id);

-- What may be approved: exactly these bytes, to these recipients, by that transport. Never changed.
CREATE TABLE outbound_review_version (
  message_id     uuid NOT NULL REFERENCES message ON DELETE CASCADE,
  version        int NOT NULL,
  content_sha256 text NOT NULL,
  content_size   bigint NOT NULL,
  transport      text NOT NULL,
  recipients     text[] NOT NULL,
  subject        text NOT NULL,
  hash           text NOT NULL,
  made_by        text NOT NULL CHECK (made_by IN ('agent', 'reviewer')),
  created_at     timestamptz NOT NULL,
  PRIMARY KEY (message_id, version)
);
COMMENT ON COLUMN outbound_review_version.hash IS 'SHA-256 over the content''s, the recipients and the transport';
CREATE INDEX outbound_review_version_content ON outbound_review_version (content_sha256);

CREATE TABLE outbound_review_decision (
  id         uuid PRIMARY KEY,
  review_id  uuid NOT NULL REFERENCES outbound_review ON DELETE CASCADE,
  version    int NOT NULL,
  decision   text NOT NULL CHECK (decision IN ('approved', 'rejected')),
  reviewer   text NOT NULL,
  name       text NOT NULL,
  reason     text,
  decided_at timestamptz NOT NULL,
  UNIQUE (review_id, version, reviewer)
);
