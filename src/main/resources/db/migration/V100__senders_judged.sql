-- Whether the sender of an inbound mail is who it says: authentic, forged, unproven or undecided; null: not judged.
ALTER TABLE inbound_mail ADD COLUMN verdict text;
-- Who says so: dkim, server or inside.
ALTER TABLE inbound_mail ADD COLUMN verdict_source text;
ALTER TABLE inbound_mail ADD COLUMN verdict_reason text;
-- {"facts": [{"kind": "dkim", "detail": "..."}], "proofs": {...}}
ALTER TABLE inbound_mail ADD COLUMN verdict_facts jsonb;
-- Why it was let in although its sender is not proven: answers-ours, trusted-way or released.
ALTER TABLE inbound_mail ADD COLUMN let_in_by text;
-- Held for review while the status is quarantined: releases before this one see it in the quarantine.
ALTER TABLE inbound_mail ADD COLUMN held_at timestamptz;
-- When its sender is judged again, since DNS did not answer.
ALTER TABLE inbound_mail ADD COLUMN recheck_at timestamptz;

-- What becomes of mail of a contact whose sender is not proven. Agents that are there already, and those that a release
-- before this one makes, keep what they had: it is ingested.
ALTER TABLE agent ADD COLUMN unproven_mail text NOT NULL DEFAULT 'admit' CHECK (unproven_mail IN ('hold', 'admit'));

-- The ways by which mail of a contact may come although its sender is not proven.
CREATE TABLE trusted_way (
  id         uuid PRIMARY KEY,
  agent_id   uuid NOT NULL REFERENCES agent ON DELETE CASCADE,
  -- An address, or a domain with @ before it.
  contact    text NOT NULL,
  signer     text,
  envelope   text,
  list_id    text,
  created_at timestamptz NOT NULL,
  CHECK (signer IS NOT NULL OR envelope IS NOT NULL)
);
CREATE INDEX trusted_way_contact ON trusted_way (agent_id, contact);
