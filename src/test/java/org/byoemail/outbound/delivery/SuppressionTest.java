package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.submission.Submission;
import org.byoemail.outbound.submission.SubmissionFixtures;
import org.byoemail.outbound.submission.SubmissionSource;
import org.byoemail.outbound.submission.Submissions;
import org.byoemail.outbound.suppression.Suppression;
import org.byoemail.outbound.suppression.SuppressionEvidence;
import org.byoemail.outbound.suppression.SuppressionReason;
import org.byoemail.outbound.suppression.SuppressionSource;
import org.byoemail.outbound.suppression.Suppressions;
import org.byoemail.outbound.suppression.UnsubscribeLinks;
import org.byoemail.outbound.suppression.Unsubscriptions;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Addresses that are left out, from what suppresses them to what becomes of their mail. */
@SendingTest
class SuppressionTest {
  private static final EmailAddress GONE = EmailAddress.parse("gone@example.test");

  private final OutboundFixtures fixtures;
  private final Suppressions suppressions;
  private final Unsubscriptions unsubscriptions;
  private final Submissions submissions;
  private final SendingSteps steps;
  private final SettableClock clock;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();
  private Account account;

  @Autowired
  SuppressionTest(
      OutboundFixtures fixtures,
      Suppressions suppressions,
      Unsubscriptions unsubscriptions,
      Submissions submissions,
      SendingSteps steps,
      SettableClock clock) {
    this.fixtures = fixtures;
    this.suppressions = suppressions;
    this.unsubscriptions = unsubscriptions;
    this.submissions = submissions;
    this.steps = steps;
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
  void recipientThatItsServerDoesNotKnowIsSuppressedWithEvidence() throws Exception {
    server.answer("RCPT TO:<gone@", "550 5.1.1 <gone@example.test> no such user");
    UUID message = fixtures.message(account, "gone@example.test");

    steps.send();

    Suppression found = suppressions.list(new OrganizationId("acme"), GONE, null, 10).get(0);
    assertThat(found.reason()).isEqualTo(SuppressionReason.NO_SUCH_RECIPIENT);
    assertThat(found.evidence().source()).isEqualTo(SuppressionSource.SMTP);
    assertThat(found.evidence().message().value()).isEqualTo(message);
    assertThat(found.evidence().attempt().value())
        .isEqualTo(fixtures.lastAttempt(message).get("id"));
    assertThat(found.evidence().words()).startsWith("550 5.1.1");
    assertThat(found.expiresAt()).isEqualTo(clock.instant().plus(Duration.ofDays(180)));
  }

  @Test
  void refusalOfTheMailSuppressesNobody() throws Exception {
    server.answer(ScriptedSmtpServer.END_OF_DATA, "550 5.1.1 no such user");
    fixtures.message(account, "gone@example.test");

    steps.send();

    assertThat(isSuppressed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "550 Domain of sender address ada@example.test does not exist",
        "550 This server does not accept mail from example.test",
        "550 5.0.0 we do not accept mail from you",
        "553 5.1.0 mail from your domain is not accepted here: no such user",
        "550 5.1.2 your domain does not exist"
      })
  void refusalOfTheSenderFailsTheMailAndSuppressesNobody(String words) throws Exception {
    server.answer("RCPT TO:<gone@", words);
    UUID message = fixtures.message(account, "gone@example.test");

    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("failed");
    assertThat(isSuppressed()).isFalse();
  }

  @Test
  void refusalForPolicySuppressesNobody() throws Exception {
    server.answer("RCPT TO:<gone@", "550 5.7.1 no such user here for spammers");
    fixtures.message(account, "gone@example.test");

    steps.send();

    assertThat(isSuppressed()).isFalse();
  }

  @Test
  void acceptedMessageLeavesTheSuppressedOutAndSendsToTheOthers() throws Exception {
    suppress(GONE);

    UUID message = accept("gone@example.test", "ben@example.test");
    steps.send();

    assertThat(fixtures.recipients(message)).containsExactly("sent", "failed");
    assertThat(fixtures.status(message)).isEqualTo("partially_failed");
    assertThat(fixtures.events(message)).containsExactly("message.failed", "message.sent");
    assertThat(server.commands("RCPT TO")).containsExactly("RCPT TO:<ben@example.test>");
  }

  @Test
  void messageWhoseRecipientsAreAllSuppressedFailsAtOnceAndSaysWhy() {
    suppress(GONE);

    UUID message = accept("gone@example.test");

    assertThat(fixtures.status(message)).isEqualTo("failed");
    assertThat(fixtures.attempts(message)).containsExactly("FAILED rejected");
    assertThat(fixtures.lastAttempt(message))
        .containsEntry("error_code", "suppressed")
        .containsEntry(
            "error",
            "not sent: the address is suppressed since "
                + clock.instant().toString().substring(0, 10)
                + ", a person put it on the list (asked to)");
    assertThat(fixtures.delivery(message)).isEmpty();
    assertThat(fixtures.lastEvent(message)).contains("\"errorCode\": \"suppressed\"");
  }

  @Test
  void addressSuppressedWhileItsMailWaitsIsNotSentTo() throws Exception {
    UUID message = fixtures.message(account, "gone@example.test", "ben@example.test");
    suppress(GONE);

    steps.send();

    assertThat(fixtures.recipients(message)).containsExactly("sent", "failed");
    assertThat(server.commands("RCPT TO")).containsExactly("RCPT TO:<ben@example.test>");
  }

  @Test
  void recipientWhoUnsubscribesWhileMailWaitsGetsNothingFromThatAgent() throws Exception {
    Account other = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "gone@example.test", "ben@example.test");
    fixtures.message(other, "gone@example.test");
    unsubscriptions.unsubscribe(
        new UnsubscribeLinks.Subject(account.agent(), new StoredMessageId(message), GONE));

    steps.send();
    steps.send();

    assertThat(fixtures.recipients(message)).containsExactlyInAnyOrder("sent", "failed");
    assertThat(server.commands("RCPT TO"))
        .containsExactlyInAnyOrder("RCPT TO:<ben@example.test>", "RCPT TO:<gone@example.test>");
  }

