package org.byoemail.outbound.submission.camel;

import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.byoemail.platform.broker.BrokerKind;
import org.byoemail.platform.retry.ExponentialBackoff;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Waits after an internal failure, before RabbitMQ or Kafka delivers the submission again: they do
 * so at once, Artemis has a redelivery delay. Longer after each failure of this node, until a
 * minute passes without one. Ends when the gateway stops. Safe for use by many threads.
 */
@Component("redeliveryDelay")
class RedeliveryDelay implements Processor {
  // Well below the time in which Kafka expects the next poll, 5 minutes.
  private static final ExponentialBackoff BACKOFF =
      ExponentialBackoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(30));

  private static final Duration QUIET = Duration.ofSeconds(60);
  private static final long STEP_MILLIS = 200;

  private final boolean brokerWaits;
  private int failures;
  private long lastFailure;

  RedeliveryDelay(Environment environment) {
    this.brokerWaits = BrokerKind.of(environment) == BrokerKind.ARTEMIS;
  }

  @Override
  public void process(Exchange exchange) throws InterruptedException {
    if (brokerWaits) {
      return;
    }
    long end = System.nanoTime() + next().toNanos();
    CamelContext context = exchange.getContext();
    while (context.isRunAllowed() && !context.isStopping() && System.nanoTime() - end < 0) {
      Thread.sleep(STEP_MILLIS);
    }
  }

  private synchronized Duration next() {
    long now = System.nanoTime();
    if (now - lastFailure > QUIET.toNanos()) {
      failures = 0;
    }
    lastFailure = now;
    return BACKOFF.delay(++failures);
  }
}
