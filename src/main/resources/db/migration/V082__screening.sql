-- What a person does not see of an inbound message, and what is suspicious in it. No row where there is neither.
CREATE TABLE message_screening (
  message_id uuid PRIMARY KEY REFERENCES message ON DELETE CASCADE,
  -- The plain part of a mail that has HTML, too, shortened: the message's text is the visible HTML.
  plain_text text,
  -- The hidden first words of the HTML, which lists of mails show beside the subject.
  preheader  text,
  -- [{"source": "display", "text": "..."}]
  hidden     jsonb NOT NULL,
  -- [{"kind": "link-mismatch", "severity": "warning", "evidence": "..."}]
  findings   jsonb NOT NULL
);
