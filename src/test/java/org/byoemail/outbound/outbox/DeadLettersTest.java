package org.byoemail.outbound.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.delivery.DeliveryConflict;
import org.byoemail.outbound.delivery.ExpiredClaimRecovery;
import org.byoemail.outbound.delivery.OutboundFixtures;
import org.byoemail.outbound.delivery.SendingSteps;
import org.byoemail.outbound.delivery.SendingTest;
import org.byoemail.outbound.submission.RejectedSubmission;
import org.byoemail.outbound.submission.RejectedSubmissions;
import org.byoemail.outbound.submission.SubmissionFixtures;
import org.byoemail.outbound.submission.SubmissionRejected;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** What failed for good: listed, explained, and sent again. */
@SendingTest
class DeadLettersTest {
  private final OutboundFixtures fixtures;
  private final SendingSteps steps;
  private final DeadLetters letters;
  private final RejectedSubmissions rejected;
  private final ExpiredClaimRecovery expiredClaimRecovery;
  private final JdbcClient jdbc;
  private final SettableClock clock;
  private final AuditLog audit;
  private final TransactionTemplate transactions;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();
  private Account account;

  @Autowired
  DeadLettersTest(
      OutboundFixtures fixtures,
      SendingSteps steps,
      DeadLetters letters,
      RejectedSubmissions rejected,
      ExpiredClaimRecovery expiredClaimRecovery,
      JdbcClient jdbc,
      SettableClock clock,
      AuditLog audit,
      TransactionTemplate transactions) {
    this.audit = audit;
    this.transactions = transactions;
    this.fixtures = fixtures;
    this.steps = steps;
    this.letters = letters;
    this.rejected = rejected;
    this.expiredClaimRecovery = expiredClaimRecovery;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
    account = fixtures.account(server.port(), null);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void refusedMessageIsExplainedAndSentAgain() throws Exception {
    server.answer("RCPT TO:<b@", "550 5.7.1 not today", "250 fine");
    UUID message = fixtures.message(account, "a@example.test", "b@example.test");
    steps.send();

    DeadLetter letter = letters.list(new OrganizationId("acme"), null, 10).get(0);
    boolean resent = letters.resend(letter.id());
    steps.send();

    assertThat(letter.id()).isEqualTo(message);
    assertThat(letter.status()).isEqualTo("partially_failed");
    assertThat(letter.explanation())
        .isEqualTo(
            "1 of its 2 recipients were not reached, b@example.test among them: the server refused"
                + " it for good: 550 5.7.1 not today");
    assertThat(resent).isTrue();
    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(letters.list(new OrganizationId("acme"), null, 10)).isEmpty();
    assertThat(server.commands("RCPT TO:<a@")).hasSize(1);
  }

  @Test
  void expiredMessageIsExplainedWithTheLastItWasTold() throws Exception {
    server.answer("MAIL FROM", "451 4.3.0 not now");
    fixtures.message(account, "ben@example.test");
    steps.send();
    clock.advance(Duration.ofDays(6));
    expiredClaimRecovery.expire();

    assertThat(letters.list(new OrganizationId("acme"), null, 10))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.status()).isEqualTo("expired");
              assertThat(letter.explanation())
                  .startsWith("ben@example.test was not reached: it waited");
            });
  }

  @Test
  void rejectedSubmissionIsKeptOnceAndHandedInAgain() {
    String body =
        SubmissionFixtures.json(SubmissionFixtures.with("from", account.address().value()));
    keep("queue-1", body.getBytes(StandardCharsets.UTF_8));
    keep("queue-1", body.getBytes(StandardCharsets.UTF_8));
    List<DeadLetter> before = letters.list(null, null, 10);

    boolean resent = letters.resend(before.get(0).id());

    assertThat(before).hasSize(1);
    assertThat(before.get(0).status()).isEqualTo("rejected");
    assertThat(before.get(0).explanation())
        .isEqualTo("The submission was not accepted: from is no address of an agent.");
    assertThat(resent).isTrue();
    assertThat(letters.list(null, null, 10)).isEmpty();
    assertThat(fixtures.claim(16, 3)).hasSize(1);
  }

  @Test
  void submissionThatIsStillWrongStaysWhereItIs() {
    keep("queue-2", "{}".getBytes(StandardCharsets.UTF_8));
    UUID id = letters.list(null, null, 10).get(0).id();

    assertThatThrownBy(() -> letters.resend(id)).isInstanceOf(SubmissionRejected.class);

    assertThat(letters.list(null, null, 10)).hasSize(1);
  }

  @Test
  void submissionWhoseBodyWasNotKeptSaysSo() {
    keep("queue-3", null);
    DeadLetter letter = letters.list(null, null, 10).get(0);

    assertThat(letter.canBeResent()).isFalse();
    assertThatThrownBy(() -> letters.resend(letter.id()))
        .isInstanceOf(DeliveryConflict.class)
        .hasMessageContaining("was not kept");
  }

  @Test
  void listGoesOnBehindAnId() throws Exception {
    server.answer("RCPT TO", "550 5.7.1 no");
    for (int i = 0; i < 5; i++) {
      fixtures.message(account, "ben@example.test");
      keep("queue-" + i, null);
    }
    steps.send();

    List<DeadLetter> all = letters.list(null, null, 100);
    List<DeadLetter> first = letters.list(null, null, 4);
    List<DeadLetter> second = letters.list(null, first.get(3).id(), 100);

    assertThat(all).hasSize(10);
    assertThat(first).isEqualTo(all.subList(0, 4));
    assertThat(second).isEqualTo(all.subList(4, 10));
  }

  @Test
  void operatorPausesEverythingOverJmx() throws Exception {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    ObjectName name = new ObjectName("org.byoemail:type=TestedPause");
    // One of its own: that of the context may be registered already, and has one name only.
    beans.registerMBean(new SendingPause(jdbc, audit, transactions), name);
    UUID message = fixtures.message(account, "ben@example.test");

    beans.invoke(name, "pause", null, null);
    Object shown = beans.getAttribute(name, "Paused");
    int whilePaused = steps.send();
    beans.invoke(name, "resume", null, null);
    steps.send();
    beans.unregisterMBean(name);

    assertThat(shown).isEqualTo(true);
    assertThat(whilePaused).isZero();
    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(
            jdbc.sql("SELECT actor || ' ' || action FROM audit_entry WHERE action LIKE 'sending.%'")
                .query(String.class)
                .list())
        .contains("jmx sending.paused", "jmx sending.resumed");
  }

  private void keep(String brokerId, byte @Nullable [] body) {
    rejected.keep(
        new RejectedSubmission(
            brokerId, null, "producer", null, "from is no address of an agent", body));
  }
}
