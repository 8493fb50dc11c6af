package org.byoemail.platform.access;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A login to the console, without its secret.
 *
 * @param person null: the login of the settings
 * @param client the address it came from
 * @param browser what the browser calls itself, cut
 * @param lastVisitAt at most a minute before the last page that was opened
 * @param expiresAt its end, used or not
 */
public record ConsoleSession(
    UUID id,
    @Nullable UUID person,
    String client,
    String browser,
    Instant createdAt,
    Instant lastVisitAt,
    Instant expiresAt) {}
