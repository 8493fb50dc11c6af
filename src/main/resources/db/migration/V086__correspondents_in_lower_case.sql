DROP INDEX CONCURRENTLY IF EXISTS message_sender;
CREATE INDEX CONCURRENTLY message_sender ON message (endpoint_id, lower(from_address)) WHERE direction = 'inbound';
DROP INDEX CONCURRENTLY IF EXISTS message_correspondent;
