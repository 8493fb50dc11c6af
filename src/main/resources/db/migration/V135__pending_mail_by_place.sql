-- The columns of the unique key: otherwise, until the table is analyzed, that key looks as cheap for finding the few mails of a
-- mailbox with something left to do, and all of its mails are read.
DROP INDEX CONCURRENTLY IF EXISTS inbound_mail_refetch_place;
CREATE INDEX CONCURRENTLY inbound_mail_refetch_place ON inbound_mail (mailbox_id, uid_validity, epoch, uid) WHERE refetch_at IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS inbound_mail_seen_place;
CREATE INDEX CONCURRENTLY inbound_mail_seen_place ON inbound_mail (mailbox_id, uid_validity, epoch, uid) WHERE seen_pending;
DROP INDEX CONCURRENTLY IF EXISTS inbound_mail_refetch;
DROP INDEX CONCURRENTLY IF EXISTS inbound_mail_seen_pending;
