-- Bounds of the mails to reviewers, and what counts as one mailbox. Additive: the way back is to drop the table and the
-- column.
CREATE TABLE review_mail_hour (
  organization text NOT NULL,
  hour         timestamptz NOT NULL,
  mails        int NOT NULL DEFAULT 0,
  named        int NOT NULL DEFAULT 0,
  PRIMARY KEY (organization, hour)
);
COMMENT ON TABLE review_mail_hour IS 'how many mails to reviewers an organization caused in an hour, and how many reviewers it named';

ALTER TABLE review_mail ADD COLUMN wrong_codes int NOT NULL DEFAULT 0;
COMMENT ON COLUMN review_mail.wrong_codes IS 'entered at its links, in a row; beyond a bound these take no code';
COMMENT ON COLUMN mail_reviewer.wrong_codes IS 'no longer used: counted for each mail';

-- Gmail ignores dots, and gmail.com is googlemail.com. Of two reviewers with one mailbox the older one gets its name.
UPDATE mail_reviewer r SET mailbox = n.mailbox
FROM (SELECT DISTINCT ON (organization, mailbox) id, organization, mailbox
      FROM (SELECT id, organization,
              replace(split_part(split_part(address, '@', 1), '+', 1), '.', '') || '@gmail.com' AS mailbox
            FROM mail_reviewer WHERE split_part(address, '@', 2) IN ('gmail.com', 'googlemail.com')) google
      ORDER BY organization, mailbox, id) n
WHERE n.id = r.id AND NOT EXISTS (SELECT 1 FROM mail_reviewer other
  WHERE other.organization = n.organization AND other.mailbox = n.mailbox AND other.id <> n.id);
