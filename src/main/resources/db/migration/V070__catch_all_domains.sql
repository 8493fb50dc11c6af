-- Catch-all domains and plus-addresses. Additive: the way back is to drop what this file creates, and the rows of
-- account_alias of another kind than 'address'.

ALTER TABLE account_alias
  ADD COLUMN kind text NOT NULL DEFAULT 'address' CHECK (kind IN ('address', 'plus', 'domain'));
COMMENT ON COLUMN account_alias.kind IS 'plus: address is local+*@domain, and stands for each tag; domain: it is *@domain';

ALTER TABLE alias_probe ADD COLUMN sent_from text;
COMMENT ON COLUMN alias_probe.sent_from IS 'the From of the probe; null: the alias itself';

-- A mailbox that receives what is sent to any address of a domain.
CREATE TABLE catch_all (
  account_id    uuid NOT NULL REFERENCES agent_email_account ON DELETE CASCADE,
  organization  text NOT NULL,
  domain        text NOT NULL,
  unmatched     text NOT NULL CHECK (unmatched IN ('account', 'refuse')),
  dns_token     text NOT NULL,
  proof         text CHECK (proof IN ('dns', 'round_trip')),
  proved_at     timestamptz,
  imap_host     text,
  imap_username text,
  error         text,
  created_at    timestamptz NOT NULL,
  PRIMARY KEY (account_id, domain),
  UNIQUE (organization, domain),
  CHECK ((proof IS NULL) = (proved_at IS NULL))
);
COMMENT ON COLUMN catch_all.unmatched IS 'what becomes of mail that no rule names: account: it is for the agent of the account';
COMMENT ON COLUMN catch_all.dns_token IS 'what the TXT record has to say: public, not a secret';
COMMENT ON COLUMN catch_all.imap_host IS 'of the mailbox in which a round trip ended: the proof holds for it and its login';
CREATE UNIQUE INDEX catch_all_proved ON catch_all (domain) WHERE proof IS NOT NULL;

CREATE TABLE catch_all_rule (
  account_id  uuid NOT NULL,
  domain      text NOT NULL,
  literal     text NOT NULL,
  prefix      boolean NOT NULL,
  agent_id    uuid NOT NULL REFERENCES agent,
  endpoint_id uuid NOT NULL REFERENCES endpoint,
  PRIMARY KEY (account_id, domain, literal, prefix),
  FOREIGN KEY (account_id, domain) REFERENCES catch_all ON DELETE CASCADE
);
COMMENT ON COLUMN catch_all_rule.literal IS 'what stands before the * if it is a prefix, else the whole part before the @';
CREATE INDEX catch_all_rule_endpoint ON catch_all_rule (endpoint_id);

-- The endpoint of a rule has no account of its own: its mail leaves through that of the catch-all domain.
ALTER TABLE endpoint ADD COLUMN through_account_id uuid REFERENCES agent_email_account ON DELETE SET NULL;
CREATE INDEX endpoint_through ON endpoint (through_account_id) WHERE through_account_id IS NOT NULL;
CREATE VIEW endpoint_account AS
  SELECT endpoint_id, id AS account_id FROM agent_email_account
  UNION ALL
  SELECT e.id, e.through_account_id FROM endpoint e
  WHERE e.through_account_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM agent_email_account own WHERE own.endpoint_id = e.id);
COMMENT ON VIEW endpoint_account IS 'by which account mail of an endpoint leaves';

ALTER TABLE inbound_mail ADD COLUMN recipient text, ADD COLUMN recipient_tag text;
COMMENT ON COLUMN inbound_mail.recipient IS 'the address of the account that it was sent to; null: unknown';
