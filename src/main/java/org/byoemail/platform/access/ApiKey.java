package org.byoemail.platform.access;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An API key; its secret is shown once, when it is made or rotated.
 *
 * @param organization the only organisation it can access; null: all
 * @param lastUsedAt less than an hour before its last use; null: never
 * @param expiresAt when it expires; null: never
 * @param previousExpiresAt until when the secret before the last rotation is valid; null: no longer
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
