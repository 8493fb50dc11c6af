-- How often the sender of a held mail was judged again without a verdict; null: never.
ALTER TABLE inbound_mail ADD COLUMN rechecks integer;
-- The agent that a mail is held for; null for mail that a release before this one held.
ALTER TABLE inbound_mail ADD COLUMN held_agent uuid;

-- On which day the people of an organization were last informed of the mail that is held.
CREATE TABLE held_digest (
  organization text PRIMARY KEY,
  day          date NOT NULL
);
