-- Reviewers who are asked by mail, the mails to them, and the links in these. Additive: the way back is to drop these
-- tables.
CREATE TABLE mail_reviewer (
  id           uuid PRIMARY KEY,
  organization text NOT NULL,
  agents       uuid[] NOT NULL,
  address      text NOT NULL,
  mailbox      text NOT NULL,
  decides_by   text NOT NULL CHECK (decides_by IN ('login', 'code')),
  code_sha256  bytea,
  wrong_codes  int NOT NULL DEFAULT 0,
  named_by     text NOT NULL,
  created_at   timestamptz NOT NULL,
  UNIQUE (organization, mailbox),
  CHECK ((decides_by = 'code') = (code_sha256 IS NOT NULL))
);
COMMENT ON COLUMN mail_reviewer.agents IS 'whose mail the reviewer is asked about; empty: of every agent of the organization';
COMMENT ON COLUMN mail_reviewer.mailbox IS 'the address without a tag after +: one mailbox is one reviewer';
COMMENT ON COLUMN mail_reviewer.code_sha256 IS 'of 80 random bits, which the reviewer gets by another way than mail';
COMMENT ON COLUMN mail_reviewer.wrong_codes IS 'in a row; beyond a bound no code is taken until there is a new one';
COMMENT ON COLUMN mail_reviewer.named_by IS 'who named the reviewer, such as key:<id>';

CREATE TABLE review_mail (
  id          uuid PRIMARY KEY,
  review_id   uuid NOT NULL REFERENCES outbound_review ON DELETE CASCADE,
  version     int NOT NULL,
  reviewer_id uuid NOT NULL REFERENCES mail_reviewer ON DELETE CASCADE,
  due_at      timestamptz,
  attempts    int NOT NULL DEFAULT 0,
  sent_at     timestamptz,
  failed_at   timestamptz,
  last_error  text,
  used_at     timestamptz,
  UNIQUE (review_id, version, reviewer_id)
);
COMMENT ON COLUMN review_mail.due_at IS 'when it is tried next; null: it was sent, given up, or its review is over';
COMMENT ON COLUMN review_mail.used_at IS 'when its link was used up by a decision';
CREATE INDEX review_mail_due ON review_mail (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX review_mail_failing ON review_mail (review_id) WHERE last_error IS NOT NULL AND sent_at IS NULL;
CREATE INDEX review_mail_reviewer ON review_mail (reviewer_id, id);

-- One for each attempt to send a mail: the token itself is in that mail only.
CREATE TABLE review_link (
  token_sha256 bytea PRIMARY KEY,
  mail_id      uuid NOT NULL REFERENCES review_mail ON DELETE CASCADE,
  created_at   timestamptz NOT NULL
);
CREATE INDEX review_link_mail ON review_link (mail_id);
