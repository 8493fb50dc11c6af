package org.byoemail.platform.cluster;

import java.time.Instant;

/**
 * A node as the database knows it.
 *
 * @param migration the last migration that its release contains, which identifies the release
 * @param seenAt its last heartbeat
 * @param running whether that was within the last 30 s
 * @param mailboxes how many mailboxes it took last and has not released
 */
public record GatewayNode(
    String id,
    String name,
    int migration,
    Instant startedAt,
    Instant seenAt,
    boolean running,
    int mailboxes) {}
