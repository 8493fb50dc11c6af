package org.byoemail.platform.access;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A login to the console, without its secret.
 *
 * @param person null: the login of the settings
 * @param client the address it came from
 * @param browser the browser as it identifies itself, truncated
 * @param lastVisitAt when a page was last opened, or up to a minute earlier
 * @param expiresAt when it ends, used or not
 */
public record ConsoleSession(
    UUID id,
    @Nullable UUID person,
    String client,
    String browser,
    Instant createdAt,
    Instant lastVisitAt,
    Instant expiresAt) {}
