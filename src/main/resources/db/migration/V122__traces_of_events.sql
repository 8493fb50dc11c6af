-- The W3C traceparent of what recorded an event: 55 characters, or null; see V119.
ALTER TABLE event ADD COLUMN traceparent varchar(55);
