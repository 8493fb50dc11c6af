-- What becomes of mail with a finding: {"macro-file": "hold", "script": "allow"}; findings are marked otherwise. Of its
-- own, as is V133: who waits for several tables at once could block a delivery that locks them in another order.
ALTER TABLE agent ADD COLUMN finding_actions jsonb NOT NULL DEFAULT '{}';
