-- A recipient who unsubscribed from one agent (RFC 8058): that agent sends nothing more to the address, others do.
CREATE TABLE unsubscription (
  id           uuid PRIMARY KEY,
  organization text NOT NULL,
  agent_id     uuid NOT NULL,
  address      text NOT NULL,
  message_id   uuid,
  created_at   timestamptz NOT NULL,
  UNIQUE (organization, address, agent_id)
);
COMMENT ON COLUMN unsubscription.message_id IS 'the mail whose link was used; it may be gone';

-- A node of the release before does not read unsubscription. For it the address is suppressed for all agents.
ALTER TABLE suppression ADD COLUMN agent_only boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN suppression.agent_only IS 'read by the release before only: unsubscription has what applies';
