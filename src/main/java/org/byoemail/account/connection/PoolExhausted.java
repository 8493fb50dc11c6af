package org.byoemail.account.connection;

import org.byoemail.format.mail.AccountId;

/** Every connection is in use: trouble of this gateway, not of the server. */
public class PoolExhausted extends RuntimeException {
  private final AccountId account;

  PoolExhausted(AccountId account) {
    super("every SMTP connection is in use, none came free for account " + account);
    this.account = account;
  }

  /** The account that wanted one. */
  public AccountId account() {
    return account;
  }
}
