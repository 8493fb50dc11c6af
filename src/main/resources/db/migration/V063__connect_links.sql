-- One-time links by which the owner of a mailbox connects it to an agent, or mends an account, without a login.

-- No references: what was connected by a link, and by what mail its owner was told, outlives account and agent.
CREATE TABLE connect_link (
  id                uuid PRIMARY KEY,
  token_sha256      bytea NOT NULL,
  organization      text NOT NULL,
  agent_id          uuid NOT NULL,
  mended_account_id uuid,
  address           text,
  sign_in           text[] NOT NULL,
  return_url        text,
  state             text,
  created_by        text NOT NULL,
  created_at        timestamptz NOT NULL,
  expires_at        timestamptz NOT NULL,
  revoked_at        timestamptz,
  browser_sha256    bytea,
  opened_at         timestamptz,
  attempts          int NOT NULL DEFAULT 0,
  chosen_address    text,
  proposal          jsonb,
  account_id        uuid,
  used_at           timestamptz,
  notice_id         uuid,
  notice_due_at     timestamptz,
  notice_attempts   int NOT NULL DEFAULT 0,
  notice_sent_at    timestamptz,
  CONSTRAINT connect_link_browser CHECK ((browser_sha256 IS NULL) = (opened_at IS NULL)),
  CONSTRAINT connect_link_used CHECK (used_at IS NULL OR account_id IS NOT NULL AND browser_sha256 IS NOT NULL),
  CONSTRAINT connect_link_ended CHECK (used_at IS NULL OR revoked_at IS NULL)
);
CREATE UNIQUE INDEX connect_link_token ON connect_link (token_sha256);
CREATE INDEX connect_link_organization ON connect_link (organization, id);
CREATE UNIQUE INDEX connect_link_notice ON connect_link (notice_id) WHERE notice_id IS NOT NULL;
CREATE INDEX connect_link_notice_due ON connect_link (notice_due_at) WHERE notice_due_at IS NOT NULL;
COMMENT ON COLUMN connect_link.token_sha256 IS 'SHA-256 of the token in the URL, which is shown once';
COMMENT ON COLUMN connect_link.mended_account_id IS 'the account that is signed in again; null: a new one of the agent';
COMMENT ON COLUMN connect_link.address IS 'the only address that may be connected; null: the owner types one';
COMMENT ON COLUMN connect_link.sign_in IS 'names of OAuth providers, and password; empty: any';
COMMENT ON COLUMN connect_link.browser_sha256 IS 'SHA-256 of the cookie of the browser that the link is bound to';
COMMENT ON COLUMN connect_link.attempts IS 'addresses looked up and sign-ins tried, of a bounded number';
COMMENT ON COLUMN connect_link.account_id IS 'what the link has made or mended';
COMMENT ON COLUMN connect_link.notice_id IS 'in the Message-ID and a header field of the mail that tells the owner';
COMMENT ON COLUMN connect_link.notice_due_at IS 'when that mail is tried next; null: not to be sent, or sent, or given up';
