package org.byoemail.operations.setup;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * A key as it was asked for, unchecked.
 *
 * @param role of a key without permissions
 * @param permissions null: a key with a role
 * @param agents to which it is bound; null, as are accounts: as the key that makes it
 * @param organization the only one that it sees; null: all that its maker sees
 * @param expiresAt null: never
 * @param requestsPerMinute null: as many as the settings say, or as its maker may make
 */
public record ApiKeyDraft(
    @Nullable String name,
    @Nullable String role,
    @Nullable List<@Nullable String> permissions,
    @Nullable List<@Nullable UUID> agents,
    @Nullable List<@Nullable UUID> accounts,
    @Nullable OrganizationId organization,
    @Nullable Instant expiresAt,
    @Nullable Integer requestsPerMinute) {}
