package org.byoemail.outbound.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.delivery.AttemptOutcome.Accepted;
import org.byoemail.outbound.delivery.AttemptOutcome.Deferred;
import org.byoemail.outbound.delivery.AttemptOutcome.Trouble;
import org.byoemail.outbound.delivery.AttemptOutcome.Unknown;
import org.springframework.stereotype.Component;

/**
 * The circuit breaker of accounts: updates their health from the outcomes of sending, but not with
 * each mail. A failure of the account opens it at once, five connections in a row that break during
 * a mail open it too; while the health backs off nothing of the account is claimed, on any node. A
 * quota that is used up is no trouble: the account waits for a stated time.
 */
@Component
class AccountCircuitBreaker {
  private static final Duration OFTEN_ENOUGH = Duration.ofMinutes(1);
  private static final int MAX_BROKEN = 5;

  private final AccountHealthRepository accountHealth;
  private final AccountLimits limits;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Map<AccountId, Instant> recordedOkAt = new ConcurrentHashMap<>();
  private final Map<AccountId, Integer> broken = new ConcurrentHashMap<>();

  AccountCircuitBreaker(
      AccountHealthRepository accountHealth,
      AccountLimits limits,
      Clock clock,
      MeterRegistry meters) {
    this.accountHealth = accountHealth;
    this.limits = limits;
    this.clock = clock;
    this.meters = meters;
  }

  /** The trouble in these outcomes that is the account's. */
  static Optional<Deferred> in(Collection<AttemptOutcome> outcomes) {
    return outcomes.stream()
        .filter(Deferred.class::isInstance)
        .map(Deferred.class::cast)
        .filter(deferred -> deferred.trouble() == Trouble.ACCOUNT)
        .findFirst();
  }

  /** Backs off, waits, or is well. Called before what waits for it can be claimed again. */
  void note(Account account, Collection<AttemptOutcome> outcomes) {
    Optional<Deferred> trouble = in(outcomes);
    if (trouble.isPresent()) {
      note(account, trouble.get());
      return;
    }
    Optional<AttemptOutcome> lost =
        outcomes.stream().filter(OutcomeClassifier::isBroken).findFirst();
    if (lost.isPresent() && outcomes.stream().noneMatch(Accepted.class::isInstance)) {
      if (broken.merge(account.id(), 1, Integer::sum) >= MAX_BROKEN) {
        backOff(account, lost.get().words());
      }
    } else if (outcomes.stream().anyMatch(o -> !(o instanceof Unknown))) {
      well(account);
    }
  }

  private void note(Account account, Deferred trouble) {
    if (trouble.pause() == null) {
      backOff(account, trouble.words());
      return;
    }
    limits.waitFor(account.id(), trouble.pause(), trouble.words());
    meters.counter("byo.outbound.limit.waits", "cause", "provider").increment();
  }

  private void backOff(Account account, String words) {
    recordedOkAt.remove(account.id());
    // Mails that failed side by side are one failure: only the first of them raises the backoff.
    if (accountHealth.backoffLeft(account.id(), Protocol.SMTP).isZero()) {
      accountHealth.failed(account, Protocol.SMTP, words);
    }
  }

  private void well(Account account) {
    broken.remove(account.id());
    Instant now = clock.instant();
    Instant recorded = recordedOkAt.get(account.id());
    if (recorded == null || recorded.plus(OFTEN_ENOUGH).isBefore(now)) {
      recordedOkAt.put(account.id(), now);
      accountHealth.ok(account, Protocol.SMTP);
    }
  }
}
