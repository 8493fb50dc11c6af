-- Which mails a node was reading when it ended. Noted before large mail is read, and before any where the node that had
-- the mailbox before did not let it go; over once the cursor is past it.
ALTER TABLE mailbox
  ADD COLUMN taken_over      boolean NOT NULL DEFAULT false,
  ADD COLUMN reading_from    bigint,
  ADD COLUMN reading_to      bigint,
  ADD COLUMN reading_epoch   int,
  ADD COLUMN reading_tries   int NOT NULL DEFAULT 0;
COMMENT ON COLUMN mailbox.taken_over IS 'whether who had it before the present holder did not let it go';
COMMENT ON COLUMN mailbox.reading_tries IS 'how often reading these UIDs was begun';
