-- A failure of the gateway itself is no attempt: its mail waits since it was due first, which due_at no longer says.
ALTER TABLE outbound_delivery ADD COLUMN failing_since timestamptz;
COMMENT ON COLUMN outbound_delivery.failing_since IS 'when it was due before the gateway failed to send it; null: it did not';
CREATE INDEX outbound_delivery_failing ON outbound_delivery (failing_since) WHERE failing_since IS NOT NULL;
