package org.byoemail.webhook;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.jspecify.annotations.Nullable;

/**
 * A receiver of events. Immutable; holds no secret.
 *
 * @param url may contain a secret in its path or query: shown to its organisation only
 * @param types event types; empty for every type
 * @param agents only events of these agents; empty for every agent
 * @param decides whether its receiver may decide on reviews
 * @param accounts only events of these accounts; empty for every account
 */
public record Webhook(
    UUID id,
    OrganizationId organization,
    String url,
    @Nullable String description,
    List<String> types,
    List<UUID> agents,
    List<UUID> accounts,
    boolean decides,
    Health health,
    Instant createdAt) {

  /**
   * The health of a webhook.
   *
   * @param failures failed attempts since the last one that succeeded
   * @param openUntil no attempt is made before; null if the circuit is closed
   */
  public record Health(
      @Nullable Instant pausedAt,
      @Nullable Instant disabledAt,
      @Nullable String disabledReason,
      int failures,
      @Nullable Instant failingSince,
      @Nullable Instant openUntil,
      @Nullable Instant lastDeliveredAt,
      @Nullable Instant lastFailedAt,
      @Nullable String lastError) {}

  /** The status in the API. */
  public enum Status {
    ACTIVE,
    FAILING,
    PAUSED,
    DISABLED;

    /** The name in the API. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The current status. */
  public Status status() {
    if (health.disabledAt() != null) {
      return Status.DISABLED;
    }
    if (health.pausedAt() != null) {
      return Status.PAUSED;
    }
    return health.failures() > 0 ? Status.FAILING : Status.ACTIVE;
  }

  @Override
  public String toString() {
    return "webhook " + id;
  }
}
