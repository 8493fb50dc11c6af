package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.lease.Leases;
import org.springframework.stereotype.Component;

/** Which node watches which mailbox, as seen from any node. Thread-safe. */
@Component
public class LeaseHolders {
  private final MailboxAssignments assignments;
  private final Duration absentAfter;

  LeaseHolders(MailboxAssignments assignments, Leases leases, MailboxSettings settings) {
    this.assignments = assignments;
    // A node records that it is alive once per reconciliation.
    this.absentAfter = leases.ttl().plus(settings.reconcileInterval());
  }

  /**
   * The holders of the mailboxes of these accounts; accounts whose mailbox is not watched are left
   * out.
   */
  public Map<AccountId, LeaseHolder> of(Collection<AccountId> accounts) {
    return assignments.holders(accounts, absentAfter);
  }
}
