-- The case of a local part may matter to its server (RFC 5321 section 2.4): mail is sent to what was
-- written, while addresses are compared in lower case.
ALTER TABLE message_recipient ADD COLUMN mailbox text;
COMMENT ON COLUMN message_recipient.mailbox IS 'the address as it was written; null if it is the same';
COMMENT ON COLUMN message.from_address IS 'as it was written; compared in lower case';
