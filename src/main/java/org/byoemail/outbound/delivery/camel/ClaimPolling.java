package org.byoemail.outbound.delivery.camel;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultPollingConsumerPollStrategy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Tells in one line that the database is away, and again each minute, instead of at each poll. */
@Component("claimPolling")
public class ClaimPolling extends DefaultPollingConsumerPollStrategy {
  private static final Logger LOG = LoggerFactory.getLogger(ClaimPolling.class);
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final Clock clock;
  private volatile @Nullable Instant toldAt;

  ClaimPolling(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
    if (toldAt != null) {
      toldAt = null;
      LOG.info("deliveries are claimed again");
    }
  }

  @Override
  public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause) {
    Instant now = clock.instant();
    Instant told = toldAt;
    if (told == null || told.plus(AGAIN).isBefore(now)) {
      toldAt = now;
      Throwable root = cause;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      LOG.warn("no delivery can be claimed, mail waits: {}", root.toString());
    }
    return false;
  }
}
