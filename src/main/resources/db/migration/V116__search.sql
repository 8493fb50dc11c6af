-- What the full-text search reads, written behind the commit of the messages. Deleted with them.
CREATE TABLE message_search (
  message_id   uuid PRIMARY KEY REFERENCES message ON DELETE CASCADE,
  organization text NOT NULL,
  language     text NOT NULL,
  words        tsvector NOT NULL
);
CREATE INDEX message_search_words ON message_search USING gin (words);
COMMENT ON COLUMN message_search.language IS 'the text search configuration whose stems words has beside the words themselves';
COMMENT ON COLUMN message_search.words IS 'of subject, text and file names; lexemes that begin with = are for operators, such as =f: for from:';

CREATE TABLE search_progress (
  one        boolean PRIMARY KEY DEFAULT true CHECK (one),
  live       uuid NOT NULL,
  backfill   uuid NOT NULL,
  until      uuid NOT NULL,
  filled_at  timestamptz
);
COMMENT ON COLUMN search_progress.live IS 'messages up to this id are indexed, from until on';
COMMENT ON COLUMN search_progress.backfill IS 'messages up to this id are indexed, from the first one on, until filled_at';
