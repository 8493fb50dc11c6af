-- The API key that handed the submission in: it never decides on a review of it. Null: another way, or an older node.
ALTER TABLE outbound_submission ADD COLUMN submitter_key uuid;
