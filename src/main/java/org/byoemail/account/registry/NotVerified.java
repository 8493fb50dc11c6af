package org.byoemail.account.registry;

import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.StateConflict;

/** A side of an account was to be enabled before the test of its present settings succeeded. */
public class NotVerified extends StateConflict {
  private final AccountId account;
  private final Protocol protocol;

  NotVerified(AccountId account, Protocol protocol) {
    super(
        "the "
            + protocol.word().toUpperCase(java.util.Locale.ROOT)
            + " settings of account "
            + account
            + " have not passed their test: call test-"
            + protocol.word()
            + " first");
    this.account = account;
    this.protocol = protocol;
  }

  /** The account. */
  public AccountId account() {
    return account;
  }

  /** The side that was to be enabled. */
  public Protocol protocol() {
    return protocol;
  }
}
