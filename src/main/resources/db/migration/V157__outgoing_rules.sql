-- What an organization adds to the examination of its outgoing mail: expressions and words that are findings, and values
-- that are none.
CREATE TABLE outgoing_rule (
  id           uuid PRIMARY KEY,
  organization text NOT NULL,
  name         text NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('pattern', 'words', 'exempt')),
  ignore_case  boolean NOT NULL,
  entries      text[] NOT NULL,
  changed_at   timestamptz NOT NULL,
  UNIQUE (organization, name)
);

-- What was found in an outgoing mail whose agent's policy asks for it, without the values themselves.
CREATE TABLE outgoing_finding (
  message_id uuid NOT NULL REFERENCES message ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  position   smallint NOT NULL,
  kind       text NOT NULL,
  name       text NOT NULL,
  place      text NOT NULL,
  evidence   text NOT NULL,
  action     text NOT NULL,
  PRIMARY KEY (message_id, position)
);
COMMENT ON COLUMN outgoing_finding.evidence IS 'masked: never a secret or a number itself';
