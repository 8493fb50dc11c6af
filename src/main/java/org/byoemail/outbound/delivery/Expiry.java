package org.byoemail.outbound.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.outbound.delivery.Recipients.Change;
import org.byoemail.platform.conversation.Message;
import org.byoemail.platform.conversation.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Ends messages that have waited longer than their producer allowed, many at a time. */
@Component
class Expiry {
  private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);
  private static final int BATCH = 200;
  private static final String WHY = "expired before it could be sent";
  private static final Set<RecipientStatus> OPEN =
      EnumSet.of(RecipientStatus.QUEUED, RecipientStatus.DEFERRED, RecipientStatus.HELD);

  private final Deliveries deliveries;
  private final AttemptRows attempts;
  private final Recipients recipients;
  private final Messages messages;
  private final SendEvents events;
  private final TransactionTemplate transaction;
  private final Counter failed;

  Expiry(
      Deliveries deliveries,
      AttemptRows attempts,
      Recipients recipients,
      Messages messages,
      SendEvents events,
      TransactionTemplate transaction,
      MeterRegistry meters) {
    this.deliveries = deliveries;
    this.attempts = attempts;
    this.recipients = recipients;
    this.messages = messages;
    this.events = events;
    this.transaction = transaction;
    this.failed =
        Counter.builder("byo.outbound.expiry.failed")
            .description("messages that could not be ended though they have expired")
            .register(meters);
  }

  /**
   * Ends those that nobody has claimed. One that cannot be ended is logged, counted and passed over
   * until the next time.
   */
  void endAll() {
    Set<UUID> passedOver = new HashSet<>();
    int done;
    do {
      done = endSome(BATCH, passedOver);
    } while (done == BATCH);
  }

  private int endSome(int limit, Set<UUID> passedOver) {
    Map<UUID, AttemptId> batch = new HashMap<>();
    try {
      return Objects.requireNonNull(
          transaction.execute(
              status -> {
                batch.putAll(deliveries.lockExpired(limit, passedOver));
                return end(batch);
              }));
    } catch (RuntimeException e) {
      if (batch.isEmpty() || isOfTheDatabase(e)) {
        throw e;
      }
      if (batch.size() == 1) {
        batch.keySet().forEach(passedOver::add);
        failed.increment();
        LOG.error("messages {} have expired and cannot be ended; next try soon", batch.keySet(), e);
        return 1;
      }
      LOG.warn("{} messages that have expired are ended one by one", batch.size(), e);
    }
    for (int i = 0; i < batch.size(); i++) {
      endSome(1, passedOver);
    }
    return batch.size();
  }

  private static boolean isOfTheDatabase(RuntimeException e) {
    return e instanceof TransientDataAccessException
        || e instanceof DataAccessResourceFailureException
        || e instanceof TransactionException;
  }

  /** Ends those of claims, where they are still ours. */
  void end(Collection<Claim> claims) {
    transaction.executeWithoutResult(
        status -> {
          Set<UUID> ours = deliveries.lock(claims).tokens();
          end(
              claims.stream()
                  .filter(claim -> ours.contains(claim.token()))
                  .collect(Collectors.toMap(Claim::message, Claim::attempt)));
        });
  }

  private int end(Map<UUID, AttemptId> expired) {
    if (expired.isEmpty()) {
      return 0;
    }
    Map<UUID, List<Change>> changes = new HashMap<>();
    recipients
        .of(expired.keySet())
        .forEach(
            (message, rows) ->
                changes.put(
                    message,
                    rows.stream()
                        .filter(row -> OPEN.contains(row.state()))
                        .map(
                            row ->
                                new Change(row.address(), RecipientStatus.EXPIRED, "expired", WHY))
                        .toList()));
    AttemptRows.Ending ending =
        new AttemptRows.Ending(AttemptState.FAILED, "expired", null, "expired", WHY);
    deliveries.drop(expired.keySet());
    attempts.end(
        expired.values().stream().map(attempt -> new AttemptRows.Ended(attempt, ending)).toList());
    Map<UUID, MessageStatus> statuses = recipients.change(OPEN, changes);
    Map<UUID, Message> stored =
        messages.withoutTexts(expired.keySet()).stream()
            .collect(Collectors.toMap(Message::id, message -> message));
    events.publish(
        expired.entrySet().stream()
            .map(
                one ->
                    new SendEvents.Result(
                        Objects.requireNonNull(stored.get(one.getKey())),
                        null,
                        one.getValue(),
                        Objects.requireNonNull(statuses.get(one.getKey())),
                        Objects.requireNonNull(changes.get(one.getKey())),
                        null))
            .toList());
    return expired.size();
  }
}
