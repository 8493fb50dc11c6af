-- The W3C traceparent of what was handed in: 55 characters, or null. No default and no constraint: the table is not
-- rewritten or read. The column of event has a migration of its own (V122): who waits for both tables at once could
-- block a transaction that writes to both.
ALTER TABLE outbound_submission ADD COLUMN traceparent varchar(55);
