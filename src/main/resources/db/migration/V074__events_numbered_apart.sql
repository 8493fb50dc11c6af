-- Events get their positions when they have committed and are published apart, once every node knows this file. Until
-- then they get them as before, when they are published. Additive; the way back: wait until all are published
-- (byo_event_lag_seconds is 0), then start the older release, which takes every event with a position for published.

-- Counters, so that no position is given twice after events were deleted.
CREATE TABLE event_position (
  name  text PRIMARY KEY CHECK (name IN ('numbered', 'published')),
  value bigint NOT NULL
) WITH (fillfactor = 10);
COMMENT ON TABLE event_position IS 'numbered: the last position given; published: the position up to which all are published';
INSERT INTO event_position (name, value)
  SELECT name, coalesce((SELECT max(position) FROM event), 0) FROM unnest('{numbered,published}'::text[]) AS name;
COMMENT ON COLUMN event.published_at IS 'set if the event was published in the write that gave its position; null: see event_position';

-- The runs of the program, and which release each is of. A run of an older release has no row here.
CREATE TABLE gateway_node (
  id         text PRIMARY KEY,
  name       text NOT NULL,
  migration  int NOT NULL,
  started_at timestamptz NOT NULL,
  seen_at    timestamptz NOT NULL
);
COMMENT ON COLUMN gateway_node.migration IS 'the last migration that this run knows';
