-- An event gets its position when it is published, in one write: one without a position is one that waits.
-- The way back: CREATE INDEX event_unpublished as in V002 (docs/rollout.md).
DROP INDEX event_unpublished;
