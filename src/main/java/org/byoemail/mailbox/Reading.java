package org.byoemail.mailbox;

import org.byoemail.account.Account;
import org.byoemail.lease.Lease;

/**
 * The mailbox that mails are read from, under a lease.
 *
 * @param epoch how often the server has numbered the folder anew
 * @param marksSeen whether mail that was taken in is to be marked read
 */
public record Reading(
    Account account, Lease lease, long uidValidity, int epoch, boolean marksSeen) {

  /** Names ids only. */
  @Override
  public String toString() {
    return "mailbox " + lease.mailbox() + " of account " + account.id();
  }
}
