package org.byoemail.webhook;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
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
  private boolean woken = true;
  private long lookedAt;
  private boolean inUse = true;

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
  synchronized void eventsNumbered() {
    if (inUse) {
      wake();
    }
  }

  /** The last check found webhooks that are enabled, or none. */
  synchronized void found(boolean webhooks) {
    inUse = webhooks;
  }

  /** Something may be due. */
  synchronized void wake() {
    woken = true;
    notifyAll();
  }

  /** Waits until a check is due, but not longer than that; whether it is. */
  synchronized boolean awaitDue(Duration longest) throws InterruptedException {
    long end = nanos.getAsLong() + longest.toNanos();
    while (!isDue()) {
      long left = Math.min(end, lookedAt + SELDOM) - nanos.getAsLong();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Whether to check now; the next check is due after another wake-up or a second. */
  synchronized boolean isDue() {
    long now = nanos.getAsLong();
    if (!woken && now - lookedAt < SELDOM) {
      return false;
    }
    woken = false;
    lookedAt = now;
    return true;
  }
}
