-- The W3C traceparent of what was handed in, and of what recorded an event: 55 characters, or null.
-- No default and no constraint: the tables are not rewritten or read.
ALTER TABLE outbound_submission ADD COLUMN traceparent varchar(55);
ALTER TABLE event ADD COLUMN traceparent varchar(55);
