package org.byoemail.operations.setup;

import java.util.Map;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.connection.ConnectionTests;
import org.byoemail.account.connection.TestListener;
import org.byoemail.account.connection.TooManyTests;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.testrun.TestRun;
import org.byoemail.account.testrun.TestRuns;
import org.byoemail.account.testrun.TestRuns.Outcome;
import org.byoemail.account.testrun.TestTarget;
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
  private final TestRuns runs;

  AccountSwitches(
      Accounts accounts,
      AccountHealthRepository accountHealth,
      ConnectionTests tests,
      AccountChangeDispatcher changes,
      AuditLog audit,
      TestRuns runs) {
    this.runs = runs;
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
   * @throws org.byoemail.account.registry.StepRefused if the account has no settings for that side
   */
  public ConnectionTest test(Account account, Protocol protocol) {
    return test(account, protocol, TestListener.NONE);
  }

  /**
   * Begins the same test in the background, and returns at once. If one of that side is running,
   * that one is returned.
   *
   * @throws org.byoemail.account.registry.StepRefused if the account has no settings for that side
   * @throws TooManyTests if too many tests are running
   */
  public TestRun beginTest(Account account, Protocol protocol) {
    account.life().requireTest(protocol);
    return runs.begin(
        TestTarget.of(account.id(), protocol),
        null,
        listener -> {
          try {
            return new Outcome(test(account, protocol, listener).ok(), null);
          } catch (TooManyTests e) {
            return new Outcome(false, "Not tested: " + e.getMessage() + ".");
          }
        });
  }

  private ConnectionTest test(Account account, Protocol protocol, TestListener listener) {
    account.life().requireTest(protocol);
    ConnectionTest test = tests.test(account, protocol, null, listener);
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
   * @throws org.byoemail.account.registry.StepRefused if the account does not receive
   */
  public void poll(Account account) {
    account.life().requirePoll();
    accountHealth.retryNow(account.id(), Protocol.IMAP);
    changes.pollNow(account.id());
  }

  /**
   * Suspends the account until it is resumed; its mail waits.
   *
   * @throws org.byoemail.account.registry.StepRefused if it is paused
   */
  public void pause(Account account) {
    accounts.pause(account.id());
  }

  /**
   * Uses a paused account again, at once, and ends what it waits for.
   *
   * @throws org.byoemail.account.registry.StepRefused if it is neither paused nor waiting
   */
  public void resume(Account account) {
    accounts.resume(account.id());
  }
}
