DROP INDEX CONCURRENTLY IF EXISTS inbound_mail_held_agent;
CREATE INDEX CONCURRENTLY inbound_mail_held_agent ON inbound_mail (held_agent) WHERE held_at IS NOT NULL AND status = 'quarantined';
