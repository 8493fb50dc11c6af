-- When the secret of an app that is not confirmed was created: it can be confirmed for a while only. Additive: the way
-- back is to drop the column. Of rows that an older version writes it is null, so they have to be begun again.
ALTER TABLE second_factor ADD COLUMN begun_at timestamptz;
COMMENT ON COLUMN second_factor.begun_at IS 'null: nothing waits to be confirmed, or an earlier version began it';
