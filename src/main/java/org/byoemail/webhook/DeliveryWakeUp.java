package org.byoemail.webhook;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.byoemail.platform.event.NumberedEvents;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * When this node checks for deliveries: at once after an event while there are webhooks, soon after
 * a delivery has ended, and once a second for webhooks and deliveries that other nodes created, or
 * that are due again. Thread-safe.
 */
@Component
class DeliveryWakeUp {
  private static final long SELDOM = Duration.ofSeconds(1).toNanos();

  /** Deliveries that end one after another share the next claim. */
  private static final long GATHERING = Duration.ofMillis(5).toNanos();

  private final LongSupplier nanos;
  private boolean woken = true;
  private boolean freed;
  private long freedAt;
  private long lookedAt;
  private boolean numbered = true;
  private long eventsLookedAt;
  private boolean inUse = true;

  @Autowired
  DeliveryWakeUp(NumberedEvents events) {
    this(System::nanoTime);
    events.onNumbered(this::eventsNumbered);
  }

  DeliveryWakeUp(LongSupplier nanos) {
    this.nanos = nanos;
    this.lookedAt = nanos.getAsLong();
    this.eventsLookedAt = lookedAt;
  }

  /** Events were numbered, which matters if they are delivered to a webhook. */
  synchronized void eventsNumbered() {
    if (inUse) {
      numbered = true;
      wake();
    }
  }

  /** Whether to check for events: after some were numbered, and once a second. */
  synchronized boolean areEventsDue() {
    long now = nanos.getAsLong();
    if (!numbered && now - eventsLookedAt < SELDOM) {
      return false;
    }
    numbered = false;
    eventsLookedAt = now;
    return true;
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

  /** A delivery has ended: its worker is free, and the message's next event may be due. */
  synchronized void freed() {
    if (!freed) {
      freed = true;
      freedAt = nanos.getAsLong();
      notifyAll();
    }
  }

  /** Waits until a check is due, but not longer than that; returns whether it is. */
  synchronized boolean awaitDue(Duration longest) throws InterruptedException {
    long end = nanos.getAsLong() + longest.toNanos();
    while (!isDue()) {
      long now = nanos.getAsLong();
      if (end - now <= 0) {
        return false;
      }
      long next = freed ? Math.min(lookedAt + SELDOM, freedAt + GATHERING) : lookedAt + SELDOM;
      TimeUnit.NANOSECONDS.timedWait(this, Math.min(end, next) - now);
    }
    return true;
  }

  /** Whether to check now; the next check is due after another wake-up or a second. */
  synchronized boolean isDue() {
    long now = nanos.getAsLong();
    boolean gathered = freed && now - freedAt >= GATHERING;
    if (!woken && !gathered && now - lookedAt < SELDOM) {
      return false;
    }
    woken = false;
    freed = false;
    lookedAt = now;
    return true;
  }
}
