-- Whether the server files what it takes for junk there: mail from it is held for review.
ALTER TABLE mailbox ADD COLUMN junk boolean NOT NULL DEFAULT false;
