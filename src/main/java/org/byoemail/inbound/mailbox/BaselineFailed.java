package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;

/** A folder of an account could not be opened to find its end. */
public class BaselineFailed extends RuntimeException {
  private final AccountId account;

  BaselineFailed(Account account, String folder, MessagingException cause) {
    super(
        (account.settings().hasSeveralFolders() ? "the folder " + folder : "the folder")
            + " cannot be opened: "
            + cause.getMessage(),
        cause);
    this.account = account.id();
  }

  /** The account. */
  public AccountId account() {
    return account;
  }
}
