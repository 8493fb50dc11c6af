package org.byoemail.mailbox;

import org.byoemail.account.Account;
import org.byoemail.mail.AccountId;

/**
 * Another account receives from the same folder of the same login at the same host. What it says is
 * for the caller, and names nobody of another organisation.
 */
public class MailboxTaken extends RuntimeException {
  private final AccountId account;

  /**
   * @param account the one that is refused
   * @param holder the one that has it
   */
  MailboxTaken(Account account, Account holder, Place place) {
    super(
        account.organization().equals(holder.organization())
            ? "the folder '"
                + place.folder()
                + "' of this login at "
                + place.host()
                + " belongs to the account "
                + holder.id()
                + " already: delete or disable that one first"
            : "the folder '"
                + place.folder()
                + "' of this login at "
                + place.host()
                + " cannot be received from by account "
                + account.id()
                + " at present: ask whoever runs this platform");
    this.account = account.id();
  }

  /** The account that was to be changed. */
  public AccountId account() {
    return account;
  }
}
