package org.byoemail.operations.setup;

import java.util.ArrayList;
import java.util.List;
import org.byoemail.account.connection.ConnectionTest;
import org.byoemail.account.connection.ConnectionTests;
import org.byoemail.account.connection.TestListener;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountSettings;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Accounts that are tested before they are stored, so that a failed test changes nothing. Safe for
 * use by many threads.
 */
@Component
class NewAccountTests {
  private final AccountDraftReader drafts;
  private final ConnectionTests tests;

  NewAccountTests(AccountDraftReader drafts, ConnectionTests tests) {
    this.drafts = drafts;
    this.tests = tests;
  }

  /** The test of one side. */
  record SideTest(Protocol side, ConnectionTest test) {}

  /**
   * An account with the settings of a draft.
   *
   * @param present the stored account that would get them; null: a new one
   * @throws FieldsRefused naming what is wrong
   */
  Account of(Agent agent, EmailAddress address, AccountDraft draft, @Nullable Account present) {
    AccountId id = present == null ? AccountId.next() : present.id();
    AccountSettings settings =
        drafts.read(
            new FieldChecks(),
            id,
            address.value(),
            draft,
            present == null ? null : present.settings());
    return new Account(
        id,
        agent.id(),
        agent.organization(),
        present == null ? EndpointId.next() : present.endpoint(),
        address,
        settings,
        null,
        null,
        false,
        false,
        null,
        null,
        null,
        0,
        agent.createdAt());
  }

  /**
   * Tests each configured side, up to the first failure. Takes seconds.
   *
   * @throws org.byoemail.account.connection.TooManyTests if too many tests are running
   */
  List<SideTest> test(Account candidate, TestListener listener) {
    return test(candidate, null, listener);
  }

  /**
   * Tests each side with an access token that is not stored yet, up to the first failure. Takes
   * seconds.
   *
   * @param token null: with the passwords of the candidate
   * @throws org.byoemail.account.connection.TooManyTests if too many tests are running
   */
  List<SideTest> test(Account candidate, @Nullable String token, TestListener listener) {
    List<SideTest> results = new ArrayList<>();
    for (Protocol side : List.of(Protocol.SMTP, Protocol.IMAP)) {
      if (candidate.settings().side(side) != null) {
        ConnectionTest result = tests.test(candidate, side, token, listener);
        results.add(new SideTest(side, result));
        if (!result.ok()) {
          break;
        }
      }
    }
    return results;
  }
}
