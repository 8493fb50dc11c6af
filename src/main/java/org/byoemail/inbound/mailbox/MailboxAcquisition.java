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
import java.util.UUID;
import java.util.stream.Collectors;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.format.mail.AccountId;
import org.byoemail.inbound.mailbox.MailboxAssignments.Open;
import org.byoemail.platform.lease.ClusterMembers;
import org.byoemail.platform.lease.Lease;
import org.byoemail.platform.lease.Leases;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Takes this node's share of the mailboxes, and gives up what others are short of. Used by one
 * thread at a time.
 */
@Component
class MailboxAcquisition {
  private static final Logger log = LoggerFactory.getLogger(MailboxAcquisition.class);
  private static final int SETTLING_BEATS = 2;

  private final MailboxAssignments assignments;
  private final Accounts accounts;
  private final Rollout rollout;
  private final Leases leases;
  private final MailboxWatchers watchers;
  private final LeaseHandover handover;
  private final Clock clock;
  private final Counter rebalanced;
  private final Map<UUID, Instant> leftOver = new HashMap<>();
  private long unused;
  private long gaveAt;

  MailboxAcquisition(
      MailboxAssignments assignments,
      Accounts accounts,
      Rollout rollout,
      Leases leases,
      MailboxWatchers watchers,
      LeaseHandover handover,
      MeterRegistry meters,
      Clock clock) {
    this.assignments = assignments;
    this.accounts = accounts;
    this.rollout = rollout;
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

  /** Takes what is free, up to this node's share, and gives up what it has beyond. */
  void share(WatcherServices tools) {
    leases.present();
    Optional<ClusterMembers> present = leases.members();
    if (present.isEmpty()) {
      return;
    }
    ClusterMembers members = present.get();
    Set<String> gone = leases.gone(members);
    takeShare(members, gone, members.capacity(leases.held(), free(gone)), tools);
    long free = free(gone);
    takeLeftOvers(members, gone, tools);
    leases.wants(members.wants(leases.held(), free));
    give(members, free);
  }

  /** Takes the mailbox of one account, where it is free and this node has room for it. */
  void take(AccountId account, WatcherServices tools) {
    Optional<ClusterMembers> members = leases.members();
    if (members.isPresent() && members.get().capacity(leases.held(), 1) > 0) {
      take(usable(assignments.openOf(account, leases.gone(members.get()))), tools);
    }
  }

  private long free(Set<String> gone) {
    return Math.max(0, assignments.countOpen(gone) - unused);
  }

  private void takeShare(
      ClusterMembers members, Set<String> gone, long room, WatcherServices tools) {
    int passed = 0;
    int refused = 0;
    for (long left = room; left > 0; ) {
      List<Open> open = open(members, gone, passed);
      Map<UUID, Account> usable = usable(open);
      refused += open.size() - usable.size();
      int taken = take(some(usable, left), tools);
      left -= taken;
      passed += open.size() - taken;
      if (open.size() < Leases.BATCH) {
        unused = refused;
        return;
      }
    }
  }

  private List<Open> open(ClusterMembers members, Set<String> gone, int skip) {
    return assignments.open(gone, members.position(), members.nodes().size(), skip, Leases.BATCH);
  }

  /** Those whose account may be used, with it. */
  private Map<UUID, Account> usable(List<Open> open) {
    Map<AccountId, Account> wanted =
        accounts.receiving(open.stream().map(Open::account).toList()).stream()
            .filter(rollout::isOn)
            .collect(Collectors.toMap(Account::id, account -> account));
    Map<UUID, Account> usable = new LinkedHashMap<>();
    for (Open one : open) {
      Account account = wanted.get(one.account());
      if (account != null) {
        usable.put(one.mailbox(), account);
      }
    }
    return usable;
  }

  private static Map<UUID, Account> some(Map<UUID, Account> all, long most) {
    Map<UUID, Account> some = new LinkedHashMap<>(all);
    some.keySet().retainAll(all.keySet().stream().limit(most).collect(Collectors.toSet()));
    return some;
  }

  /** Takes those that nobody has; returns how many they were. */
  private int take(Map<UUID, Account> usable, WatcherServices tools) {
    // One that was let go here and is not done yet is left for later.
    List<UUID> ready = usable.keySet().stream().filter(id -> !watchers.isBusy(id)).toList();
    if (ready.isEmpty()) {
      return 0;
    }
    int taken = 0;
    for (Lease lease : leases.acquire(ready)) {
      MailboxWatcher watcher = new MailboxWatcher(usable.get(lease.mailbox()), lease, tools);
      watcher.onEnd(() -> handover.ended(watcher));
      watchers.add(watcher);
      taken++;
    }
    return taken;
  }

  /**
   * Whatever stays free for longer than a lease lasts is taken beyond the share: a node that ought
   * to take it does not.
   */
  private void takeLeftOvers(ClusterMembers members, Set<String> gone, WatcherServices tools) {
    // Whatever was counted as of no use earlier, it may be of use by now.
    List<Open> open = open(members, gone, 0);
    Instant now = clock.instant();
    leftOver.keySet().retainAll(open.stream().map(Open::mailbox).collect(Collectors.toSet()));
    open.forEach(one -> leftOver.putIfAbsent(one.mailbox(), now));
    Instant old = now.minus(leases.ttl());
    take(
        usable(open.stream().filter(one -> leftOver.get(one.mailbox()).isBefore(old)).toList()),
        tools);
  }

  private void give(ClusterMembers members, long free) {
    long quota = members.rebalanceQuota(leases.held(), free, leases.rebalanceBatch());
    // What was given is taken and told before more is given.
    if (quota == 0 || members.beat() < gaveAt + SETTLING_BEATS) {
      return;
    }
    List<MailboxWatcher> given = watchers.leastBusy((int) quota);
    gaveAt = members.beat();
    rebalanced.increment(given.size());
    log.info("{} mailboxes are given up for nodes that have less", given.size());
    given.forEach(watcher -> watcher.letGo(MailboxState.RELEASED));
  }
}
