package org.byoemail.platform.cluster;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A node as the database knows it.
 *
 * @param version of the program; null if it is unknown
 * @param java version of its Java runtime; null if it is unknown
 * @param migration the last migration that its release contains, which identifies the release
 * @param seenAt its last heartbeat
 * @param running whether that was within the last 30 s
 * @param endedAt when it was stopped in order; null if it runs, or ended without being stopped
 * @param mailboxes how many mailboxes it took last and has not released
 */
public record GatewayNode(
    String id,
    String name,
    @Nullable String version,
    @Nullable String java,
    int migration,
    Instant startedAt,
    Instant seenAt,
    boolean running,
    @Nullable Instant endedAt,
    int mailboxes) {}
