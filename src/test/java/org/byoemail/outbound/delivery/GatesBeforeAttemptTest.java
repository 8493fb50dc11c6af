package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.ContactPolicy.Mode;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.StatementLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What was decided about a mail when it was accepted holds at its attempt, unless something changed
 * that it was decided by.
 */
@SendingTest
class GatesBeforeAttemptTest {
  private static final String BEN = "ben@example.test";

  /** Needs the review, the recipients' and the findings' gates. */
  private static final String POLICY =
      """
      {"review":{"when":"new-correspondents"},"recipients":{"unvouched":"refuse"},
       "findings":{"secret":"refuse","pattern":"refuse"}}
      """;

  private final OutboundFixtures fixtures;
  private final SendingSteps steps;
  private final JdbcClient jdbc;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();

  @Autowired
  GatesBeforeAttemptTest(OutboundFixtures fixtures, SendingSteps steps, JdbcClient jdbc) {
    this.fixtures = fixtures;
    this.steps = steps;
    this.jdbc = jdbc;
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
    clearPolicies();
  }

  @AfterEach
  void stop() throws Exception {
    clearPolicies();
    server.close();
  }

  private void clearPolicies() {
    jdbc.sql("DELETE FROM organization_sending_policy").update();
    jdbc.sql("DELETE FROM outgoing_rule").update();
  }

  @Test
  void examinedMailTakesOneStatementMoreThanOtherMail() throws Exception {
    Account account = account();
    fixtures.message(account, BEN);
    steps.send();
    fixtures.message(account, BEN);
    List<String> plain = sent();
    policy(POLICY);
    UUID examined = fixtures.message(account, BEN);
    List<String> once = sent();

    assertThat(once).filteredOn(one -> one.contains("gate_basis")).hasSize(1);
    // Whether there is any stop, a node asks now and then, whatever the mail.
    assertThat(once)
        .filteredOn(one -> !one.contains("gate_basis") && !one.contains("FROM sending_stop)"))
        .isSubsetOf(plain);
    assertThat(fixtures.status(examined)).isEqualTo("sent");
  }

  @Test
  void manyMailsTakeOneStatementTogether() throws Exception {
    Account account = account();
    policy(POLICY);
    for (int i = 0; i < 3; i++) {
      fixtures.message(account, BEN);
    }

    assertThat(sent()).filteredOn(one -> one.contains("gate_basis")).hasSize(1);
    assertThat(server.mails()).hasSize(3);
  }

  @Test
  void contactThatIsOneNoMoreIsReviewed() throws Exception {
    policy(POLICY);
    UUID message = fixtures.message(account(), BEN);
    jdbc.sql("UPDATE agent SET contacts = '{}'").update();

    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("in_review");
    assertThat(server.mails()).isEmpty();
  }

  @Test
  void ruleThatWasAddedMeanwhileRefuses() throws Exception {
    policy(POLICY);
    UUID message = fixtures.message(account(), BEN);
    jdbc.sql(
            """
            INSERT INTO outgoing_rule (id, organization, name, kind, ignore_case, entries, changed_at)
            VALUES (gen_random_uuid(), 'acme', 'greeting', 'pattern', true, '{hello}', statement_timestamp())
            """)
        .update();

    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("failed");
    assertThat(server.mails()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE organization_sending_policy SET sending_policy = '{\"review\":{\"when\":\"always\"}}'",
        "UPDATE agent SET sending_policy = '{\"review\":{\"when\":\"always\"}}'"
      })
  void policyThatWasTightenedMeanwhileApplies(String change) throws Exception {
    policy(POLICY);
    UUID message = fixtures.message(account(), BEN);
    jdbc.sql(change).update();

    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("in_review");
    assertThat(server.mails()).isEmpty();
  }

  @Test
  void mailThatHasWaitedIsExaminedAgain() throws Exception {
    policy(POLICY);
    UUID message = fixtures.message(account(), BEN);
    jdbc.sql("UPDATE outbound_delivery SET gated_at = gated_at - interval '11 minutes'").update();

    List<String> statements = sent();

    // Whether the agent knows the recipient, besides the text and the recipients of the mail.
    assertThat(statements).anyMatch(one -> one.contains("r.status IN ('sent', 'delivered'"));
    assertThat(fixtures.status(message)).isEqualTo("sent");
  }

  private List<String> sent() throws Exception {
    try (StatementLog log = new StatementLog()) {
      steps.send();
      return log.ofThisThread();
    }
  }

  private Account account() {
    return fixtures.account(
        server.port(), null, new ContactPolicy(Mode.KNOWN, Mode.OPEN, List.of(BEN)));
  }

  private void policy(String json) {
    jdbc.sql(
            """
            INSERT INTO organization_sending_policy VALUES ('acme', :policy::jsonb, statement_timestamp())
            ON CONFLICT (organization) DO UPDATE SET sending_policy = excluded.sending_policy
            """)
        .param("policy", json)
        .update();
  }
}
