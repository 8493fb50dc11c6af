-- Labels that agents and people give to messages and conversations, in lower case.
CREATE TABLE message_label (
  message_id uuid NOT NULL REFERENCES message ON DELETE CASCADE,
  label      text NOT NULL,
  PRIMARY KEY (message_id, label)
);
CREATE INDEX message_label_label ON message_label (label, message_id);

CREATE TABLE conversation_label (
  conversation_id uuid NOT NULL REFERENCES conversation ON DELETE CASCADE,
  label           text NOT NULL,
  PRIMARY KEY (conversation_id, label)
);
CREATE INDEX conversation_label_label ON conversation_label (label, conversation_id);

ALTER TABLE conversation ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN conversation.metadata IS 'what programs note on a conversation';
