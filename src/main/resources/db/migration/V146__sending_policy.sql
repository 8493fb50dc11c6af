-- Which mail of an agent a person reviews before it is sent, and what other gates ask of it: {"review": {"when":
-- "new-correspondents"}}. Empty: no gate asks anything, as for every agent that existed before.
ALTER TABLE agent ADD COLUMN sending_policy jsonb NOT NULL DEFAULT '{}';

-- What the agents of an organization cannot undercut.
CREATE TABLE organization_sending_policy (
  organization text PRIMARY KEY,
  sending_policy jsonb NOT NULL,
  changed_at timestamptz NOT NULL
);
