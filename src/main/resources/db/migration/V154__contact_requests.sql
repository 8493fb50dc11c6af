-- Agents ask for addresses to be allowed; a person decides.
CREATE TABLE contact_request (
  id              uuid PRIMARY KEY,
  organization    text NOT NULL,
  agent_id        uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
  address         text NOT NULL CHECK (address = lower(address)),
  reason          text NOT NULL,
  requested_by    text NOT NULL,
  requested_at    timestamptz NOT NULL,
  status          text NOT NULL CHECK (status IN ('open', 'approved', 'rejected')),
  decided_by      text,
  decided_at      timestamptz,
  decision_reason text,
  CHECK ((status = 'open') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX contact_request_open ON contact_request (agent_id, address) WHERE status = 'open';
CREATE INDEX contact_request_agent ON contact_request (agent_id, id);
CREATE INDEX contact_request_organization ON contact_request (organization, status, id);
