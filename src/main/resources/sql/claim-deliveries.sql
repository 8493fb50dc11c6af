-- Claims deliveries that are due: no more than this node can begin at once, each account within its
-- cap over all nodes and this node's share of it, because each node keeps its connections; accounts
-- in turn, those with the least under way first.
WITH RECURSIVE given AS MATERIALIZED (
  SELECT CAST(:#${bean:claims?method=freeWorkers} AS int) AS workers,
    CAST(:#${bean:claims?method=perAccount} AS int) AS per_account,
    CAST(:#${bean:claims?method=accounts} AS text) AS accounts,
    CAST(:#${bean:claims?method=node} AS text) AS node,
    CAST(:#${bean:claims?method=nodes} AS int) AS nodes,
    CAST(:#${bean:claims?method=rank} AS int) AS rank,
    CAST(:#${bean:claims?method=now} AS timestamptz) AS now
    WHERE NOT EXISTS (SELECT 1 FROM sending_pause)
),
-- One claim at a time over all nodes, or two of them could fill the same cap. live_claims() counts
-- anew what was committed meanwhile; the rows themselves are checked again when they are locked.
turn AS MATERIALIZED (
  SELECT pg_advisory_xact_lock(7088777498541909613)
),
-- Each account that has something waiting, found by jumping through the index.
waiting AS (
  (SELECT d.account_id FROM outbound_delivery d, turn
    WHERE d.claim_token IS NULL AND d.held_reason IS NULL AND d.account_id IS NOT NULL
    ORDER BY d.account_id LIMIT 1)
  UNION ALL
  SELECT (SELECT d.account_id FROM outbound_delivery d
      WHERE d.claim_token IS NULL AND d.held_reason IS NULL AND d.account_id > w.account_id
      ORDER BY d.account_id LIMIT 1)
    FROM waiting w WHERE w.account_id IS NOT NULL
),
usable AS MATERIALIZED (
  SELECT a.id, live_claims(a.id) AS live, cap.total, cap.total / given.nodes
      -- What is left over goes to other nodes for each account.
      + CASE WHEN (given.rank + (hashtext(a.id::text) & 65535)) % given.nodes < cap.total % given.nodes
          THEN 1 ELSE 0 END
      - (SELECT count(*) FROM outbound_delivery o
          WHERE o.account_id = a.id AND o.claim_token IS NOT NULL AND o.claimed_by = given.node) AS here
    FROM given, waiting w JOIN agent_email_account a ON a.id = w.account_id
      LEFT JOIN account_sending p ON p.account_id = a.id
      CROSS JOIN LATERAL (SELECT coalesce(p.most_connections, given.per_account) AS total) cap
    WHERE given.accounts = 'all' OR given.accounts = 'usable'
      AND a.outbound_enabled AND a.paused_at IS NULL
      AND (p.next_send_at IS NULL OR p.next_send_at <= given.now)
      AND NOT EXISTS (SELECT 1 FROM account_health h
        WHERE h.account_id = a.id AND h.side = 'smtp' AND h.backoff_until > given.now)
),
due AS (
  SELECT found.message_id, found.due_at,
      u.live + row_number() OVER (PARTITION BY u.id ORDER BY found.priority DESC, found.due_at) AS turn
    FROM given, usable u CROSS JOIN LATERAL (
      SELECT d.message_id, d.priority, d.due_at FROM outbound_delivery d
        WHERE d.account_id = u.id AND d.claim_token IS NULL AND d.held_reason IS NULL
          AND d.due_at <= given.now
        ORDER BY d.priority DESC, d.due_at
        LIMIT greatest(least(u.total - u.live, u.here), 0)) found
  UNION ALL
  SELECT found.message_id, found.due_at, row_number() OVER () AS turn
    FROM given CROSS JOIN LATERAL (
      SELECT d.message_id, d.due_at FROM outbound_delivery d
        WHERE d.account_id IS NULL AND d.claim_token IS NULL AND d.held_reason IS NULL
          AND d.due_at <= given.now
        ORDER BY d.priority DESC, d.due_at
        LIMIT given.workers) found
)
UPDATE outbound_delivery d
  SET claim_token = gen_random_uuid(), claimed_by = (SELECT node FROM given),
    claimed_until = :#${bean:claims?method=until}
  FROM (
    SELECT o.message_id, a.version FROM outbound_delivery o
      JOIN outbound_submission s ON s.message_id = o.message_id
      LEFT JOIN agent_email_account a ON a.id = o.account_id
      WHERE o.claim_token IS NULL AND o.held_reason IS NULL
        AND s.expires_at > (SELECT now FROM given)
        AND o.message_id IN (
        SELECT due.message_id FROM due ORDER BY due.turn, due.due_at
          LIMIT (SELECT workers FROM given))
      FOR UPDATE OF o SKIP LOCKED) claimable
  WHERE d.message_id = claimable.message_id
  RETURNING d.message_id, d.claim_token, d.attempt_id, d.try_number, d.account_id, d.tries, d.first_try_at,
    d.unknown_once, claimable.version AS account_version
