-- Why a mail is held for review: sender, junk, malware, screening or finding; null: its sender. How often a scanner that
-- could be reached gave no result for it; null: never.
ALTER TABLE inbound_mail ADD COLUMN held_because text, ADD COLUMN scan_failures integer;
