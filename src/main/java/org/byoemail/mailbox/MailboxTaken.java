package org.byoemail.mailbox;

import org.byoemail.mail.AccountId;

/** Another account receives from the same folder of the same login at the same host. */
public class MailboxTaken extends RuntimeException {
  private final AccountId account;

  MailboxTaken(AccountId account, Place place) {
    super(
        "the folder '"
            + place.folder()
            + "' of this login at "
            + place.host()
            + " belongs to another account already");
    this.account = account;
  }

  /** The account that was to be changed. */
  public AccountId account() {
    return account;
  }
}
