package org.byoemail.inbound.mailbox;

import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AfterIngest;
import org.byoemail.platform.lease.Lease;
import org.jspecify.annotations.Nullable;

/**
 * The mailbox that mails are read from, under a lease.
 *
 * @param epoch how often the server has numbered the folder anew
 * @param after what is to be done with mail that was taken in
 * @param window null where the folder was never numbered anew
 */
public record MailboxContext(
    Account account,
    Lease lease,
    long uidValidity,
    int epoch,
    AfterIngest after,
    @Nullable ResyncWindow window) {

  /** Names ids only. */
  @Override
  public String toString() {
    return "mailbox " + lease.mailbox() + " of account " + account.id();
  }
}
