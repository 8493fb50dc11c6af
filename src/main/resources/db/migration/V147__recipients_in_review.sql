-- A recipient of mail that waits for a review. Rows that are there satisfy it.
ALTER TABLE message_recipient DROP CONSTRAINT message_recipient_status_check;
ALTER TABLE message_recipient ADD CONSTRAINT message_recipient_status_check
  CHECK (status IN ('queued', 'sending', 'deferred', 'held', 'in_review', 'sent', 'failed', 'delivered', 'cancelled',
    'expired', 'simulated')) NOT VALID;
