-- The index waits while many messages arrive, then takes a part of the time. Null: it does not.
ALTER TABLE search_progress ADD COLUMN busy_since timestamptz, ADD COLUMN rest_until timestamptz;
COMMENT ON COLUMN search_progress.busy_since IS 'since when many messages arrive';
COMMENT ON COLUMN search_progress.rest_until IS 'nothing is indexed until then';
