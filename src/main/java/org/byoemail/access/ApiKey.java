package org.byoemail.access;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a key; the key itself is shown once, when it is made.
 *
 * @param organization the only one it sees and touches; null: all
 */
public record ApiKey(
    UUID id, String name, Role role, @Nullable String organization, Instant createdAt) {}
