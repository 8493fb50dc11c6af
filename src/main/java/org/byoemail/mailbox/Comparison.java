package org.byoemail.mailbox;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.account.Account;
import org.byoemail.account.Accounts;
import org.byoemail.lease.Leases;
import org.byoemail.mail.AccountId;
import org.byoemail.mailbox.Demand.Taken;
import org.byoemail.rollout.Rollout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Compares what this node watches with what it should, and lets go what it should not. */
@Component
class Comparison {
  private static final Logger log = LoggerFactory.getLogger(Comparison.class);

  private final Demand demand;
  private final Accounts accounts;
  private final Rollout rollout;
  private final Leases leases;
  private final Watchers watchers;

  Comparison(Demand demand, Accounts accounts, Rollout rollout, Leases leases, Watchers watchers) {
    this.demand = demand;
    this.accounts = accounts;
    this.rollout = rollout;
    this.leases = leases;
    this.watchers = watchers;
  }

  /** Compares all. */
  void all() {
    List<Watch> watches = watchers.all();
    Map<UUID, Taken> rows = byMailbox(demand.of(leases.node().id()));
    compare(watches, rows);
    watches.forEach(watch -> rows.remove(watch.lease().mailbox()));
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
        watchers.all().stream().filter(watch -> watch.account().id().equals(account)).toList(),
        Map.of());
  }

  private void compare(List<Watch> watches, Map<UUID, Taken> known) {
    List<UUID> others =
        watches.stream()
            .map(w -> w.lease().mailbox())
            .filter(id -> !known.containsKey(id))
            .toList();
    Map<UUID, Taken> rows = others.isEmpty() ? Map.of() : byMailbox(demand.find(others));
    for (Watch watch : watches) {
      UUID mailbox = watch.lease().mailbox();
      compare(watch, known.getOrDefault(mailbox, rows.get(mailbox)));
    }
  }

  private static Map<UUID, Taken> byMailbox(List<Taken> rows) {
    Map<UUID, Taken> byMailbox = new HashMap<>();
    rows.forEach(row -> byMailbox.put(row.mailbox(), row));
    return byMailbox;
  }

  private void compare(Watch watch, @Nullable Taken row) {
    if (watch.isOver()) {
      if (row == null || !row.paused()) {
        watchers.forget(watch);
      }
      return;
    }
    if (row == null || !row.wanted() || !watch.account().id().equals(row.account())) {
      watch.letGo(row != null && row.paused() ? MailboxState.PAUSED : MailboxState.RELEASED);
    } else if (row.fence() != watch.lease().fence() || !leases.node().id().equals(row.holder())) {
      log.warn("{}: another watcher took it, this one lets go", watch);
      watch.letGo(MailboxState.LOST);
    } else if (!rollout.isOn(watch.account())) {
      watch.letGo(MailboxState.RELEASED);
    } else if (row.version() != watch.account().version()) {
      follow(watch);
    }
  }

  private void follow(Watch watch) {
    Optional<Account> account = accounts.find(watch.account().id());
    if (account.isPresent() && alike(watch.account(), account.get())) {
      watch.changed(account.get());
    } else {
      watch.letGo(MailboxState.RELEASED);
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
