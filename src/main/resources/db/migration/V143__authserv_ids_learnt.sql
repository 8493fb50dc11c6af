-- The domains of outside senders in whose mail the topmost Authentication-Results has an authserv-id: its evidence.
CREATE TABLE authserv_sender (
  account_id    uuid NOT NULL REFERENCES agent_email_account ON DELETE CASCADE,
  host          text NOT NULL,
  authserv_id   text NOT NULL,
  sender_domain text NOT NULL,
  seen_at       timestamptz NOT NULL,
  PRIMARY KEY (account_id, host, authserv_id, sender_domain)
);

-- Mails with a forged field of an authserv-id, sent to find out whether the receiving server removes it.
CREATE TABLE authserv_probe (
  token_sha256 bytea PRIMARY KEY,
  account_id   uuid NOT NULL REFERENCES agent_email_account ON DELETE CASCADE,
  host         text NOT NULL,
  authserv_id  text NOT NULL,
  sent_from    text NOT NULL,
  sent_at      timestamptz NOT NULL,
  arrived_at   timestamptz,
  -- Whether it came out without the field; null: not yet.
  stripped     boolean,
  error        text
);
CREATE INDEX authserv_probe_account ON authserv_probe (account_id, sent_at);
