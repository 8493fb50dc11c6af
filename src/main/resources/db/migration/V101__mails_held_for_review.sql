DROP INDEX CONCURRENTLY IF EXISTS inbound_mail_held;
CREATE INDEX CONCURRENTLY inbound_mail_held ON inbound_mail (id) WHERE held_at IS NOT NULL AND status = 'quarantined';
DROP INDEX CONCURRENTLY IF EXISTS inbound_mail_recheck;
CREATE INDEX CONCURRENTLY inbound_mail_recheck ON inbound_mail (recheck_at) WHERE recheck_at IS NOT NULL;
