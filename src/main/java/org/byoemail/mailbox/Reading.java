package org.byoemail.mailbox;

import org.byoemail.account.Account;
import org.byoemail.account.AfterIngest;
import org.byoemail.lease.Lease;
import org.jspecify.annotations.Nullable;

/**
 * The mailbox that mails are read from, under a lease.
 *
 * @param epoch how often the server has numbered the folder anew
 * @param after what is to be done with mail that was taken in
 * @param past null where the folder was never numbered anew
 */
public record Reading(
    Account account,
    Lease lease,
    long uidValidity,
    int epoch,
    AfterIngest after,
    @Nullable Past past) {

  /** Names ids only. */
  @Override
  public String toString() {
    return "mailbox " + lease.mailbox() + " of account " + account.id();
  }
}
