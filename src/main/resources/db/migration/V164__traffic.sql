-- Counts of mail for the charts of the console, of all nodes together. Additive: the way back is to drop this table.
CREATE TABLE traffic (
  step    text NOT NULL CHECK (step IN ('minute', 'hour')),
  at      timestamptz NOT NULL,
  measure text NOT NULL,
  label   text NOT NULL,
  count   bigint NOT NULL,
  PRIMARY KEY (step, at, measure, label)
) WITH (fillfactor = 70);
COMMENT ON TABLE traffic IS 'every node adds its counts once a minute, to the row of the minute and to that of the hour';
COMMENT ON COLUMN traffic.at IS 'the begin of the minute or hour';
