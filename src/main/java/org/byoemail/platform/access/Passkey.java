package org.byoemail.platform.access;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A passkey of a person, as the person sees it.
 *
 * @param synced whether the authenticator says that it is backed up, and may be on other devices
 * @param lastUsedAt null: never
 */
public record Passkey(
    UUID id, String name, boolean synced, Instant createdAt, @Nullable Instant lastUsedAt) {}
