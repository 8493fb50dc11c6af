-- What each node's routes did, every few seconds. Unlogged: it is written again after a crash.
CREATE UNLOGGED TABLE route_activity (
  node text PRIMARY KEY,
  routes jsonb NOT NULL,
  reported_at timestamptz NOT NULL
);
COMMENT ON TABLE route_activity IS 'state, counts and last failures of the routes of each node';

CREATE TABLE route_command (
  id uuid PRIMARY KEY,
  node text NOT NULL,
  route text NOT NULL,
  action text NOT NULL CHECK (action IN ('start', 'stop', 'suspend', 'resume')),
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL,
  done_at timestamptz,
  problem text
);
COMMENT ON TABLE route_command IS 'what people asked nodes to do with a route; one row for each node';
COMMENT ON COLUMN route_command.problem IS 'why it could not be done; null if it was';
CREATE INDEX route_command_open ON route_command (node) WHERE done_at IS NULL;
CREATE INDEX route_command_requested ON route_command (requested_at);

ALTER TABLE gateway_node ADD COLUMN version text;
ALTER TABLE gateway_node ADD COLUMN java text;
ALTER TABLE gateway_node ADD COLUMN ended_at timestamptz;
COMMENT ON COLUMN gateway_node.version IS 'of the program';
COMMENT ON COLUMN gateway_node.ended_at IS 'when it was stopped in order; null if it runs, or ended without saying so';
