package org.byoemail.outbound.delivery.camel;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultPollingConsumerPollStrategy;
import org.byoemail.outbound.delivery.Claims;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Has the consumer of claims poll only when a worker is free, and logs that the database is away in
 * one line, and again each minute, instead of at each poll.
 */
@Component("claimPolling")
public class ClaimPolling extends DefaultPollingConsumerPollStrategy {
  private static final Logger log = LoggerFactory.getLogger(ClaimPolling.class);
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final Claims claims;
  private final Clock clock;
  private volatile @Nullable Instant warnedAt;

  ClaimPolling(Claims claims, Clock clock) {
    this.claims = claims;
    this.clock = clock;
  }

  @Override
  public boolean begin(Consumer consumer, Endpoint endpoint) {
    try {
      return claims.awaitWorker();
    } catch (InterruptedException e) {
      // The route stops.
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
    if (warnedAt != null) {
      warnedAt = null;
      log.info("deliveries are claimed again");
    }
  }

  @Override
  public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause) {
    Instant now = clock.instant();
    Instant warned = warnedAt;
    if (warned == null || warned.plus(AGAIN).isBefore(now)) {
      warnedAt = now;
      Throwable root = cause;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      log.warn("no delivery can be claimed, mail waits: {}", root.toString());
    }
    return false;
  }
}
