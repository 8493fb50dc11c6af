-- Webhooks whose receivers may decide on reviews in their answers. Additive: the way back is to drop the columns.
ALTER TABLE webhook ADD COLUMN decides_by text;
COMMENT ON COLUMN webhook.decides_by IS 'who allowed its receiver to decide on reviews, such as key:<id>; null: it may not';
ALTER TABLE webhook_attempt ADD COLUMN decision text;
COMMENT ON COLUMN webhook_attempt.decision IS 'what became of a decision on a review in the answer; null: there was none';

-- Who allowed somebody to decide who is no caller: a webhook, or a reviewer who is asked by mail. With that one it counts
-- as one person where two must approve.
ALTER TABLE outbound_review_decision ADD COLUMN appointed_by text;
