-- The signer of a way that is for invitations only, in place of signer: nodes of earlier versions, which do not ask
-- for an invitation, find neither signer nor envelope there, and trust nothing by it.
ALTER TABLE trusted_way ADD COLUMN invitation_signer text;
ALTER TABLE trusted_way DROP CONSTRAINT trusted_way_check;
ALTER TABLE trusted_way ADD CONSTRAINT trusted_way_check
  CHECK (signer IS NOT NULL OR envelope IS NOT NULL OR invitation_signer IS NOT NULL);
