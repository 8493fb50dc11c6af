-- Webhooks (Standard Webhooks): who hears of which events, the keys that sign, and the deliveries. Additive: the way back
-- is to drop these tables. An older node beside makes no deliveries; its events are delivered by the newer ones.
CREATE TABLE webhook (
  id                uuid PRIMARY KEY,
  organization      text NOT NULL CHECK (organization <> ''),
  url               text NOT NULL,
  description       text,
  types             text[] NOT NULL DEFAULT '{}',
  agents            uuid[] NOT NULL DEFAULT '{}',
  accounts          uuid[] NOT NULL DEFAULT '{}',
  since_position    bigint NOT NULL,
  paused_at         timestamptz,
  disabled_at       timestamptz,
  disabled_reason   text,
  failures          int NOT NULL DEFAULT 0,
  failing_since     timestamptz,
  openings          int NOT NULL DEFAULT 0,
  open_until        timestamptz,
  slow              boolean NOT NULL DEFAULT true,
  last_delivered_at timestamptz,
  last_failed_at    timestamptz,
  last_error        text,
  created_at        timestamptz NOT NULL,
  CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);
CREATE INDEX webhook_organization ON webhook (organization, id);
COMMENT ON COLUMN webhook.types IS 'of events; none: every type. agents and accounts likewise';
COMMENT ON COLUMN webhook.since_position IS 'events behind this position are delivered';
COMMENT ON COLUMN webhook.failures IS 'failed attempts since the last one that succeeded';
COMMENT ON COLUMN webhook.openings IS 'how often the circuit has opened since then; open_until: no attempt before';
COMMENT ON COLUMN webhook.slow IS 'the receiver has not answered quickly last: it shares the workers of slow ones';

CREATE TABLE webhook_secret (
  id          uuid PRIMARY KEY,
  webhook_id  uuid NOT NULL REFERENCES webhook ON DELETE CASCADE,
  hmac_key    bytea NOT NULL,
  private_key bytea NOT NULL,
  public_key  bytea NOT NULL,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz
);
CREATE INDEX webhook_secret_webhook ON webhook_secret (webhook_id, created_at);
COMMENT ON COLUMN webhook_secret.hmac_key IS 'sealed, bound to this row and field; so is private_key (Ed25519)';
COMMENT ON COLUMN webhook_secret.expires_at IS 'null: the present one, of which each webhook has one';
CREATE UNIQUE INDEX webhook_secret_present ON webhook_secret (webhook_id) WHERE expires_at IS NULL;

-- No reference to event: a delivery outlives what is tidied away there.
CREATE TABLE webhook_delivery (
  id             uuid PRIMARY KEY,
  sequence       bigint GENERATED ALWAYS AS IDENTITY,
  webhook_id     uuid NOT NULL REFERENCES webhook ON DELETE CASCADE,
  event_id       uuid NOT NULL,
  position       bigint NOT NULL,
  type           text NOT NULL,
  order_key      uuid,
  replay         boolean NOT NULL DEFAULT false,
  state          text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
  attempts       int NOT NULL DEFAULT 0,
  due_at         timestamptz NOT NULL,
  give_up_at     timestamptz NOT NULL,
  claim_token    uuid,
  claimed_until  timestamptz,
  last_error     text,
  created_at     timestamptz NOT NULL,
  ended_at       timestamptz,
  CHECK ((claim_token IS NULL) = (claimed_until IS NULL)),
  CHECK ((state = 'waiting') = (ended_at IS NULL)),
  CHECK (claim_token IS NULL OR state = 'waiting')
) WITH (fillfactor = 80);
COMMENT ON COLUMN webhook_delivery.order_key IS
  'what its events are about, a message or else an account: its deliveries of a webhook are made one after the other';
COMMENT ON COLUMN webhook_delivery.sequence IS 'the order of the deliveries with one order_key';
-- At most one delivery of a webhook and message is under way, over all nodes.
CREATE UNIQUE INDEX webhook_delivery_under_way ON webhook_delivery (webhook_id, order_key) WHERE claim_token IS NOT NULL;
CREATE INDEX webhook_delivery_claimed ON webhook_delivery (claimed_until) WHERE claim_token IS NOT NULL;
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, due_at, sequence)
  WHERE state = 'waiting' AND claim_token IS NULL;
CREATE INDEX webhook_delivery_order ON webhook_delivery (webhook_id, order_key, sequence) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_list ON webhook_delivery (webhook_id, id);
CREATE INDEX webhook_delivery_ended ON webhook_delivery (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX webhook_delivery_given_up ON webhook_delivery (give_up_at) WHERE state = 'waiting';

-- What was sent and answered. The body that was sent is made of the event again.
CREATE TABLE webhook_attempt (
  delivery_id uuid NOT NULL REFERENCES webhook_delivery ON DELETE CASCADE,
  number      int NOT NULL,
  at          timestamptz NOT NULL,
  url         text NOT NULL,
  millis      int NOT NULL,
  status      int,
  answer      text,
  error       text,
  PRIMARY KEY (delivery_id, number)
);
COMMENT ON COLUMN webhook_attempt.status IS 'of HTTP; null: there was no answer';
COMMENT ON COLUMN webhook_attempt.answer IS 'the start of the body';

-- How far deliveries have been made of the numbered events.
CREATE TABLE webhook_cursor (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  position  bigint NOT NULL
);
INSERT INTO webhook_cursor (position) VALUES (0);
