-- Additive: the way back is to drop the columns. What an older node sets leaves them as they are.
ALTER TABLE review_mail ADD COLUMN waits_for_hour boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN review_mail.waits_for_hour IS 'its organization has had its mails of the hour: it did not fail';

ALTER TABLE webhook_secret ADD COLUMN shown_to text;
COMMENT ON COLUMN webhook_secret.shown_to IS 'who has seen the secret, such as key:<id>; null: of an earlier version';

-- The names of the operator's people and keys are not for organizations.
UPDATE sending_stop s SET stopped_by = 'operator'
WHERE s.stopped_by = 'byo.api.admin-key'
  OR EXISTS (SELECT 1 FROM person p WHERE p.organization IS NULL AND p.email = s.stopped_by)
  OR EXISTS (SELECT 1 FROM issued_key k WHERE k.organization IS NULL AND k.name = s.stopped_by)
    AND NOT EXISTS (SELECT 1 FROM issued_key k WHERE k.organization = s.organization AND k.name = s.stopped_by);
UPDATE contact_request r SET decided_by = 'operator'
WHERE r.decided_by = 'byo.api.admin-key'
  OR EXISTS (SELECT 1 FROM person p WHERE p.organization IS NULL AND p.email = r.decided_by)
  OR EXISTS (SELECT 1 FROM issued_key k WHERE k.organization IS NULL AND k.name = r.decided_by)
    AND NOT EXISTS (SELECT 1 FROM issued_key k WHERE k.organization = r.organization AND k.name = r.decided_by);
UPDATE contact_request r SET requested_by = 'operator'
WHERE r.requested_by = 'byo.api.admin-key'
  OR EXISTS (SELECT 1 FROM person p WHERE p.organization IS NULL AND p.email = r.requested_by)
  OR EXISTS (SELECT 1 FROM issued_key k WHERE k.organization IS NULL AND k.name = r.requested_by)
    AND NOT EXISTS (SELECT 1 FROM issued_key k WHERE k.organization = r.organization AND k.name = r.requested_by);
