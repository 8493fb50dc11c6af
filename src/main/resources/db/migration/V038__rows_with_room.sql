-- Nobody looks for a delivery by its attempt, and claiming asks claims_under_way(). The way back: CREATE INDEX
-- outbound_delivery_attempt and CREATE FUNCTION live_claims as in V002 (docs/rollout.md).
DROP INDEX outbound_delivery_attempt;
DROP FUNCTION live_claims(uuid);

-- Each of these rows is changed a few times soon after it was written: with room on its page that needs no
-- new entries in the indexes.
ALTER TABLE outbound_message_attempt SET (fillfactor = 70);
ALTER TABLE message_recipient SET (fillfactor = 70);

-- What was sent lately though it was accepted long ago.
CREATE INDEX outbound_submission_scheduled ON outbound_submission (organization, send_at) WHERE send_at IS NOT NULL;
