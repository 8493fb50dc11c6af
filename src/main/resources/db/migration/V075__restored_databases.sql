-- Finds out that the database was restored from a backup. Additive: the way back is to drop what this file creates.

CREATE TABLE database_life (
  everything    boolean PRIMARY KEY DEFAULT true CHECK (everything),
  id            uuid NOT NULL,
  counter       bigint NOT NULL DEFAULT 0,
  raised_at     timestamptz NOT NULL,
  identity      text,
  restored_at   timestamptz,
  backup_at     timestamptz,
  reason        text,
  behind        boolean NOT NULL DEFAULT false,
  reconciling_since timestamptz,
  reconciling_node  text,
  reconciling_until timestamptz,
  found         int NOT NULL DEFAULT 0,
  held          int NOT NULL DEFAULT 0,
  reconciled_at timestamptz
) WITH (fillfactor = 10);
INSERT INTO database_life (id, raised_at) VALUES (gen_random_uuid(), statement_timestamp());
COMMENT ON TABLE database_life IS 'one row; copies of id and counter are in Redis and beside the contents';
COMMENT ON COLUMN database_life.counter IS 'raised at each start and each minute, then copied: a database behind a copy was restored';
COMMENT ON COLUMN database_life.identity IS 'of the database that this row was written in; null: not known yet';
COMMENT ON COLUMN database_life.restored_at IS 'when it was found out; reconciled_at is null until an operator has ended it';
COMMENT ON COLUMN database_life.backup_at IS 'when the counter was raised last before the backup was made';
COMMENT ON COLUMN database_life.found IS 'queued mails that were found in Sent folders; held: those that were not';
COMMENT ON COLUMN database_life.behind IS 'whether a copy was ahead: something ran after the backup was made';

-- Positions that a lost life of the database may have given.
CREATE TABLE event_gap (
  after_position bigint PRIMARY KEY,
  up_to          bigint NOT NULL,
  made_at        timestamptz NOT NULL,
  CHECK (up_to > after_position)
);

ALTER TABLE inbound_mail ADD COLUMN after_restore boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN inbound_mail.after_restore IS 'received before the database was restored, ingested after: it may have been ingested before';
