package org.byoemail.platform.access;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a key; the key itself is shown once, when it is made or changed for another.
 *
 * @param organization the only one it sees and touches; null: all
 * @param lastUsedAt less than an hour before its last use; null: never
 * @param expiresAt when it opens nothing any more; null: never
 * @param previousExpiresAt until when the secret before the last rotation still opens; null: no
 *     more
 */
public record ApiKey(
    UUID id,
    String name,
    Role role,
    @Nullable String organization,
    Instant createdAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant expiresAt,
    @Nullable Instant previousExpiresAt) {}
