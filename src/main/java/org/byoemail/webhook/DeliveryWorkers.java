package org.byoemail.webhook;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The deliveries in progress on this node. Receivers that are not known to respond quickly have
 * separate workers, so that they do not delay others. Thread-safe.
 */
@Component
class DeliveryWorkers {
  private final WebhookSettings settings;
  private final Map<UUID, Boolean> busy = new HashMap<>();

  DeliveryWorkers(WebhookSettings settings, MeterRegistry meters) {
    this.settings = settings;
    Gauge.builder(
            "byo.webhook.under.way", this, workers -> workers.busy(true) + workers.busy(false))
        .description("deliveries in progress on this node")
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

  /** A delivery has ended, or was not started. */
  synchronized void end(ClaimedDelivery delivery) {
    busy.remove(delivery.token());
  }
}
