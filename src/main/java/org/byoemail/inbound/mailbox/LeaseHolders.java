package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.lease.Leases;
import org.springframework.stereotype.Component;

/** Which nodes watch which mailboxes, as any node can tell. Safe for use by many threads. */
@Component
public class LeaseHolders {
  private final MailboxAssignments assignments;
  private final Duration absence;

  LeaseHolders(MailboxAssignments assignments, Leases leases, MailboxSettings settings) {
    this.assignments = assignments;
    // A node says that it is there once in each comparison.
    this.absence = leases.ttl().plus(settings.reconcileInterval());
  }

  /** Who watches the mailboxes of these accounts; those left out that nobody does. */
  public Map<AccountId, LeaseHolder> of(Collection<AccountId> accounts) {
    return assignments.holders(accounts, absence);
  }
}
