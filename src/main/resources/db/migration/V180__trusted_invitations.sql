-- Mail of a service that signs for many is trusted as far as it carries an invitation.
ALTER TABLE trusted_way ADD COLUMN invitation boolean NOT NULL DEFAULT false;
