package org.byoemail.setup;

import java.util.Map;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.connection.ConnectionTests;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.inbound.mailbox.AccountChangeDispatcher;
import org.byoemail.platform.audit.AuditLog;
import org.springframework.stereotype.Service;

/** Tests, polls, pauses and resumes accounts. Safe for use by many threads. */
@Service
public class AccountSwitches {
  private final Accounts accounts;
  private final AccountHealthRepository accountHealth;
  private final ConnectionTests tests;
  private final AccountChangeDispatcher changes;
  private final AuditLog audit;

  AccountSwitches(
      Accounts accounts,
      AccountHealthRepository accountHealth,
      ConnectionTests tests,
      AccountChangeDispatcher changes,
      AuditLog audit) {
    this.audit = audit;
    this.changes = changes;
    this.accounts = accounts;
    this.accountHealth = accountHealth;
    this.tests = tests;
  }

  /**
   * Tests one side with its present settings; it can be enabled once a test has passed. Takes
   * seconds.
   *
   * @throws SetupConflict if the account has no settings for that side
   */
  public ConnectionTest test(Account account, Protocol protocol) {
    if (account.settings().side(protocol) == null) {
      throw new SetupConflict(
          "the account has no " + protocol.word() + " settings: set them first");
    }
    ConnectionTest test = protocol == Protocol.SMTP ? tests.smtp(account) : tests.imap(account);
    if (test.ok()) {
      accounts.verified(account, protocol);
      accountHealth.ok(account, protocol);
    }
    audit.recordAlone(
        "account.tested",
        account.id().value(),
        account.organization(),
        Map.of("side", protocol.word(), "ok", test.ok()));
    return test;
  }

  /**
   * Looks for new mail now, also during a backoff and on another node.
   *
   * @throws SetupConflict if the account does not receive
   */
  public void poll(Account account) {
    if (!account.isReceiving()) {
      throw new SetupConflict(
          account.isPaused()
              ? "the account is paused: resume it"
              : account.needsReauthorization()
                  ? "the account needs reauthorization: its owner must consent again"
                  : "inbound is not enabled: call test-imap, then enable it");
    }
    accountHealth.retryNow(account.id(), Protocol.IMAP);
    changes.pollNow(account.id());
  }

  /** Suspends the account until it is resumed; its mail waits. */
  public void pause(Account account) {
    accounts.pause(account.id());
  }

  /** Uses a paused account again, at once. */
  public void resume(Account account) {
    accounts.resume(account.id());
  }
}
