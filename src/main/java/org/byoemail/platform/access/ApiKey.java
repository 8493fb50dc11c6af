package org.byoemail.platform.access;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.Scope;
import org.jspecify.annotations.Nullable;

/**
 * An API key; its secret is shown once, when it is made or rotated.
 *
 * @param role null: a key with permissions
 * @param permissions what it may do: all that its role includes, or those that it was given
 * @param binding the agents and accounts that the key is bound to; null: the key is not bound
 * @param organization the only organisation it can access; null: all
 * @param lastUsedAt less than an hour before its last use; null: never
 * @param expiresAt when it expires; null: never
 * @param previousExpiresAt until when the secret before the last rotation is valid; null: no longer
 * @param requestsPerMinute how many requests it may make; null: as many as the settings say
 * @param madeByPerson who made it, or made the key that made it: it ends with the person; null:
 *     nobody who is in the database
 */
public record ApiKey(
    UUID id,
    String name,
    @Nullable Role role,
    Set<Permission> permissions,
    @Nullable Scope binding,
    @Nullable OrganizationId organization,
    Instant createdAt,
    @Nullable Instant lastUsedAt,
    @Nullable Instant expiresAt,
    @Nullable Instant previousExpiresAt,
    @Nullable Integer requestsPerMinute,
    @Nullable UUID madeByPerson) {

  /** A copy of the permissions is kept. */
  public ApiKey {
    permissions = Set.copyOf(permissions);
  }
}
