package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.platform.access.ApiKey;
import org.jspecify.annotations.Nullable;

/** The shapes of keys. */
final class KeyJson {
  private KeyJson() {}

  /** A key to be made. */
  @Schema(name = "ApiKeyRequest")
  record Request(
      @Nullable String name,
      @Nullable @Schema(allowableValues = {"admin", "operator", "producer"}) String role,
      @Nullable @Schema(description = "the only one it sees and touches; absent: all")
          String organization,
      @Nullable @Schema(description = "when it opens nothing any more; absent: never")
          Instant expiresAt) {}

  /** A key to be given another secret. */
  @Schema(name = "ApiKeyRotation")
  record Rotation(
      @Nullable
          @Schema(
              description =
                  "seconds for which the secret so far still opens; 86400 unless given, 2592000 at"
                      + " most, 0: none")
          Long overlap,
      @Nullable @Schema(description = "when the key ends from now on; absent: as before")
          Instant expiresAt) {}

  /**
   * A key as we tell it.
   *
   * @param key the key itself, once, when it was made or rotated
   */
  @Schema(name = "ApiKey")
  record Shown(
      UUID id,
      String name,
      String role,
      @Nullable String organization,
      Instant createdAt,
      @Nullable @Schema(description = "less than an hour before the last use; null: never")
          Instant lastUsedAt,
      @Nullable Instant expiresAt,
      @Nullable
          @Schema(
              description = "until when the secret before the last rotation opens; null: no more")
          Instant previousExpiresAt,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key) {

    static Shown of(ApiKey key, @Nullable String secret) {
      return new Shown(
          key.id(),
          key.name(),
          key.role().word(),
          key.organization(),
          key.createdAt(),
          key.lastUsedAt(),
          key.expiresAt(),
          key.previousExpiresAt(),
          secret);
    }

    @Override
    public String toString() {
      return "ApiKey[" + id + "]";
    }
  }
}
