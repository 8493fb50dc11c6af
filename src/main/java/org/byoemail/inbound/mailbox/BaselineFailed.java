package org.byoemail.inbound.mailbox;

import jakarta.mail.MessagingException;
import org.byoemail.format.mail.AccountId;

/** The folder of an account could not be opened to find its end. */
public class BaselineFailed extends RuntimeException {
  private final AccountId account;

  BaselineFailed(AccountId account, MessagingException cause) {
    super("the folder cannot be opened: " + cause.getMessage(), cause);
    this.account = account;
  }

  /** The account. */
  public AccountId account() {
    return account;
  }
}
