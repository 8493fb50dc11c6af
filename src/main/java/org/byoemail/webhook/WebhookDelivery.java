package org.byoemail.webhook;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.byoemail.platform.event.EventData;
import org.byoemail.platform.event.Events;
import org.byoemail.platform.event.Events.NewEvent;
import org.byoemail.platform.retry.ExponentialBackoff;
import org.byoemail.platform.transaction.GroupCommit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The steps of the route {@code webhook-deliver-one}: sends and records. Thread-safe. */
@Component("webhookDelivery")
public class WebhookDelivery {
  private static final Logger log = LoggerFactory.getLogger(WebhookDelivery.class);

  /** About 15 attempts in 24 hours. */
  private static final ExponentialBackoff RETRIES =
      new ExponentialBackoff(Duration.ofSeconds(5), 3, Duration.ofHours(3), 0.2);

  private static final Duration FIRST_OPENING = Duration.ofSeconds(5);
  private static final Duration MAX_OPENING = Duration.ofMinutes(5);

  private static final int MAX_RECORDED = 50;

  private final DeliveryQueue queue;
  private final DeliveryWorkers workers;
  private final DeliveryWakeUp wakeUp;
  private final DeliverySender sender;
  private final Events events;
  private final TransactionTemplate transactions;
  private final MeterRegistry meters;

  /** Deliveries that receivers accept at about the same time are recorded together. */
  private final GroupCommit<Attempted, Boolean> accepted;

  WebhookDelivery(
      DeliveryQueue queue,
      DeliveryWorkers workers,
      DeliveryWakeUp wakeUp,
      DeliverySender sender,
      Events events,
      TransactionTemplate transactions,
      MeterRegistry meters) {
    this.queue = queue;
    this.workers = workers;
    this.wakeUp = wakeUp;
    this.sender = sender;
    this.events = events;
    this.transactions = transactions;
    this.meters = meters;
    this.accepted =
        new GroupCommit<>(
            MAX_RECORDED,
            Objects.requireNonNull(transactions.getTransactionManager()),
            attempts -> {
              queue.delivered(attempts);
              return Collections.nCopies(attempts.size(), true);
            });
  }

  /** A delivery and the result of its attempt. */
  public record Attempted(ClaimedDelivery delivery, DeliveryAttempt attempt) {
    @Override
    public String toString() {
      return delivery.toString();
    }
  }

  /** Makes the attempt; blocks at most for its timeout. */
  public Attempted send(ClaimedDelivery delivery) {
    return new Attempted(delivery, sender.send(delivery));
  }

  /** Records the result of an attempt. */
  public void record(Attempted attempted) {
    ClaimedDelivery delivery = attempted.delivery();
    DeliveryAttempt attempt = attempted.attempt();
    if (delivery.payload() == null) {
      queue.withoutEvent(delivery);
    } else if (attempt.succeeded()) {
      accepted.submit(attempted);
    } else {
      transactions.executeWithoutResult(status -> failed(delivery, attempt));
    }
    ended(delivery);
    Timer.builder("byo.webhook.attempts")
        .tag("outcome", attempt.succeeded() ? "accepted" : "failed")
        .description("attempts to deliver events to webhooks")
        .register(meters)
        .record(attempt.took());
  }

  private void failed(ClaimedDelivery delivery, DeliveryAttempt attempt) {
    Duration retryIn =
        RETRIES.withJitter(RETRIES.delay(delivery.attempt()), ThreadLocalRandom.current());
    Duration asked = attempt.retryAfter();
    if (asked != null && asked.compareTo(retryIn) > 0) {
      retryIn = asked;
    }
    String state =
        queue.failed(delivery, attempt, retryIn, FIRST_OPENING, MAX_OPENING).orElse("lost");
    if (state.equals("failed")) {
      givenUp(1);
      log.info("{} is given up: {}", delivery, attempt.error());
    }
    if (attempt.gone() && !state.equals("lost")) {
      log.info("webhook {} is disabled: its receiver answered 410", delivery.webhook());
      events.record(
          new NewEvent(
              delivery.organization(),
              null,
              null,
              new EventData.WebhookDisabled(delivery.webhook(), String.valueOf(attempt.error()))));
    }
  }

  /**
   * Handles an internal failure: the delivery is repeated after its claim has expired.
   *
   * @param body what the route was at
   */
  public void abandoned(Object body, Throwable cause) {
    if (body instanceof Attempted attempted) {
      ended(attempted.delivery());
    } else if (body instanceof ClaimedDelivery delivery) {
      ended(delivery);
    }
    log.error(
        "{} failed in the gateway and will be repeated after its claim has expired: {}",
        body,
        cause.toString());
  }

  private void ended(ClaimedDelivery delivery) {
    workers.end(delivery);
    wakeUp.freed();
  }

  /** Releases the claims of stopped nodes, and gives up deliveries that have waited too long. */
  public void recover() {
    int freed = queue.takeOver();
    if (freed > 0) {
      log.info("{} webhook deliveries were released from stopped nodes", freed);
      wakeUp.wake();
    }
    givenUp(queue.giveUp());
  }

  /** Deletes deliveries that ended long ago. */
  public void tidy() {
    int deleted = queue.tidy();
    if (deleted > 0) {
      log.debug("{} old webhook deliveries and keys were deleted", deleted);
    }
  }

  private void givenUp(int count) {
    Counter.builder("byo.webhook.given.up")
        .description("deliveries that were given up")
        .register(meters)
        .increment(count);
  }
}
