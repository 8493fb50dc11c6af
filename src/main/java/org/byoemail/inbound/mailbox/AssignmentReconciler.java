package org.byoemail.inbound.mailbox;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.rollout.Rollout;
import org.byoemail.format.mail.AccountId;
import org.byoemail.inbound.mailbox.MailboxAssignments.Taken;
import org.byoemail.platform.lease.Leases;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Compares what this node watches with what it should, and lets go what it should not. */
@Component
class AssignmentReconciler {
  private static final Logger log = LoggerFactory.getLogger(AssignmentReconciler.class);

  private final MailboxAssignments assignments;
  private final Accounts accounts;
  private final Rollout rollout;
  private final Leases leases;
  private final MailboxWatchers watchers;

  AssignmentReconciler(
      MailboxAssignments assignments,
      Accounts accounts,
      Rollout rollout,
      Leases leases,
      MailboxWatchers watchers) {
    this.assignments = assignments;
    this.accounts = accounts;
    this.rollout = rollout;
    this.leases = leases;
    this.watchers = watchers;
  }

  /** Compares all. */
  void all() {
    List<MailboxWatcher> watches = watchers.all();
    Map<UUID, Taken> rows = byMailbox(assignments.of(leases.node().id()));
    compare(watches, rows);
    watches.forEach(watcher -> rows.remove(watcher.lease().mailbox()));
    // Such as those whose end the database did not hear of.
    List<UUID> strays =
        rows.keySet().stream().filter(mailbox -> !watchers.isBusy(mailbox)).toList();
    if (!strays.isEmpty()) {
      log.info(
          "{} mailboxes are noted as this node's and are not watched: set free", strays.size());
      leases.release(strays);
    }
  }

  /** Compares the mailbox of one account. */
  void one(AccountId account) {
    compare(
        watchers.all().stream().filter(watcher -> watcher.account().id().equals(account)).toList(),
        Map.of());
  }

  private void compare(List<MailboxWatcher> watches, Map<UUID, Taken> known) {
    List<UUID> others =
        watches.stream()
            .map(w -> w.lease().mailbox())
            .filter(id -> !known.containsKey(id))
            .toList();
    Map<UUID, Taken> rows = others.isEmpty() ? Map.of() : byMailbox(assignments.find(others));
    for (MailboxWatcher watcher : watches) {
      UUID mailbox = watcher.lease().mailbox();
      compare(watcher, known.getOrDefault(mailbox, rows.get(mailbox)));
    }
  }

  private static Map<UUID, Taken> byMailbox(List<Taken> rows) {
    Map<UUID, Taken> byMailbox = new HashMap<>();
    rows.forEach(row -> byMailbox.put(row.mailbox(), row));
    return byMailbox;
  }

  private void compare(MailboxWatcher watcher, @Nullable Taken row) {
    if (watcher.isOver()) {
      if (row == null || !row.paused()) {
        watchers.forget(watcher);
      }
      return;
    }
    if (row == null || !row.wanted() || !watcher.account().id().equals(row.account())) {
      watcher.letGo(row != null && row.paused() ? MailboxState.PAUSED : MailboxState.RELEASED);
    } else if (row.fence() != watcher.lease().fence() || !leases.node().id().equals(row.holder())) {
      log.warn("{}: another watcher took it, this one lets go", watcher);
      watcher.letGo(MailboxState.LOST);
    } else if (!rollout.isOn(watcher.account())) {
      watcher.letGo(MailboxState.RELEASED);
    } else if (row.version() != watcher.account().version()) {
      follow(watcher);
    }
  }

  private void follow(MailboxWatcher watcher) {
    Optional<Account> account = accounts.find(watcher.account().id());
    if (account.isPresent() && alike(watcher.account(), account.get())) {
      watcher.changed(account.get());
    } else {
      watcher.letGo(MailboxState.RELEASED);
    }
  }

  /** Whether the two accounts are watched in the same way, so that a change need not be noticed. */
  private static boolean alike(Account one, Account other) {
    return Objects.equals(one.settings().imap(), other.settings().imap())
        && one.settings().folder().equals(other.settings().folder())
        && one.settings().pollInterval().equals(other.settings().pollInterval())
        && one.settings().idle() == other.settings().idle()
        && one.settings().inbound().equals(other.settings().inbound());
  }
}
