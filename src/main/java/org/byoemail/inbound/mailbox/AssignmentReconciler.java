package org.byoemail.inbound.mailbox;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.inbound.mailbox.MailboxAssignments.Taken;
import org.byoemail.platform.lease.Leases;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Compares what this node watches with what it should, and stops watching the rest. */
@Component
class AssignmentReconciler {
  private static final Logger log = LoggerFactory.getLogger(AssignmentReconciler.class);

  private final MailboxAssignments assignments;
  private final Accounts accounts;
  private final Leases leases;
  private final MailboxWatchers watchers;

  AssignmentReconciler(
      MailboxAssignments assignments, Accounts accounts, Leases leases, MailboxWatchers watchers) {
    this.assignments = assignments;
    this.accounts = accounts;
    this.leases = leases;
    this.watchers = watchers;
  }

  /** Reconciles all mailboxes. */
  void reconcileAll() {
    List<MailboxWatcher> watches = watchers.all();
    Map<MailboxId, Taken> rows = byMailbox(assignments.of(leases.node().id()));
    reconcileWith(watches, rows);
    watches.forEach(watcher -> rows.remove(watcher.lease().mailbox()));
    // Such as mailboxes whose release did not reach the database.
    List<MailboxId> strays =
        rows.keySet().stream().filter(mailbox -> !watchers.isBusy(mailbox)).toList();
    if (!strays.isEmpty()) {
      log.info("{} mailboxes are held by this node but not watched: released", strays.size());
      leases.release(strays);
    }
  }

  /** Reconciles the mailboxes of one account. */
  void reconcile(AccountId account) {
    reconcileWith(
        watchers.all().stream().filter(watcher -> watcher.account().id().equals(account)).toList(),
        Map.of());
  }

  private void reconcileWith(List<MailboxWatcher> watches, Map<MailboxId, Taken> known) {
    List<MailboxId> others =
        watches.stream()
            .map(w -> w.lease().mailbox())
            .filter(id -> !known.containsKey(id))
            .toList();
    Map<MailboxId, Taken> rows = others.isEmpty() ? Map.of() : byMailbox(assignments.find(others));
    for (MailboxWatcher watcher : watches) {
      MailboxId mailbox = watcher.lease().mailbox();
      reconcileWith(watcher, known.getOrDefault(mailbox, rows.get(mailbox)));
    }
  }

  private static Map<MailboxId, Taken> byMailbox(List<Taken> rows) {
    Map<MailboxId, Taken> byMailbox = new HashMap<>();
    rows.forEach(row -> byMailbox.put(row.mailbox(), row));
    return byMailbox;
  }

  private void reconcileWith(MailboxWatcher watcher, @Nullable Taken row) {
    if (watcher.isStopped()) {
      if (row == null || !row.paused()) {
        watchers.forget(watcher);
      }
      return;
    }
    if (row == null || !row.wanted() || !watcher.account().id().equals(row.account())) {
      watcher.stop(row != null && row.paused() ? MailboxState.PAUSED : MailboxState.RELEASED);
    } else if (row.fence() != watcher.lease().fence() || !leases.node().id().equals(row.holder())) {
      log.warn("{}: another node took the lease, watching stops here", watcher);
      watcher.stop(MailboxState.LOST);
    } else if (row.version() != watcher.account().version()) {
      applyChange(watcher);
    }
  }

  private void applyChange(MailboxWatcher watcher) {
    Optional<Account> account = accounts.find(watcher.account().id());
    if (account.isPresent() && sameImapSettings(watcher.account(), account.get())) {
      watcher.changed(account.get());
    } else {
      watcher.stop(MailboxState.RELEASED);
    }
  }

  /** Whether the settings that a watcher uses are the same, so that it need not reconnect. */
  private static boolean sameImapSettings(Account reconcile, Account other) {
    return Objects.equals(reconcile.settings().imap(), other.settings().imap())
        && reconcile.settings().pollInterval().equals(other.settings().pollInterval())
        // Mail that comes in now is judged by what a person has just decided.
        && Objects.equals(reconcile.authservId(), other.authservId())
        && reconcile.settings().idle() == other.settings().idle()
        && reconcile.settings().inbound().equals(other.settings().inbound());
  }
}
