-- Which version of which file of routes each node runs, so that a difference between nodes is seen.
-- Additive: the way back is to drop this table.
CREATE TABLE route_file (
  node          text NOT NULL,
  file          text NOT NULL,
  version       text,
  problem_line  integer,
  problem_route text,
  problem       text,
  published_at  timestamptz NOT NULL,
  PRIMARY KEY (node, file)
);
COMMENT ON COLUMN route_file.version IS 'the first 12 hex digits of the SHA-256 of the file that runs; null if none does';
COMMENT ON COLUMN route_file.problem IS 'why the present version of the file does not run';
