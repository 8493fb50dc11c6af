-- Why a mail is held for review: sender, junk, malware, screening or finding; null: its sender.
ALTER TABLE inbound_mail ADD COLUMN held_because text;
-- What becomes of mail with a finding: {"macro-file": "hold", "script": "allow"}; findings are marked otherwise.
ALTER TABLE agent ADD COLUMN finding_actions jsonb NOT NULL DEFAULT '{}';
-- Whether the server files what it takes for junk there: mail from it is held for review.
ALTER TABLE mailbox ADD COLUMN junk boolean NOT NULL DEFAULT false;
