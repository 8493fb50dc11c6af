-- Stops of the mail of one agent, or of all agents of an organization, until a person ends them. A node of the release
-- before this one does not look here: a stop holds once all nodes are of this release.
CREATE TABLE sending_stop (
  organization text NOT NULL,
  -- Null: all agents of the organization.
  agent_id   uuid REFERENCES agent ON DELETE CASCADE,
  stopped_by text NOT NULL,
  reason     text,
  stopped_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX sending_stop_agent ON sending_stop (agent_id) WHERE agent_id IS NOT NULL;
CREATE UNIQUE INDEX sending_stop_organization ON sending_stop (organization) WHERE agent_id IS NULL;
