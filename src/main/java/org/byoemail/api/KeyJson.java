package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.byoemail.access.ApiKey;
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
          String organization) {}

  /**
   * A key as we tell it.
   *
   * @param key the key itself, once, when it was made
   */
  @Schema(name = "ApiKey")
  record Shown(
      UUID id,
      String name,
      String role,
      @Nullable String organization,
      Instant createdAt,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key) {

    static Shown of(ApiKey key, @Nullable String secret) {
      return new Shown(
          key.id(), key.name(), key.role().word(), key.organization(), key.createdAt(), secret);
    }

    @Override
    public String toString() {
      return "ApiKey[" + id + "]";
    }
  }
}
