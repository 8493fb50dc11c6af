package org.byoemail.webhook;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A receiver of events. Immutable; holds no secret.
 *
 * @param url may hold a capability in its path or query: shown to its organisation only
 * @param types of events; empty: every type
 * @param agents whose events; empty: every agent's
 * @param accounts whose events; empty: every account's
 */
public record Webhook(
    UUID id,
    String organization,
    String url,
    @Nullable String description,
    List<String> types,
    List<UUID> agents,
    List<UUID> accounts,
    Health health,
    Instant createdAt) {

  /**
   * How it fares.
   *
   * @param failures failed attempts since the last one that succeeded
   * @param openUntil no attempt is made before; null: the circuit is closed
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

  /** The states that people see. */
  public enum Status {
    ACTIVE,
    FAILING,
    PAUSED,
    DISABLED;

    /** The word of the contract. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What it is at present. */
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
