package org.byoemail.outbound.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountChanged;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.limit.SendingLimit;
import org.byoemail.outbound.limit.SendingLimits;
import org.byoemail.outbound.limit.SendingQuotas;
import org.byoemail.outbound.limit.UsageHistory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Lets a mail begin only within the limits of its account. Where one is used up the account waits,
 * over all nodes, and no attempt is counted. Changed limits hold after 10 s at most.
 */
@Component
class SendQuota {
  private static final Duration KNOWN_FOR = Duration.ofSeconds(10);
  private static final Duration MAX_WAIT = Duration.ofDays(30);

  private record Known(SendingLimits limits, long version, Instant until) {}

  private final AccountLimits accountLimits;
  private final SendingQuotas quotas;
  private final DeliveryLifecycle lifecycle;
  private final JdbcClient jdbc;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Map<AccountId, Known> known = new ConcurrentHashMap<>();

  SendQuota(
      AccountLimits accountLimits,
      SendingQuotas quotas,
      DeliveryLifecycle lifecycle,
      JdbcClient jdbc,
      Clock clock,
      MeterRegistry meters) {
    this.accountLimits = accountLimits;
    this.quotas = quotas;
    this.lifecycle = lifecycle;
    this.jdbc = jdbc;
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * Whether the mail may leave now; otherwise its account waits from now on, and its claim is let
   * go.
   */
  boolean allows(Claim claim, Account account) {
    SendingLimits limits = limits(account);
    if (limits.isEmpty()) {
      return true;
    }
    int recipients =
        limits.of(SendingLimit.Unit.RECIPIENTS).isEmpty() ? 1 : waitingRecipients(claim.message());
    Optional<Duration> wait =
        quotas.take(account.id(), limits, Math.max(1, recipients), past(account));
    wait.ifPresent(
        time -> {
          accountLimits.waitFor(account.id(), time, "its own sending limit is used up");
          lifecycle.postpone(List.of(claim), Duration.ZERO);
          meters.counter("byo.outbound.limit.waits", "cause", "limit").increment();
        });
    return wait.isEmpty();
  }

  /** How long a mail to so many recipients would wait; nothing is consumed. */
  Duration peek(Account account, int recipients) {
    SendingLimits limits = limits(account);
    return limits.isEmpty()
        ? Duration.ZERO
        : quotas.peek(account.id(), limits, Math.max(1, recipients), past(account));
  }

  @TransactionalEventListener(fallbackExecution = true)
  void changed(AccountChanged change) {
    known.remove(change.account());
  }

  private SendingLimits limits(Account account) {
    Known found = known.get(account.id());
    Instant now = clock.instant();
    if (found == null || found.version() != account.version() || !now.isBefore(found.until())) {
      found = new Known(accountLimits.of(account).limits(), account.version(), now.plus(KNOWN_FOR));
      known.put(account.id(), found);
    }
    return found.limits();
  }

  private int waitingRecipients(StoredMessageId message) {
    return jdbc.sql(
            "SELECT count(*) FROM message_recipient WHERE message_id = :id AND status = ANY"
                + " (:from::text[])")
        .param("id", message.value())
        .param("from", RecipientStatus.words(RecipientStatus::canBegin))
        .query(Integer.class)
        .single();
  }

  // Recent attempts are of messages that were recently accepted or due. One that waited longer, or
  // was resent by a person, is not worth reading all that was ever sent. Ids are made by the clocks
  // of nodes, which may be apart: the longest wait leaves room for that.
  private UsageHistory past(Account account) {
    return limit -> {
      Duration back = limit.window().plus(MAX_WAIT);
      return jdbc.sql(
              """
              WITH recent AS (
                SELECT m.id FROM message m
                  WHERE m.endpoint_id = :endpoint AND m.direction = 'outbound' AND m.id >= :oldest
                UNION
                SELECT m.id FROM outbound_submission s JOIN message m ON m.id = s.message_id
                  WHERE s.organization = :organization AND s.send_at BETWEEN
                        statement_timestamp() - :back * interval '1 second' AND statement_timestamp()
                    AND m.endpoint_id = :endpoint)
              SELECT coalesce(sum(CASE WHEN :messages THEN 1 ELSE
                  (SELECT count(*) FROM message_recipient r
                    WHERE r.message_id = recent.id AND r.attempt_id = a.id) END), 0)
              FROM recent JOIN outbound_message_attempt a ON a.message_id = recent.id
              WHERE a.provider = 'smtp' AND a.sending_at > statement_timestamp() - :window * interval '1 second'
              """)
          .param("messages", limit.unit() == SendingLimit.Unit.MESSAGES)
          .param("endpoint", account.endpoint().value())
          .param("organization", account.organization().value())
          .param("oldest", Ids.firstOf(clock.instant().minus(back)))
          .param("back", back.toSeconds())
          .param("window", limit.window().toSeconds())
          .query(Long.class)
          .single();
    };
  }
}
