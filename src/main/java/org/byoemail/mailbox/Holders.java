package org.byoemail.mailbox;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.byoemail.lease.Leases;
import org.byoemail.mail.AccountId;
import org.springframework.stereotype.Component;

/** Which nodes watch which mailboxes, as any node can tell. Safe for use by many threads. */
@Component
public class Holders {
  private final Demand demand;
  private final Duration absence;

  Holders(Demand demand, Leases leases, MailboxSettings settings) {
    this.demand = demand;
    // A node says that it is there once in each comparison.
    this.absence = leases.ttl().plus(settings.reconcileInterval());
  }

  /** Who watches the mailboxes of these accounts; those left out that nobody does. */
  public Map<AccountId, Holder> of(Collection<AccountId> accounts) {
    return demand.holders(accounts, absence);
  }
}
