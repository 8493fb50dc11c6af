package org.byoemail.webhook;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The deliveries that this node makes at present. Receivers that are not known to answer quickly
 * have workers of their own, so that they delay no others. Thread-safe.
 */
@Component
class DeliveryWorkers {
  private final WebhookSettings settings;
  private final Map<UUID, Boolean> busy = new HashMap<>();

  DeliveryWorkers(WebhookSettings settings, MeterRegistry meters) {
    this.settings = settings;
    Gauge.builder(
            "byo.webhook.under.way", this, workers -> workers.busy(true) + workers.busy(false))
        .description("deliveries that this node makes at present")
        .register(meters);
  }

  private synchronized int busy(boolean slow) {
    return (int) busy.values().stream().filter(one -> one == slow).count();
  }

  /** How many more deliveries may begin. */
  int free(boolean slow) {
    return Math.max(0, (slow ? settings.slowWorkers() : settings.workers()) - busy(slow));
  }

  /** A delivery begins. */
  synchronized void begin(ClaimedDelivery delivery) {
    busy.put(delivery.token(), delivery.slow());
  }

  /** A delivery has ended; also where it was not begun. */
  synchronized void end(ClaimedDelivery delivery) {
    busy.remove(delivery.token());
  }
}
