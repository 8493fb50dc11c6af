-- A mailbox that is held up, by one mail its server does not give or by trouble of ours, shows why in its account's
-- health, and no event tells of it: the account works.
ALTER TABLE account_health ADD COLUMN told boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN account_health.told IS 'false: no event tells of the error, so that none tells of its end';
