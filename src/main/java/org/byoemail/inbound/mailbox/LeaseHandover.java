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
import org.byoemail.platform.lease.LeaseListener;
import org.byoemail.platform.lease.Leases;
import org.springframework.stereotype.Component;

/**
 * Ends the leases of mailboxes that are no longer watched, once their connections are closed, and
 * notifies the other nodes. Thread-safe.
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

  /** Joins the cluster; the listener is notified of leases that this node has lost. */
  void join(LeaseListener listener) {
    leases.join(listener);
  }

  /** Announces that this node leaves, so that the others take its mailboxes. */
  void leaving() {
    leases.leaving();
  }

  /** Ends the leases of all watchers that have stopped, and leaves the cluster. */
  void leave() {
    drain();
    leases.leave();
  }

  /** Sets what else to do when mailboxes have become free. */
  void onFree(Runnable callback) {
    onFree = callback;
  }

  /** That watcher has stopped and closed its connection. */
  void ended(MailboxWatcher watcher) {
    ended.add(watcher);
    if (scheduled.compareAndSet(false, true)) {
      threads.handovers().execute(this::drain);
    }
  }

  /** Ends the leases of all watchers that have stopped so far, and waits for it. */
  void drain() {
    scheduled.set(false);
    draining.lock();
    try {
      List<Lease> released = new ArrayList<>();
      for (MailboxWatcher watcher = ended.poll(); watcher != null; watcher = ended.poll()) {
        if (watcher.isStopped(MailboxState.LOST)) {
          lost.increment();
        }
        released.add(watcher.lease());
        if (!watcher.isStopped(MailboxState.PAUSED)) {
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
