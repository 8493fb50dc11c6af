package org.byoemail.inbound.mailbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.inbound.mailbox.FreeMailboxes.Place;
import org.byoemail.inbound.mailbox.MailboxAssignments.Open;
import org.byoemail.platform.lease.ClusterMembers;
import org.byoemail.platform.lease.Lease;
import org.byoemail.platform.lease.Leases;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Acquires this node's share of the mailboxes, and releases its surplus to nodes that have too few.
 * Used by one thread at a time.
 */
@Component
class MailboxAcquisition {
  private static final Logger log = LoggerFactory.getLogger(MailboxAcquisition.class);
  private static final int REBALANCE_PAUSE_BEATS = 2;

  private final FreeMailboxes mailboxes;
  private final Leases leases;
  private final MailboxWatchers watchers;
  private final LeaseHandover handover;
  private final Clock clock;
  private final Counter rebalanced;
  private final Map<MailboxId, Instant> freeSince = new HashMap<>();
  private long unusable;
  private long rebalancedAt;

  MailboxAcquisition(
      FreeMailboxes mailboxes,
      Leases leases,
      MailboxWatchers watchers,
      LeaseHandover handover,
      MeterRegistry meters,
      Clock clock) {
    this.mailboxes = mailboxes;
    this.leases = leases;
    this.watchers = watchers;
    this.handover = handover;
    this.clock = clock;
    this.rebalanced =
        Counter.builder("byo.leases.rebalanced")
            .description("mailboxes that this node gave up for nodes that were short of them")
            .tag("node", leases.node().name())
            .register(meters);
  }

  /** Acquires free mailboxes up to this node's share, and releases its surplus. */
  void share(WatcherServices tools) {
    leases.present();
    Optional<ClusterMembers> present = leases.members();
    if (present.isEmpty()) {
      return;
    }
    ClusterMembers members = present.get();
    Set<String> absent = leases.gone(members);
    takeShare(members, absent, members.capacity(leases.held(), free(absent)), tools);
    long free = free(absent);
    takeLeftovers(members, absent, tools);
    leases.wants(members.wants(leases.held(), free));
    rebalance(members, free);
  }

  /** Acquires the mailboxes of one account that are free, as far as this node has room for them. */
  void take(AccountId account, WatcherServices tools) {
    Optional<ClusterMembers> members = leases.members();
    if (members.isPresent()) {
      List<Open> open = mailboxes.of(account, leases.gone(members.get()));
      take(
          firstOf(mailboxes.usable(open), members.get().capacity(leases.held(), open.size())),
          tools);
    }
  }

  private long free(Set<String> absent) {
    return Math.max(0, mailboxes.count(absent) - unusable);
  }

  private void takeShare(
      ClusterMembers members, Set<String> absent, long room, WatcherServices tools) {
    int skipped = 0;
    int refused = 0;
    for (long left = room; left > 0; ) {
      List<Open> open = mailboxes.some(members, absent, skipped);
      Map<MailboxId, Place> usable = mailboxes.usable(open);
      refused += open.size() - usable.size();
      int taken = take(firstOf(usable, left), tools);
      left -= taken;
      skipped += open.size() - taken;
      if (open.size() < Leases.BATCH) {
        unusable = refused;
        return;
      }
    }
  }

  private static Map<MailboxId, Place> firstOf(Map<MailboxId, Place> all, long most) {
    Map<MailboxId, Place> firstOf = new LinkedHashMap<>(all);
    firstOf.keySet().retainAll(all.keySet().stream().limit(most).collect(Collectors.toSet()));
    return firstOf;
  }

  /** Acquires those that are free; returns how many. */
  private int take(Map<MailboxId, Place> usable, WatcherServices tools) {
    // One that is still being released here is left for later.
    List<MailboxId> ready = usable.keySet().stream().filter(id -> !watchers.isBusy(id)).toList();
    if (ready.isEmpty()) {
      return 0;
    }
    int taken = 0;
    for (Lease lease : leases.acquire(ready)) {
      Place place = usable.get(lease.mailbox());
      MailboxWatcher watcher = new MailboxWatcher(place.account(), place.folder(), lease, tools);
      watcher.onEnd(() -> handover.ended(watcher));
      watchers.add(watcher);
      taken++;
    }
    return taken;
  }

  /**
   * What stays free for longer than a lease lasts is acquired beyond the share: some node does not
   * take its own.
   */
  private void takeLeftovers(ClusterMembers members, Set<String> absent, WatcherServices tools) {
    // Includes what was unusable earlier: it may be usable now.
    List<Open> open = mailboxes.some(members, absent, 0);
    Instant now = clock.instant();
    freeSince.keySet().retainAll(open.stream().map(Open::mailbox).collect(Collectors.toSet()));
    open.forEach(one -> freeSince.putIfAbsent(one.mailbox(), now));
    Instant old = now.minus(leases.ttl());
    take(
        mailboxes.usable(
            open.stream().filter(one -> freeSince.get(one.mailbox()).isBefore(old)).toList()),
        tools);
  }

  private void rebalance(ClusterMembers members, long free) {
    long quota = members.rebalanceQuota(leases.held(), free, leases.rebalanceBatch());
    // Wait until the others have acquired and reported what was released before.
    if (quota == 0 || members.beat() < rebalancedAt + REBALANCE_PAUSE_BEATS) {
      return;
    }
    List<MailboxWatcher> surplus = watchers.leastBusy((int) quota);
    rebalancedAt = members.beat();
    rebalanced.increment(surplus.size());
    log.info("{} mailboxes are released to nodes that have fewer", surplus.size());
    surplus.forEach(watcher -> watcher.stop(MailboxState.RELEASED));
  }
}
