-- What the gates decided by when they let a mail pass, so that they are not asked again before its
-- attempt while that is the same. Null: they are asked.
ALTER TABLE outbound_delivery ADD COLUMN gate_basis text;
ALTER TABLE outbound_delivery ADD COLUMN gated_at timestamptz;
