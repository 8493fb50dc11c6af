package org.byoemail.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.byoemail.webhook.Webhook;
import org.byoemail.webhook.WebhookSecrets;
import org.jspecify.annotations.Nullable;

/** A webhook in a response. */
@Schema(name = "Webhook")
record WebhookResponse(
    UUID id,
    String organization,
    String url,
    @Nullable String description,
    List<String> types,
    List<UUID> agents,
    List<UUID> accounts,
    @Schema(description = "whether its receiver may decide on reviews") boolean decides,
    @Schema(allowableValues = {"active", "failing", "paused", "disabled"}) String status,
    @Nullable @Schema(description = "why it is disabled") String disabledReason,
    @Schema(description = "failed attempts since the last one that succeeded") int failures,
    @Nullable @Schema(description = "since when every attempt has failed") Instant failingSince,
    @Nullable @Schema(description = "no attempt is made before this time") Instant pausedUntil,
    @Nullable Instant lastDeliveredAt,
    @Nullable Instant lastFailedAt,
    @Nullable String lastError,
    List<Key> keys,
    @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable
        @Schema(description = "for v1 (HMAC-SHA256); only in the response that creates the webhook")
        String secret,
    Instant createdAt) {

  /** The public key of a key pair that signs at present. */
  @Schema(name = "WebhookKey")
  record Key(
      @Schema(description = "for v1a (Ed25519)") String publicKey,
      Instant createdAt,
      @Nullable @Schema(description = "until when it signs; null for the current one")
          Instant expiresAt) {

    static Key of(WebhookSecrets.Known known) {
      return new Key(known.publicKey(), known.createdAt(), known.expiresAt());
    }
  }

  static WebhookResponse of(
      Webhook webhook, List<WebhookSecrets.Known> keys, @Nullable String secret) {
    Webhook.Health health = webhook.health();
    return new WebhookResponse(
        webhook.id(),
        webhook.organization().value(),
        webhook.url(),
        webhook.description(),
        webhook.types(),
        webhook.agents(),
        webhook.accounts(),
        webhook.decides(),
        webhook.status().word(),
        health.disabledReason(),
        health.failures(),
        health.failingSince(),
        health.openUntil(),
        health.lastDeliveredAt(),
        health.lastFailedAt(),
        health.lastError(),
        keys.stream().map(Key::of).toList(),
        secret,
        webhook.createdAt());
  }

  @Override
  public String toString() {
    return "webhook " + id;
  }
}
