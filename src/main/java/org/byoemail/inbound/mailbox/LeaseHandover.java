package org.byoemail.inbound.mailbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.byoemail.platform.lease.Lease;
import org.byoemail.platform.lease.Leases;
import org.springframework.stereotype.Component;

/**
 * Ends the leases of mailboxes that were let go, once their server was left, and has the others
 * told. Safe for use by many threads.
 */
@Component
class LeaseHandover {
  private final Leases leases;
  private final MailboxWatchers watchers;
  private final AccountChangeBroadcast notices;
  private final MailboxThreads threads;
  private final Counter lost;
  private final Queue<MailboxWatcher> ended = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final ReentrantLock draining = new ReentrantLock();
  private volatile Runnable onFree = () -> {};

  LeaseHandover(
      Leases leases,
      MailboxWatchers watchers,
      AccountChangeBroadcast notices,
      MailboxThreads threads,
      MeterRegistry meters) {
    this.leases = leases;
    this.watchers = watchers;
    this.notices = notices;
    this.threads = threads;
    this.lost =
        Counter.builder("byo.leases.lost")
            .description("mailboxes that another node took from this one")
            .tag("node", leases.node().name())
            .register(meters);
  }

  /** Says what else to do when mailboxes have become free. */
  void onFree(Runnable what) {
    onFree = what;
  }

  /** That watch is over and has left its server. */
  void ended(MailboxWatcher watcher) {
    ended.add(watcher);
    if (scheduled.compareAndSet(false, true)) {
      threads.handovers().execute(this::drain);
    }
  }

  /** Ends the leases of all that have ended so far; returns when it is done. */
  void drain() {
    scheduled.set(false);
    draining.lock();
    try {
      List<Lease> released = new ArrayList<>();
      for (MailboxWatcher watcher = ended.poll(); watcher != null; watcher = ended.poll()) {
        if (watcher.isOver(MailboxState.LOST)) {
          lost.increment();
        }
        released.add(watcher.lease());
        if (!watcher.isOver(MailboxState.PAUSED)) {
          watchers.forget(watcher);
        }
      }
      if (!released.isEmpty()) {
        leases.end(released);
        notices.free();
        onFree.run();
      }
    } finally {
      draining.unlock();
    }
  }
}
