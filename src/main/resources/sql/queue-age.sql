-- For how many milliseconds the delivery that has waited longest might have left; null where none waits. Those count
-- that a claim could take now, if only a worker were free: compare claim-deliveries.sql. What it looks
-- at grows with the accounts whose mail is due, and not with that mail.
WITH RECURSIVE given AS MATERIALIZED (
  SELECT CAST(:elsewhere AS bool) AS elsewhere, CAST(:perAccount AS int) AS per_account,
    statement_timestamp() AS now
    WHERE NOT EXISTS (SELECT 1 FROM sending_pause)
      AND NOT EXISTS (SELECT 1 FROM database_life WHERE restored_at IS NOT NULL AND reconciled_at IS NULL)
),
-- The oldest of each account and priority, found by skipping through the index of claiming: to the next
-- priority of the account, or else to the next account.
oldest AS (
  SELECT next.account_id, next.priority, next.due_at
    FROM given CROSS JOIN LATERAL (
      SELECT d.account_id, d.priority, d.due_at FROM outbound_delivery d
        WHERE d.due AND d.claim_token IS NULL AND d.held_reason IS NULL AND d.account_id IS NOT NULL
        ORDER BY d.account_id, d.priority DESC, d.due_at LIMIT 1) next
    WHERE given.elsewhere OR EXISTS (SELECT 1 FROM account_rollout WHERE sending)
  UNION ALL
  SELECT next.account_id, next.priority, next.due_at
    FROM oldest o CROSS JOIN LATERAL (
      (SELECT d.account_id, d.priority, d.due_at FROM outbound_delivery d
        WHERE d.due AND d.claim_token IS NULL AND d.held_reason IS NULL
          AND d.account_id = o.account_id AND d.priority < o.priority
        ORDER BY d.priority DESC, d.due_at LIMIT 1)
      UNION ALL
      (SELECT d.account_id, d.priority, d.due_at FROM outbound_delivery d
        WHERE d.due AND d.claim_token IS NULL AND d.held_reason IS NULL AND d.account_id > o.account_id
        ORDER BY d.account_id, d.priority DESC, d.due_at LIMIT 1)
      LIMIT 1) next
),
-- The same of mail without an account.
without_account AS (
  SELECT next.priority, next.due_at
    FROM given CROSS JOIN LATERAL (
      SELECT d.priority, d.due_at FROM outbound_delivery d
        WHERE d.due AND d.claim_token IS NULL AND d.held_reason IS NULL AND d.account_id IS NULL
        ORDER BY d.priority DESC, d.due_at LIMIT 1) next
  UNION ALL
  SELECT next.priority, next.due_at
    FROM without_account o CROSS JOIN LATERAL (
      SELECT d.priority, d.due_at FROM outbound_delivery d
        WHERE d.due AND d.claim_token IS NULL AND d.held_reason IS NULL AND d.account_id IS NULL
          AND d.priority < o.priority
        ORDER BY d.priority DESC, d.due_at LIMIT 1) next
),
waiting AS (
  SELECT account_id, due_at FROM oldest
  UNION ALL
  SELECT NULL, due_at FROM without_account
  UNION ALL
  -- Their time has come and nothing has told them so yet: some, if that has stopped.
  (SELECT d.account_id, d.due_at FROM given CROSS JOIN LATERAL (
    SELECT d.account_id, d.due_at FROM outbound_delivery d
      WHERE NOT d.due AND d.claim_token IS NULL AND d.held_reason IS NULL AND d.due_at <= given.now
      ORDER BY d.due_at LIMIT 100) d)
  UNION ALL
  -- What the gateway itself fails to send waits since it was due first.
  (SELECT d.account_id, d.failing_since FROM outbound_delivery d
    WHERE d.failing_since IS NOT NULL AND d.held_reason IS NULL
    ORDER BY d.failing_since LIMIT 100)
),
-- Accounts whose connections are all in use: they are served as fast as they may be.
at_cap AS (
  SELECT under_way.account_id
    FROM given, (
      SELECT d.account_id, count(*) AS claims FROM outbound_delivery d
        WHERE d.claim_token IS NOT NULL AND d.account_id IS NOT NULL GROUP BY d.account_id) under_way
    WHERE under_way.claims >= coalesce(
      (SELECT p.most_connections FROM account_sending p WHERE p.account_id = under_way.account_id),
      given.per_account)
)
-- Whatever is known of the tables, each row of an account is found by its key. And while an account was
-- held back, its mail could not leave: that time does not count.
SELECT CAST(extract(epoch FROM max(given.now
    - greatest(w.due_at, held.until))) * 1000 AS bigint)
  FROM given CROSS JOIN waiting w LEFT JOIN LATERAL (
    SELECT CASE WHEN NOT r.sending THEN given.elsewhere ELSE
          a.outbound_enabled AND a.paused_at IS NULL AND a.needs_reauthorization_at IS NULL END
          AND NOT EXISTS (SELECT 1 FROM sending_stop stop JOIN agent g ON g.organization = stop.organization
            WHERE g.id = a.agent_id AND (stop.agent_id IS NULL OR stop.agent_id = g.id)) AS able,
        CASE WHEN NOT r.sending THEN r.sending_since ELSE greatest(r.sending_since, a.updated_at,
          (SELECT p.next_send_at FROM account_sending p WHERE p.account_id = a.id),
          (SELECT h.backoff_until FROM account_health h WHERE h.account_id = a.id AND h.side = 'smtp')) END AS until
      FROM agent_email_account a JOIN account_rollout r ON r.account_id = a.id WHERE a.id = w.account_id
      OFFSET 0) held ON true
  WHERE w.due_at <= given.now AND (w.account_id IS NULL
    OR w.account_id NOT IN (SELECT account_id FROM at_cap)
      AND held.able AND held.until <= given.now)
