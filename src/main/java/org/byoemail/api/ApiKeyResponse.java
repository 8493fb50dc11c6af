package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.access.ApiKey;
import org.byoemail.platform.access.Permission;
import org.jspecify.annotations.Nullable;

/**
 * A key in a response.
 *
 * @param key the secret, only in the response that creates or rotates the key
 */
@Schema(name = "ApiKey")
record ApiKeyResponse(
    UUID id,
    String name,
    @Nullable @Schema(description = "null: a key with permissions") String role,
    @Schema(description = "what it may do: all that its role includes, or those that it was given")
        List<String> permissions,
    @Nullable @Schema(description = "the agents that it is bound to; null: it is not bound")
        List<UUID> agents,
    @Nullable @Schema(description = "the accounts that it is bound to; null: it is not bound")
        List<UUID> accounts,
    @Nullable String organization,
    Instant createdAt,
    @Nullable @Schema(description = "less than an hour before the last use; null: never")
        Instant lastUsedAt,
    @Nullable Instant expiresAt,
    @Nullable
        @Schema(description = "until when the secret before the last rotation opens; null: no more")
        Instant previousExpiresAt,
    @Nullable
        @Schema(
            description =
                "how many requests it may make in a minute; null: what the gateway's setting says")
        Integer requestsPerMinute,
    @Nullable
        @Schema(
            description =
                "the person who made it, or who made the key that made it; it is deleted with the"
                    + " person. null: it comes from a setting or from an earlier version")
        UUID madeByPerson,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key) {

  static ApiKeyResponse of(ApiKey key, @Nullable String secret) {
    return new ApiKeyResponse(
        key.id(),
        key.name(),
        key.role() == null ? null : key.role().word(),
        Permission.words(key.permissions()),
        key.binding() == null ? null : sorted(key.binding().agents()),
        key.binding() == null ? null : sorted(key.binding().accounts()),
        OrganizationId.valueOrNull(key.organization()),
        key.createdAt(),
        key.lastUsedAt(),
        key.expiresAt(),
        key.previousExpiresAt(),
        key.requestsPerMinute(),
        key.madeByPerson(),
        secret);
  }

  private static List<UUID> sorted(Set<UUID> ids) {
    return ids.stream().sorted(Comparator.comparing(UUID::toString)).toList();
  }

  @Override
  public String toString() {
    return "ApiKey[" + id + "]";
  }
}
