package org.byoemail.inbound.mailbox;

import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.StateConflict;

/**
 * Another account receives from the same folder of the same login at the same host. What it says is
 * for the caller, and names nobody of another organisation.
 */
public class MailboxTaken extends StateConflict {
  private final AccountId account;

  /**
   * @param account the one that is refused
   * @param holder the one that has it
   */
  MailboxTaken(Account account, Account holder, MailboxKey key) {
    super(
        account.organization().equals(holder.organization())
            ? "the folder '"
                + key.folder()
                + "' of this login at "
                + key.host()
                + " belongs to the account "
                + holder.id()
                + " already: delete or disable that one first"
            : "the folder '"
                + key.folder()
                + "' of this login at "
                + key.host()
                + " cannot be received from by account "
                + account.id()
                + " at present: ask the operator of this platform");
    this.account = account.id();
  }

  /** The account that was to be changed. */
  public AccountId account() {
    return account;
  }
}
