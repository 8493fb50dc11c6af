-- Contents that no row refers to are found by walking through the store in steps. The way back: drop what this
-- file creates (docs/rollout.md).

-- Whether a raw mail is in a content. By the start of its name, which is as good as all of it and a third as large.
CREATE INDEX inbound_mail_raw ON inbound_mail (left(raw_sha256, 16)) WHERE raw_sha256 IS NOT NULL;

-- How far the walk has come: one row, taken by one node at a time.
CREATE TABLE content_sweep (
  position      text NOT NULL,
  claimed_until timestamptz NOT NULL
);
COMMENT ON COLUMN content_sweep.position IS 'the name behind which the walk goes on; empty: from the start';
INSERT INTO content_sweep (position, claimed_until) VALUES ('', '-infinity');
