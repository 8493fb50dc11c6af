package org.byoemail.account.connection;

import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;

/** An account in one version of its settings; carries the account to open a connection with. */
record SmtpPoolKey(Account account) {
  AccountId id() {
    return account.id();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SmtpPoolKey that
        && id().equals(that.id())
        && account.version() == that.account.version();
  }

  @Override
  public int hashCode() {
    return id().hashCode() * 31 + Long.hashCode(account.version());
  }

  @Override
  public String toString() {
    return id() + " version " + account.version();
  }
}
