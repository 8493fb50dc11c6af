-- Reports that a provider posts, such as Postmark, came in no mail and to no account. Additive: the way back is to delete
-- the rows without an inbound_mail_id, which nodes of the version before pass over.
ALTER TABLE bounce ALTER COLUMN inbound_mail_id DROP NOT NULL;
ALTER TABLE bounce ALTER COLUMN account_id DROP NOT NULL;
ALTER TABLE bounce ADD COLUMN organization text;
ALTER TABLE bounce ADD COLUMN provider_report text;
ALTER TABLE bounce ADD CONSTRAINT bounce_origin CHECK (
  (inbound_mail_id IS NULL) = (provider_report IS NOT NULL AND organization IS NOT NULL)
  AND (inbound_mail_id IS NULL OR account_id IS NOT NULL));
COMMENT ON COLUMN bounce.organization IS 'of a report by a provider; that of the mail otherwise';
COMMENT ON COLUMN bounce.provider_report IS 'the same whenever the provider repeats the report';
CREATE INDEX bounce_provider_report ON bounce (provider_report) WHERE provider_report IS NOT NULL;
