package org.byoemail.inbound.mailbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.inbound.mailbox.WorkQueue.Turn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The watchers of this node, by mailbox. Thread-safe. */
@Component("mailboxWatchers")
public class MailboxWatchers {
  private static final Logger log = LoggerFactory.getLogger(MailboxWatchers.class);

  /** States in which a watcher only waits. */
  private static final Set<MailboxState> RESTING =
      EnumSet.of(MailboxState.IDLE, MailboxState.POLLING, MailboxState.BACKING_OFF);

  private final WorkQueue queue;
  private final Clock clock;
  private final Map<MailboxId, Entry> watched = new ConcurrentHashMap<>();

  MailboxWatchers(MailboxThreads threads, MeterRegistry meters, Clock clock) {
    this.queue = threads.queue();
    this.clock = clock;
    for (MailboxState state : MailboxState.values()) {
      Gauge.builder("byo.mailboxes", this, watchers -> watchers.count(state))
          .description("mailboxes of this node by state")
          .tag("state", state.name().toLowerCase(java.util.Locale.ROOT))
          .register(meters);
    }
  }

  private record Entry(MailboxWatcher watcher, Turn turn) {}

  /** Polls an account's mailboxes now; false if this node does not watch them all. */
  public boolean pollNow(AccountId account) {
    return onWatchers(account, MailboxWatcher::pollNow);
  }

  /** As {@link #pollNow}, but leaves alone those that back off. */
  boolean wake(AccountId account) {
    return onWatchers(account, MailboxWatcher::wake);
  }

  private boolean onWatchers(AccountId account, Consumer<MailboxWatcher> what) {
    List<MailboxWatcher> here =
        watched.values().stream()
            .map(Entry::watcher)
            .filter(watcher -> watcher.account().id().equals(account) && !watcher.isStopped())
            .toList();
    here.forEach(what);
    return !here.isEmpty() && here.size() >= here.get(0).account().settings().folders().size();
  }

  /** The states of the mailboxes that this node watches. */
  public List<MailboxStatus> states() {
    return watched.values().stream().map(w -> w.watcher().status()).toList();
  }

  /** The states of the account's mailboxes that this node watches. */
  public List<MailboxStatus> states(AccountId account) {
    return states().stream().filter(status -> status.account().equals(account)).toList();
  }

  List<MailboxWatcher> all() {
    return watched.values().stream().map(Entry::watcher).toList();
  }

  /** Whether a watcher of that mailbox exists here and still has work to do. */
  boolean isBusy(MailboxId mailbox) {
    Entry one = watched.get(mailbox);
    return one != null && (!one.watcher().isStopped() || one.turn().isBusy());
  }

  /** Starts a watcher; an earlier one of the same mailbox must have stopped. */
  void add(MailboxWatcher watcher) {
    // The server is known once its name is resolved; look-ups must not take many threads either.
    OrganizationId organization = watcher.account().organization();
    Turn turn = queue.turn(organization, "names of " + organization, watcher::step);
    watcher.onWake(turn::request);
    watched.put(watcher.lease().mailbox(), new Entry(watcher, turn));
    turn.request();
  }

  /** Removes a stopped watcher. */
  void forget(MailboxWatcher watcher) {
    watched.computeIfPresent(
        watcher.lease().mailbox(), (id, present) -> present.watcher() == watcher ? null : present);
  }

  /** The leases of these mailboxes were lost to other nodes. */
  void lost(Set<MailboxId> mailboxes) {
    for (MailboxId mailbox : mailboxes) {
      Entry one = watched.get(mailbox);
      if (one != null && !one.watcher().isStopped()) {
        one.watcher().stop(MailboxState.LOST);
      }
    }
  }

  /** That many watchers to release, idle ones first. */
  List<MailboxWatcher> leastBusy(int count) {
    return watched.values().stream()
        .map(Entry::watcher)
        .filter(watcher -> !watcher.isStopped())
        .sorted(Comparator.comparing(watcher -> !RESTING.contains(watcher.state())))
        .limit(count)
        .toList();
  }

  /** Schedules the watchers that are due. */
  void tick() {
    Instant now = clock.instant();
    for (Entry one : watched.values()) {
      if (one.watcher().isDue(now)) {
        one.turn().request();
      }
    }
  }

  /**
   * Stops all watchers and waits for them.
   *
   * @param deadlineNanos by {@link System#nanoTime}; connections still open then are closed
   */
  void stopAll(long deadlineNanos) {
    List<Entry> leaving = List.copyOf(watched.values());
    leaving.forEach(one -> one.watcher().stop(MailboxState.RELEASED));
    try {
      for (Entry one : leaving) {
        if (!one.turn().awaitRest(deadlineNanos)) {
          log.warn("{} does not stop in time: its connection is closed", one.watcher());
          one.watcher().abort();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      leaving.forEach(one -> one.watcher().abort());
    }
    watched.clear();
  }

  private long count(MailboxState state) {
    return watched.values().stream().filter(one -> one.watcher().state() == state).count();
  }
}
