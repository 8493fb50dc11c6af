-- Which version of the reader made the text, hidden text and findings of the message; null: one before versions.
ALTER TABLE inbound_mail ADD COLUMN reader_version smallint;

-- How far stored mail has been read again by a version of the reader. One node at a time works on it, under a claim.
CREATE TABLE reread_progress (
  version       integer PRIMARY KEY,
  -- Rows of inbound_mail up to this id are done.
  position      uuid NOT NULL,
  claimed_by    uuid,
  claimed_until timestamptz,
  -- Steps begun since the last one that succeeded.
  attempts      integer NOT NULL DEFAULT 0,
  mails         bigint NOT NULL DEFAULT 0,
  changed       bigint NOT NULL DEFAULT 0,
  started_at    timestamptz NOT NULL,
  -- When all stored mail had been read; later rows, of nodes with an earlier reader, are still looked for.
  finished_at   timestamptz
);
