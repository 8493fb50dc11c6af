-- Who changed what, when and from where. Rows are added and, much later, tidied away; nothing changes them.
CREATE TABLE audit_entry (
  id                 uuid PRIMARY KEY,
  at                 timestamptz NOT NULL,
  organization       text,
  actor              text NOT NULL
                     CHECK (actor IN ('user', 'key', 'link', 'provider', 'jmx', 'gateway', 'anonymous')),
  actor_id           uuid,
  actor_name         text NOT NULL,
  actor_organization text,
  client             text,
  action             text NOT NULL,
  subject            uuid,
  details            jsonb NOT NULL
);
CREATE INDEX audit_entry_at ON audit_entry (at, id);
CREATE INDEX audit_entry_organization ON audit_entry (organization, at, id);
CREATE INDEX audit_entry_subject ON audit_entry (subject, at, id) WHERE subject IS NOT NULL;
COMMENT ON COLUMN audit_entry.organization IS 'whose things were changed; null: the whole gateway';
COMMENT ON COLUMN audit_entry.actor_organization IS 'of the API key; null: all, or no key';
COMMENT ON COLUMN audit_entry.client IS 'address of the client, an IPv6 address by its /64';

CREATE FUNCTION audit_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_entry is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION audit_entry_is_append_only();
CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry
  FOR EACH ROW WHEN (OLD.at > statement_timestamp() - interval '1 day')
  EXECUTE FUNCTION audit_entry_is_append_only();
CREATE TRIGGER audit_entry_not_truncated BEFORE TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only();
