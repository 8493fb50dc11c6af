package org.byoemail.inbound.mailbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.inbound.mailbox.MailboxAssignments.Open;
import org.byoemail.platform.lease.ClusterMembers;
import org.byoemail.platform.lease.Leases;
import org.springframework.stereotype.Component;

/** The mailboxes that no node watches, and which of them may be watched. Thread-safe. */
@Component
class FreeMailboxes {
  private final MailboxAssignments assignments;
  private final Accounts accounts;

  FreeMailboxes(MailboxAssignments assignments, Accounts accounts) {
    this.assignments = assignments;
    this.accounts = accounts;
  }

  /** The folder of an account that a mailbox is. */
  record Place(Account account, String folder) {}

  /** How many there are, including absent nodes' mailboxes. */
  long count(Set<String> absent) {
    return assignments.countOpen(absent);
  }

  /** A batch of them, this node's own part first. */
  List<Open> some(ClusterMembers members, Set<String> absent, int skip) {
    return assignments.open(absent, members.position(), members.nodes().size(), skip, Leases.BATCH);
  }

  /** The free mailboxes of one account. */
  List<Open> of(AccountId account, Set<String> absent) {
    return assignments.openOf(account, absent);
  }

  /** The mailboxes whose account receives. */
  Map<MailboxId, Place> usable(List<Open> open) {
    Map<AccountId, Account> wanted =
        accounts.receiving(open.stream().map(Open::account).toList()).stream()
            .collect(Collectors.toMap(Account::id, account -> account));
    Map<MailboxId, Place> usable = new LinkedHashMap<>();
    for (Open one : open) {
      Account account = wanted.get(one.account());
      if (account != null) {
        usable.put(one.mailbox(), new Place(account, one.folder()));
      }
    }
    return usable;
  }
}
