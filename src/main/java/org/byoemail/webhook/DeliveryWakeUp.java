package org.byoemail.webhook;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.byoemail.platform.event.NumberedEvents;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * When this node checks for deliveries: at once after an event while there are webhooks, and once a
 * second for webhooks and deliveries that other nodes created, or that are due again. Thread-safe.
 */
@Component
class DeliveryWakeUp {
  private static final long SELDOM = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanos;
  private final AtomicBoolean woken = new AtomicBoolean(true);
  private volatile long lookedAt;
  private volatile boolean inUse = true;

  @Autowired
  DeliveryWakeUp(NumberedEvents events) {
    this(System::nanoTime);
    events.onNumbered(this::eventsNumbered);
  }

  DeliveryWakeUp(LongSupplier nanos) {
    this.nanos = nanos;
    this.lookedAt = nanos.getAsLong();
  }

  /** Events were numbered, which matters if they are delivered to a webhook. */
  void eventsNumbered() {
    if (inUse) {
      wake();
    }
  }

  /** The last check found webhooks that are enabled, or none. */
  void found(boolean webhooks) {
    inUse = webhooks;
  }

  /** Something may be due. */
  void wake() {
    woken.set(true);
  }

  /** Whether to check now; the next check is due after another wake-up or a second. */
  boolean isDue() {
    long now = nanos.getAsLong();
    if (!woken.getAndSet(false) && now - lookedAt < SELDOM) {
      return false;
    }
    lookedAt = now;
    return true;
  }
}
