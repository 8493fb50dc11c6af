-- Whether the webhook gets connect links: only if the key that made or last changed it may create them. A constant
-- default: the table is not rewritten. Webhooks that are there keep getting them.
ALTER TABLE webhook ADD COLUMN connect_links boolean NOT NULL DEFAULT true;
