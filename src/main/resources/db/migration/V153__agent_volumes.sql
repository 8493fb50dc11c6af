-- How many messages each agent submitted on each of its last days (UTC), for agents whose unusual volumes are reviewed.
CREATE TABLE agent_volume (
  agent_id uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
  day      date NOT NULL,
  messages bigint NOT NULL,
  PRIMARY KEY (agent_id, day)
);
