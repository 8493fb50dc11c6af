-- What an operator sets of an account's sending; null: what its provider is known for, 0: no limit.
ALTER TABLE account_sending
  ADD COLUMN messages_per_minute   int CHECK (messages_per_minute >= 0),
  ADD COLUMN messages_per_hour     int CHECK (messages_per_hour >= 0),
  ADD COLUMN messages_per_day      int CHECK (messages_per_day >= 0),
  ADD COLUMN recipients_per_minute int CHECK (recipients_per_minute >= 0),
  ADD COLUMN recipients_per_hour   int CHECK (recipients_per_hour >= 0),
  ADD COLUMN recipients_per_day    int CHECK (recipients_per_day >= 0),
  ADD COLUMN connections           int CHECK (connections > 0),
  ADD COLUMN most_connections      int CHECK (most_connections > 0);
COMMENT ON COLUMN account_sending.most_connections IS 'connections, or else what its provider allows: read by claiming';

-- The nodes that run: each shares what an account may have with the others.
CREATE TABLE sending_node (
  name    text PRIMARY KEY,
  seen_at timestamptz NOT NULL
);
