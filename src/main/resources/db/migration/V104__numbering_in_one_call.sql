-- Assigns positions to the next events, on one node at a time. NULL if none waits for one, 0 if another node
-- assigns positions, or the database is behind what the caller has seen; else the last position given.
-- Each statement of a volatile function sees what was committed before it: the last one what was committed
-- before the lock was released. A stalled node of an older release may have assigned positions after the
-- counter. The way back: DROP FUNCTION number_events(bigint, bigint, int).
CREATE FUNCTION number_events(turn bigint, seen bigint, batch int) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  numbered bigint;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM event WHERE position IS NULL) THEN
    RETURN NULL;
  END IF;
  IF NOT pg_try_advisory_xact_lock(turn) THEN
    RETURN 0;
  END IF;
  WITH last AS (
    SELECT greatest(value, (SELECT coalesce(max(e.position), 0) FROM event e)) AS position
    FROM event_position WHERE name = 'numbered'),
  fresh AS (
    SELECT id, (SELECT last.position FROM last) + row_number() OVER (ORDER BY recorded) AS position
    FROM (SELECT e.id, e.recorded FROM event e WHERE e.position IS NULL ORDER BY e.recorded LIMIT batch) waiting),
  given AS (
    UPDATE event SET position = fresh.position FROM fresh, last
    WHERE event.id = fresh.id AND last.position >= seen RETURNING event.position)
  UPDATE event_position SET value = (SELECT max(given.position) FROM given)
  WHERE name = 'numbered' AND EXISTS (SELECT 1 FROM given) RETURNING value INTO numbered;
  RETURN coalesce(numbered, 0);
END $$;
