package org.byoemail.outbound;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.account.Account;
import org.byoemail.account.AccountHealth;
import org.byoemail.account.Healths;
import org.byoemail.account.Side;
import org.byoemail.mail.AccountId;
import org.byoemail.outbound.AttemptOutcome.Deferred;
import org.byoemail.outbound.AttemptOutcome.Trouble;
import org.springframework.stereotype.Component;

/** Tells the health of accounts what sending shows of it, and not with each mail. */
@Component
class AccountTrouble {
  private static final Duration OFTEN_ENOUGH = Duration.ofMinutes(1);

  private final Healths healths;
  private final Clock clock;
  private final Map<AccountId, Instant> toldWell = new ConcurrentHashMap<>();

  AccountTrouble(Healths healths, Clock clock) {
    this.healths = healths;
    this.clock = clock;
  }

  /** The trouble in these outcomes that is the account's. */
  static Optional<Deferred> in(Collection<AttemptOutcome> outcomes) {
    return outcomes.stream()
        .filter(Deferred.class::isInstance)
        .map(Deferred.class::cast)
        .filter(deferred -> deferred.trouble() == Trouble.ACCOUNT)
        .findFirst();
  }

  /** Backs off, or is well. */
  void note(Account account, Collection<AttemptOutcome> outcomes) {
    Instant now = clock.instant();
    Optional<Deferred> trouble = in(outcomes);
    if (trouble.isEmpty()) {
      Instant told = toldWell.get(account.id());
      if (told == null || told.plus(OFTEN_ENOUGH).isBefore(now)) {
        toldWell.put(account.id(), now);
        healths.ok(account, Side.SMTP);
      }
      return;
    }
    toldWell.remove(account.id());
    // Mails that failed side by side are one failure: only the first of them raises the backoff.
    AccountHealth health = healths.of(account.id(), Side.SMTP);
    if (health.backoffUntil() == null || health.backoffUntil().isBefore(now)) {
      healths.failed(account, Side.SMTP, trouble.get().words());
    }
  }
}
