package org.byoemail.setup;

import org.byoemail.account.Account;
import org.byoemail.account.AccountHealth;

/** An account and how it fares. */
public record AccountState(Account account, AccountHealth smtp, AccountHealth imap) {

  /** In a word. */
  public AccountStatus status() {
    return AccountStatus.of(account, smtp, imap);
  }
}
