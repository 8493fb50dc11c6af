package org.byoemail.inbound.mailbox;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.byoemail.format.mail.AccountId;
import org.byoemail.platform.lease.Leases;
import org.springframework.stereotype.Component;

/** The folders of accounts, and which node watches each, as seen from any node. Thread-safe. */
@Component
public class WatchedFolders {
  private final MailboxAssignments assignments;
  private final Duration absentAfter;

  WatchedFolders(MailboxAssignments assignments, Leases leases, MailboxSettings settings) {
    this.assignments = assignments;
    // A node records that it is alive once per reconciliation.
    this.absentAfter = leases.ttl().plus(settings.reconcileInterval());
  }

  /**
   * The folders of each of these accounts, the first one first; accounts without any are left out.
   */
  public Map<AccountId, List<WatchedFolder>> of(Collection<AccountId> accounts) {
    return assignments.folders(accounts, absentAfter);
  }
}
