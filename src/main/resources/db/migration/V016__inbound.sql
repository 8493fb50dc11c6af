-- Inbound mail in batches.

-- The subject without reply prefixes, shortened: finds the conversation of a reply that names none.
ALTER TABLE conversation ADD COLUMN subject_base text;
CREATE INDEX conversation_subject ON conversation (agent_id, subject_base, id) WHERE subject_base <> '';

-- Small raw mails share a content. Null: the raw mail is the whole content.
ALTER TABLE inbound_mail ADD COLUMN raw_offset bigint;
ALTER TABLE inbound_mail ADD COLUMN raw_length bigint;
