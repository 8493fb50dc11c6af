-- What is left of events that were deleted after they were kept for their time. Additive: the way back is to drop this.

CREATE TABLE event_deleted (
  organization text PRIMARY KEY,
  up_to        bigint NOT NULL
);
COMMENT ON COLUMN event_deleted.up_to IS 'the last position of the organisation whose event was deleted';

CREATE TABLE event_sequence (
  message_id uuid PRIMARY KEY,
  last       int NOT NULL
);
COMMENT ON TABLE event_sequence IS 'the last sequence number of a message whose events were deleted';
