package org.byoemail.inbound.mailbox;

import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.platform.lease.Lease;
import org.jspecify.annotations.Nullable;

/**
 * The mailbox that mails are read from, under a lease.
 *
 * @param epoch generation of the UIDs: grows with each change of UIDVALIDITY
 * @param after what is done on the server with mail that was ingested
 * @param window null unless UIDVALIDITY has changed
 * @param junk whether the server files junk there
 */
public record MailboxContext(
    Account account,
    Lease lease,
    long uidValidity,
    int epoch,
    AfterIngest after,
    @Nullable ResyncWindow window,
    boolean junk) {

  /** A mailbox in which no junk is filed. */
  public MailboxContext(
      Account account,
      Lease lease,
      long uidValidity,
      int epoch,
      AfterIngest after,
      @Nullable ResyncWindow window) {
    this(account, lease, uidValidity, epoch, after, window, false);
  }

  /** Ids only. */
  @Override
  public String toString() {
    return "mailbox " + lease.mailbox() + " of account " + account.id();
  }
}
