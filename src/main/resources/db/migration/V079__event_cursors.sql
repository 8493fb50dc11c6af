-- Positions up to which consumers have processed the events, kept for them. Additive: the way back is to drop the table.
CREATE TABLE event_cursor (
  organization text NOT NULL,
  name         text NOT NULL,
  position     bigint NOT NULL CHECK (position >= 0),
  updated_at   timestamptz NOT NULL,
  PRIMARY KEY (organization, name)
);
COMMENT ON COLUMN event_cursor.organization IS 'empty: of those who see every organisation';
