-- Whether organization and roles of a person are what the claims of the provider say, and follow them at each login.
ALTER TABLE person ADD COLUMN from_claims boolean NOT NULL DEFAULT false;
