-- Claims deliveries whose time has come: no more than this node can begin at once, each account
-- within its cap over all nodes and this node's share of it, because each node keeps its connections;
-- accounts in turn, those with the least under way first. What it looks at grows with what it may
-- claim, and not with what waits: docs/architecture.md shows how.
WITH RECURSIVE given AS MATERIALIZED (
  SELECT request.*, statement_timestamp() AS now,
      -- Without it there is no account to claim for, however much of their mail is due.
      request.elsewhere OR EXISTS (SELECT 1 FROM account_rollout WHERE sending) AS any_account,
      EXISTS (SELECT 1 FROM sending_stop) AS any_stop
    FROM json_to_record(CAST(:#${bean:claims?method=request} AS json)) AS request (workers int, per_account int,
      elsewhere bool, served_last uuid, node text, nodes int, rank int, ttl bigint)
    WHERE NOT EXISTS (SELECT 1 FROM sending_pause)
      AND NOT EXISTS (SELECT 1 FROM database_life WHERE restored_at IS NOT NULL AND reconciled_at IS NULL)
),
-- One claim at a time over all nodes, or two of them could fill the same cap. claims_under_way()
-- sees what was committed meanwhile; the rows themselves are checked again when they are locked.
turn AS MATERIALIZED (
  SELECT CAST(pg_advisory_xact_lock(7088777498541909613) AS text) AS taken
),
live AS MATERIALIZED (
  SELECT under_way.* FROM given, turn, LATERAL claims_under_way(turn.taken, given.node) under_way
),
-- The accounts that have something due, found by jumping through the index: from behind the one that
-- was served last to the end, then from the start. Both are only followed as far as they are asked for.
ahead AS (
  SELECT (SELECT d.account_id FROM outbound_delivery d
      WHERE d.due AND d.claim_token IS NULL AND d.held_reason IS NULL AND d.account_id > given.served_last
      ORDER BY d.account_id LIMIT 1) AS account_id, 1 AS place
    FROM given WHERE given.workers > 0 AND given.any_account
  UNION ALL
  SELECT (SELECT d.account_id FROM outbound_delivery d
      WHERE d.due AND d.claim_token IS NULL AND d.held_reason IS NULL AND d.account_id > w.account_id
      ORDER BY d.account_id LIMIT 1), w.place + 1
    FROM ahead w WHERE w.account_id IS NOT NULL
),
behind AS (
  SELECT (SELECT d.account_id FROM outbound_delivery d
      WHERE d.due AND d.claim_token IS NULL AND d.held_reason IS NULL AND d.account_id IS NOT NULL
      ORDER BY d.account_id LIMIT 1) AS account_id, 1000000001 AS place
    FROM given WHERE given.workers > 0 AND given.any_account
  UNION ALL
  SELECT (SELECT d.account_id FROM outbound_delivery d
      WHERE d.due AND d.claim_token IS NULL AND d.held_reason IS NULL AND d.account_id > w.account_id
      ORDER BY d.account_id LIMIT 1), w.place + 1
    FROM behind w, given WHERE w.account_id <= given.served_last
),
usable AS MATERIALIZED (
  SELECT a.id, a.version, a.sending, a.live, a.free, walk.place
    FROM given, (
      SELECT account_id, place FROM ahead
      UNION ALL
      SELECT account_id, place FROM behind WHERE account_id <= (SELECT served_last FROM given)) walk
      CROSS JOIN LATERAL (
        SELECT a.id, a.version, r.sending, coalesce(live.claims, 0) AS live,
            least(cap.total - coalesce(live.claims, 0), cap.total / given.nodes
              -- What is left over goes to other nodes for each account.
              + CASE WHEN (given.rank + (hashtext(a.id::text) & 65535)) % given.nodes < cap.total % given.nodes
                  THEN 1 ELSE 0 END
              - coalesce(live.here, 0)) AS free
          FROM agent_email_account a
            -- Of the flag BYO_EMAIL_ENABLED. An account that was not evaluated yet waits.
            JOIN account_rollout r ON r.account_id = a.id
            LEFT JOIN account_sending p ON p.account_id = a.id
            LEFT JOIN live ON live.account_id = a.id
            CROSS JOIN LATERAL (SELECT coalesce(p.most_connections, given.per_account) AS total) cap
          WHERE a.id = walk.account_id AND CASE WHEN NOT r.sending THEN given.elsewhere ELSE
            a.outbound_enabled AND a.paused_at IS NULL AND a.needs_reauthorization_at IS NULL
            AND (p.next_send_at IS NULL OR p.next_send_at <= given.now)
            AND NOT EXISTS (SELECT 1 FROM account_health h
              WHERE h.account_id = a.id AND h.side = 'smtp' AND h.backoff_until > given.now) END
            -- An account that other agents send through is claimed for: beginning sorts out whose mail may leave.
            AND (NOT given.any_stop OR NOT EXISTS (SELECT 1 FROM agent g JOIN sending_stop stop
                ON stop.organization = g.organization AND (stop.agent_id IS NULL OR stop.agent_id = g.id
                  AND NOT EXISTS (SELECT 1 FROM endpoint e
                    WHERE e.through_account_id = a.id AND e.owner_agent_id IS DISTINCT FROM g.id))
              WHERE g.id = a.agent_id))
          OFFSET 0) a
    WHERE a.free > 0
    LIMIT (SELECT 2 * workers FROM given)
),
due AS (
  SELECT found.message_id, u.version, u.sending, u.place,
      u.live + row_number() OVER (PARTITION BY u.id ORDER BY found.priority DESC, found.due_at) AS turn
    FROM given, usable u CROSS JOIN LATERAL (
      SELECT d.message_id, d.priority, d.due_at FROM outbound_delivery d
        WHERE d.account_id = u.id AND d.due AND d.claim_token IS NULL AND d.held_reason IS NULL
          AND d.due_at <= given.now
        ORDER BY d.priority DESC, d.due_at
        LIMIT u.free) found
  UNION ALL
  SELECT found.message_id, NULL, NULL, NULL, row_number() OVER () AS turn
    FROM given CROSS JOIN LATERAL (
      SELECT d.message_id FROM outbound_delivery d
        WHERE d.account_id IS NULL AND d.due AND d.claim_token IS NULL AND d.held_reason IS NULL
          AND d.due_at <= given.now
        ORDER BY d.priority DESC, d.due_at
        LIMIT given.workers) found
),
chosen AS MATERIALIZED (
  SELECT message_id, version, sending, place FROM due ORDER BY turn, place LIMIT (SELECT workers FROM given)
),
-- Lists and no joins, here and below: whatever is known of the table, each row is found by its key.
locked AS MATERIALIZED (
  SELECT o.message_id FROM outbound_delivery o
    WHERE o.message_id = ANY (ARRAY(SELECT message_id FROM chosen))
      AND o.due AND o.claim_token IS NULL AND o.held_reason IS NULL
    FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE outbound_delivery d
  SET claim_token = gen_random_uuid(), claimed_by = (SELECT node FROM given),
    claimed_until = statement_timestamp() + (SELECT ttl FROM given) * interval '1 millisecond'
  WHERE d.message_id = ANY (ARRAY(SELECT message_id FROM locked))
  RETURNING d.message_id, d.claim_token, d.attempt_id, d.try_number, d.account_id, d.tries, d.first_try_at,
    d.unknown_once, d.review_id,
    (SELECT version FROM chosen WHERE chosen.message_id = d.message_id) AS account_version,
    (SELECT sending FROM chosen WHERE chosen.message_id = d.message_id) AS account_sending,
    (SELECT place FROM chosen WHERE chosen.message_id = d.message_id) AS place,
    (SELECT s.expires_at FROM outbound_submission s WHERE s.message_id = d.message_id)
      <= (SELECT now FROM given) AS expired
