package org.byoemail.account.rollout;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToLongFunction;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.health.CachedQuery;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Which accounts are used, as last evaluated ({@link RolloutEvaluator}); the same on all nodes. Not
 * used for sending: mail leaves by a transport of the platform or waits. Not used for receiving:
 * the mailboxes are released. Nothing else changes. Thread-safe.
 */
@Component("rollout")
public class Rollout {
  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final RolloutState UNKNOWN =
      new RolloutState(null, null, null, null, null, 0, 0, 0);

  private final RolloutValues values;
  private final CachedQuery<RolloutState> recent;

  Rollout(RolloutValues values, Clock clock, MeterRegistry meters) {
    this.values = values;
    this.recent = new CachedQuery<>(values::state, UNKNOWN, FRESH, clock);
    gauge(meters, RolloutSide.SENDING, RolloutState::sending);
    gauge(meters, RolloutSide.RECEIVING, RolloutState::receiving);
    Gauge.builder("byo.rollout.failing", recent, now -> now.get().failure() == null ? 0 : 1)
        .description("whether the provider of the flag fails")
        .register(meters);
  }

  private void gauge(MeterRegistry meters, RolloutSide side, ToLongFunction<RolloutState> used) {
    Gauge.builder(
            "byo.rollout.accounts",
            recent,
            now -> now.get() == UNKNOWN ? Double.NaN : used.applyAsLong(now.get()))
        .tag("side", side.word())
        .description("accounts that are used, by the flag BYO_EMAIL_ENABLED")
        .register(meters);
  }

  /** Whether an account is used; false until it was evaluated. */
  public boolean isOn(AccountId account, RolloutSide side) {
    return values.isOn(account, side);
  }

  /** The values of accounts; those that were not evaluated yet are left out. */
  public Map<AccountId, AccountRollout> of(Collection<AccountId> accounts) {
    return values.of(accounts);
  }

  /**
   * The values of accounts in the order of their ids.
   *
   * @param organization null for all organisations
   * @param on only those that are used for at least one side, or for none; null: all
   * @param after the id to start after, null for the start
   */
  public List<AccountRollout> list(
      @Nullable OrganizationId organization,
      @Nullable Boolean on,
      @Nullable UUID after,
      int limit) {
    return values.list(organization, on, after, limit);
  }

  /** The state, 2 s old at most, for each page of the console. */
  public RolloutState recentState() {
    return recent.get();
  }

  /** The state. */
  public RolloutState state() {
    return values.state();
  }
}
