-- The server's own name of a mail, whatever UID it has at the moment (RFC 8474, or Gmail's).
ALTER TABLE inbound_mail ADD COLUMN email_id text;
CREATE INDEX inbound_mail_email_id ON inbound_mail (mailbox_id, email_id) WHERE email_id IS NOT NULL;