  @Test
  void anotherOrganizationStillSendsToIt() throws Exception {
    suppressions.suppress(
        new OrganizationId("other"),
        GONE,
        SuppressionReason.MANUAL,
        SuppressionEvidence.note("asked to"));
    UUID message = fixtures.message(account, "gone@example.test");

    steps.send();

    assertThat(fixtures.recipients(message)).containsExactly("sent");
  }

  @Test
  void suppressionEndsWithItsTimeOrByAPerson() {
    suppressions.suppress(
        new OrganizationId("acme"),
        GONE,
        SuppressionReason.NO_SUCH_RECIPIENT,
        new SuppressionEvidence(SuppressionSource.BOUNCE, null, null, null, "5.1.1", "gone"));
    boolean before = isSuppressed();

    clock.advance(Duration.ofDays(181));
    boolean after = isSuppressed();
    suppress(GONE);
    boolean again = isSuppressed();
    boolean lifted = suppressions.lift(new OrganizationId("acme"), GONE);

    assertThat(before).isTrue();
    assertThat(after).isFalse();
    assertThat(again).isTrue();
    assertThat(lifted).isTrue();
    assertThat(isSuppressed()).isFalse();
  }

  @Test
  void whatLastsLongerStays() {
    suppress(GONE);

    suppressions.suppress(
        new OrganizationId("acme"),
        GONE,
        SuppressionReason.NO_SUCH_RECIPIENT,
        new SuppressionEvidence(SuppressionSource.SMTP, null, null, null, "5.1.1", "gone"));

    assertThat(
            suppressions
                .among(new OrganizationId("acme"), account.endpoint(), List.of(GONE))
                .get(GONE)
                .reason())
        .isEqualTo(SuppressionReason.MANUAL);
  }

  private void suppress(EmailAddress address) {
    suppressions.suppress(
        new OrganizationId("acme"),
        address,
        SuppressionReason.MANUAL,
        SuppressionEvidence.note("asked to"));
  }

  private UUID accept(String... recipients) {
    Submission submission =
        SubmissionFixtures.reader()
            .read(
                SubmissionFixtures.json(
                    Map.of(
                        "from",
                        account.address().value(),
                        "to",
                        recipients,
                        "subject",
                        "Hello",
                        "body",
                        "Text.")));
    return submissions
        .accept(new SubmissionSource(new OrganizationId("acme")), submission)
        .messageId()
        .value();
  }

  private boolean isSuppressed() {
    return !suppressions
        .among(new OrganizationId("acme"), account.endpoint(), List.of(GONE))
        .isEmpty();
  }
}
