package org.byoemail.inbound.mailbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.byoemail.format.mail.AccountId;
import org.byoemail.inbound.mailbox.WorkQueue.Turn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The mailboxes that this node watches. Safe for use by many threads. */
@Component("mailboxWatchers")
public class MailboxWatchers {
  private static final Logger log = LoggerFactory.getLogger(MailboxWatchers.class);

  /** States in which a mailbox waits. */
  private static final Set<MailboxState> RESTING =
      EnumSet.of(MailboxState.IDLE, MailboxState.POLLING, MailboxState.BACKING_OFF);

  private final WorkQueue queue;
  private final Map<UUID, Watched> watched = new ConcurrentHashMap<>();

  MailboxWatchers(MailboxThreads threads, MeterRegistry meters) {
    this.queue = threads.queue();
    for (MailboxState state : MailboxState.values()) {
      Gauge.builder("byo.mailboxes", this, watchers -> watchers.count(state))
          .description("mailboxes of this node by state")
          .tag("state", state.name().toLowerCase(java.util.Locale.ROOT))
          .register(meters);
    }
  }

  private record Watched(MailboxWatcher watcher, Turn turn) {}

  /** Looks into an account's mailbox now; false where this node does not watch it. */
  public boolean pollNow(AccountId account) {
    return watched.values().stream()
            .map(Watched::watcher)
            .filter(watcher -> watcher.account().id().equals(account) && !watcher.isOver())
            .peek(MailboxWatcher::pollNow)
            .count()
        > 0;
  }

  /** How the mailboxes of this node fare. */
  public List<MailboxStatus> states() {
    return watched.values().stream().map(w -> w.watcher().status()).toList();
  }

  /** How the mailbox of an account fares; empty where this node does not know it. */
  public java.util.Optional<MailboxStatus> state(AccountId account) {
    return states().stream().filter(status -> status.account().equals(account)).findFirst();
  }

  List<MailboxWatcher> all() {
    return watched.values().stream().map(Watched::watcher).toList();
  }

  /** Whether one that watches that mailbox has work to do, though it may have been let go. */
  boolean isBusy(UUID mailbox) {
    Watched one = watched.get(mailbox);
    return one != null && (!one.watcher().isOver() || one.turn().isBusy());
  }

  /** Begins to watch; whoever watched that mailbox here before must have been let go. */
  void add(MailboxWatcher watcher) {
    // Its server is known once its name was looked up, which must not take many threads either.
    String organization = watcher.account().organization();
    Turn turn = queue.turn(organization, "names of " + organization, watcher::step);
    watcher.onWake(turn::request);
    watched.put(watcher.lease().mailbox(), new Watched(watcher, turn));
    turn.request();
  }

  /** Forgets one that was let go. */
  void forget(MailboxWatcher watcher) {
    watched.computeIfPresent(
        watcher.lease().mailbox(), (id, present) -> present.watcher() == watcher ? null : present);
  }

  /** Other nodes have them. */
  void lost(Set<UUID> mailboxes) {
    for (UUID mailbox : mailboxes) {
      Watched one = watched.get(mailbox);
      if (one != null && !one.watcher().isOver()) {
        one.watcher().letGo(MailboxState.LOST);
      }
    }
  }

  /** That many to give away: those that wait for mail before those that are at work. */
  List<MailboxWatcher> leastBusy(int count) {
    return watched.values().stream()
        .map(Watched::watcher)
        .filter(watcher -> !watcher.isOver())
        .sorted(Comparator.comparing(watcher -> !RESTING.contains(watcher.state())))
        .limit(count)
        .toList();
  }

  /** Sees to those that have something to do. */
  void tick(Instant now) {
    for (Watched one : watched.values()) {
      if (one.watcher().isDue(now)) {
        one.turn().request();
      }
    }
  }

  /**
   * Lets all go and waits for it.
   *
   * @param deadlineNanos by {@link System#nanoTime}; connections still open then are cut
   */
  void letAllGo(long deadlineNanos) {
    List<Watched> leaving = List.copyOf(watched.values());
    leaving.forEach(one -> one.watcher().letGo(MailboxState.RELEASED));
    try {
      for (Watched one : leaving) {
        if (!one.turn().awaitRest(deadlineNanos)) {
          log.warn("{} does not let go in time: its connection is cut", one.watcher());
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
