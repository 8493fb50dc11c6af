package org.byoemail.account;

import org.byoemail.mail.AccountId;

/** A side of an account was to be enabled before the test of its present settings succeeded. */
public class NotVerified extends RuntimeException {
  private final AccountId account;
  private final Side side;

  NotVerified(AccountId account, Side side) {
    super(
        "the "
            + side.word().toUpperCase(java.util.Locale.ROOT)
            + " settings of account "
            + account
            + " have not passed their test: call test-"
            + side.word()
            + " first");
    this.account = account;
    this.side = side;
  }

  /** The account. */
  public AccountId account() {
    return account;
  }

  /** The side that was to be enabled. */
  public Side side() {
    return side;
  }
}
