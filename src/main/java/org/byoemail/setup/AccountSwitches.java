package org.byoemail.setup;

import org.byoemail.account.Account;
import org.byoemail.account.Accounts;
import org.byoemail.account.Healths;
import org.byoemail.account.Side;
import org.byoemail.connection.ConnectionTest;
import org.byoemail.connection.ConnectionTests;
import org.byoemail.mailbox.AccountNotices;
import org.springframework.stereotype.Service;

/** Tests, polls, pauses and resumes accounts. Safe for use by many threads. */
@Service
public class AccountSwitches {
  private final Accounts accounts;
  private final Healths healths;
  private final ConnectionTests tests;
  private final AccountNotices notices;

  AccountSwitches(
      Accounts accounts, Healths healths, ConnectionTests tests, AccountNotices notices) {
    this.notices = notices;
    this.accounts = accounts;
    this.healths = healths;
    this.tests = tests;
  }

  /**
   * Tries one side with its present settings; a success lets it be enabled. Takes seconds.
   *
   * @throws SetupConflict where the account has no settings for that side
   */
  public ConnectionTest test(Account account, Side side) {
    if (account.settings().side(side) == null) {
      throw new SetupConflict("the account has no " + side.word() + " settings: give them first");
    }
    ConnectionTest test = side == Side.SMTP ? tests.smtp(account) : tests.imap(account);
    if (test.ok()) {
      accounts.verified(account, side);
      healths.ok(account, side);
    }
    return test;
  }

  /**
   * Looks for new mail now, whatever it was waiting for, on whichever node watches the mailbox.
   *
   * @throws SetupConflict where the account does not receive
   */
  public void poll(Account account) {
    if (!account.isReceiving()) {
      throw new SetupConflict(
          account.isPaused()
              ? "the account is paused: resume it"
              : "inbound is not enabled: test-imap, then enable it");
    }
    healths.retryNow(account.id(), Side.IMAP);
    notices.pollNow(account.id());
  }

  /** Stops using the account until it is resumed; its mail waits. */
  public void pause(Account account) {
    accounts.pause(account.id());
  }

  /** Uses a paused account again, at once. */
  public void resume(Account account) {
    accounts.resume(account.id());
  }
}
