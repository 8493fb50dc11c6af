-- Claiming looks only at what is due. The way back: CREATE INDEX outbound_delivery_due again as in
-- V002, and drop what this file creates (docs/rollout.md).

-- Set where the time of a row has come, so that rows that wait (sendAt, a next try) are not in the
-- index of claiming. A row may say false too long, for as long as a look at what waits takes.
ALTER TABLE outbound_delivery ADD COLUMN due boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN outbound_delivery.due IS 'due_at has come: set by looking at what waits, some times a second';
CREATE INDEX outbound_delivery_ready ON outbound_delivery (account_id, priority DESC, due_at)
  WHERE due AND claim_token IS NULL AND held_reason IS NULL;
CREATE INDEX outbound_delivery_waiting ON outbound_delivery (due_at)
  WHERE NOT due AND claim_token IS NULL AND held_reason IS NULL;
DROP INDEX outbound_delivery_due;

-- A queue: it fills and empties. Dead rows are cleared away early, and it keeps its size on the disk:
-- a plan that was made for an empty table would read the whole of a full one.
ALTER TABLE outbound_delivery SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_analyze_threshold = 1000, vacuum_truncate = false);

-- What is being sent, over all nodes and by one. Volatile, so that it sees what was committed since the
-- statement that calls it began; its first argument only makes it come after the lock that was waited for.
CREATE FUNCTION claims_under_way(turn text, node text) RETURNS TABLE (account_id uuid, claims bigint, here bigint)
  LANGUAGE sql VOLATILE AS
  'SELECT d.account_id, count(*), count(*) FILTER (WHERE d.claimed_by = node) FROM outbound_delivery d
     WHERE d.claim_token IS NOT NULL AND d.account_id IS NOT NULL GROUP BY d.account_id';
