package org.byoemail.outbound.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.review.Review;
import org.byoemail.platform.retry.DatabaseErrors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Ends messages that have waited longer than their producer allowed, many at a time. */
@Component
class Expiry {
  private static final Logger log = LoggerFactory.getLogger(Expiry.class);
  private static final int BATCH = 200;

  private final DeliveryLifecycle lifecycle;
  private final ReviewLifecycle reviewed;
  private final TransactionTemplate transaction;
  private final Counter failed;

  Expiry(
      DeliveryLifecycle lifecycle,
      ReviewLifecycle reviewed,
      TransactionTemplate transaction,
      MeterRegistry meters) {
    this.reviewed = reviewed;
    this.lifecycle = lifecycle;
    this.transaction = transaction;
    this.failed =
        Counter.builder("byo.outbound.expiry.failed")
            .description("messages that could not be ended though they have expired")
            .register(meters);
  }

  /**
   * Expires unclaimed messages. A failure is logged and counted, and the message is skipped until
   * the next run.
   */
  void endAll() {
    Set<StoredMessageId> passedOver = new HashSet<>();
    int done;
    do {
      done = endSome(BATCH, passedOver);
    } while (done == BATCH);
    endReviews();
  }

  private void endReviews() {
    Set<UUID> passedOver = new HashSet<>();
    List<Review> batch;
    do {
      batch = reviewed.expired(passedOver);
      batch.forEach(expired -> end(expired, passedOver));
    } while (!batch.isEmpty());
  }

  private void end(Review expired, Set<UUID> passedOver) {
    // Even if it was decided meanwhile: then it is not found again.
    passedOver.add(expired.id());
    try {
      reviewed.expire(expired);
    } catch (RuntimeException e) {
      if (DatabaseErrors.isUnavailable(e)) {
        throw e;
      }
      failed.increment();
      log.error("review {} has expired and cannot be ended; next try soon", expired.id(), e);
    }
  }

  private int endSome(int limit, Set<StoredMessageId> passedOver) {
    Map<StoredMessageId, AttemptId> batch = new HashMap<>();
    try {
      return Objects.requireNonNull(
          transaction.execute(
              status -> {
                batch.putAll(lifecycle.lockExpired(limit, passedOver));
                lifecycle.expire(batch);
                reviewed.endUnused(batch.keySet());
                return batch.size();
              }));
    } catch (RuntimeException e) {
      if (batch.isEmpty() || DatabaseErrors.isUnavailable(e)) {
        throw e;
      }
      if (batch.size() == 1) {
        batch.keySet().forEach(passedOver::add);
        failed.increment();
        log.error("messages {} have expired and cannot be ended; next try soon", batch.keySet(), e);
        return 1;
      }
      log.warn("{} messages that have expired are ended one by one", batch.size(), e);
    }
    for (int i = 0; i < batch.size(); i++) {
      endSome(1, passedOver);
    }
    return batch.size();
  }
}
