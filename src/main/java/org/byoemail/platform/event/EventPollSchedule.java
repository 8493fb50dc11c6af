package org.byoemail.platform.event;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * When this node checks for events to number and to publish: at once after the commit of a
 * transaction that recorded some here, and once a second for events of a stopped node. Thread-safe.
 */
@Component
class EventPollSchedule {
  private static final long SELDOM = Duration.ofSeconds(1).toNanos();

  /** A batch of more events is followed by a pause, in which the next batch gathers. */
  private static final int MAX_FEW = 5;

  private final LongSupplier nanos;
  private final long gathering;
  private final Step numbering;
  private final Step publishing;

  @Autowired
  EventPollSchedule(EventSettings settings) {
    this(settings.interval(), System::nanoTime);
  }

  EventPollSchedule(Duration gathering, LongSupplier nanos) {
    this.gathering = gathering.toNanos();
    this.nanos = nanos;
    this.numbering = new Step();
    this.publishing = new Step();
  }

  /** The checks of one step. */
  final class Step {
    // A stopped node may have left events.
    private boolean woken = true;
    private long checkedAt = nanos.getAsLong();
    private long pausedUntil = checkedAt;

    /** There may be work. */
    synchronized void wake() {
      woken = true;
      notifyAll();
    }

    /** There may be work, but not at once. */
    synchronized void wakeAfter(Duration pause) {
      pausedUntil = nanos.getAsLong() + pause.toNanos();
      wake();
    }

    /** So many events were processed: after many, the next check waits until more have gathered. */
    synchronized void processed(long events) {
      if (events > MAX_FEW) {
        pausedUntil = nanos.getAsLong() + gathering;
      }
    }

    /** Whether there may be work. */
    synchronized boolean isWoken() {
      return woken;
    }

    /** Whether to check now; the next check is due after another wake-up or a second. */
    synchronized boolean isDue() {
      long now = nanos.getAsLong();
      if (pause(now) > 0) {
        return false;
      }
      woken = false;
      checkedAt = now;
      return true;
    }

    /** Waits until a check is due, but not longer than that. */
    synchronized void await(Duration longest) throws InterruptedException {
      long end = nanos.getAsLong() + longest.toNanos();
      for (long now = nanos.getAsLong(); now < end; now = nanos.getAsLong()) {
        long pause = Math.min(pause(now), end - now);
        if (pause <= 0) {
          return;
        }
        wait(pause / 1_000_000, (int) (pause % 1_000_000));
      }
    }

    private long pause(long now) {
      return woken ? pausedUntil - now : checkedAt + SELDOM - now;
    }
  }

  /** The transaction of the caller, which must be active, records events. */
  void recorded() {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCompletion(int status) {
            // The outcome may be unknown.
            if (status != STATUS_ROLLED_BACK) {
              numbering.wake();
            }
          }
        });
  }

  Step numbering() {
    return numbering;
  }

  Step publishing() {
    return publishing;
  }
}
