package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.suppression.Suppressions;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.GreenMailServer;
import org.byoemail.support.GreylistingPolicy;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.SettableClock;
import org.byoemail.support.SmtpSink;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Sending through servers as they are installed: Postfix with Dovecot, smtp-sink, GreenMail. */
@SendingTest
class RealServersTest {
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();
  @RegisterExtension static final GreenMailServer GREEN_MAIL = GreenMailServer.shared();

  private final DovecotServer dovecot = DovecotServer.shared();
  private final OutboundFixtures fixtures;
  private final SendingSteps steps;
  private final AccountHealthRepository accountHealth;
  private final Suppressions suppressions;
  private final SettableClock clock;
  private MailUser sender;
  private MailUser receiver;

  @Autowired
  RealServersTest(
      OutboundFixtures fixtures,
      SendingSteps steps,
      AccountHealthRepository accountHealth,
      Suppressions suppressions,
      SettableClock clock) {
    this.fixtures = fixtures;
    this.steps = steps;
    this.accountHealth = accountHealth;
    this.suppressions = suppressions;
    this.clock = clock;
  }

  @BeforeEach
  void makeUsers() {
    fixtures.clear();
    sender = dovecot.freshUser("ada");
    receiver = dovecot.freshUser("ben");
  }

  @Test
  void mailIsSubmittedOverStartTlsAndArrives() throws Exception {
    Account account = fixtures.account(POSTFIX.submissionPort(), Security.STARTTLS, sender);
    UUID message = fixtures.message(account, receiver.address());

    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat((String) fixtures.lastAttempt(message).get("smtp_reply")).startsWith("250 2.0.0");
    MimeMessage arrived = dovecot.awaitMessage(receiver, mail -> true);
    assertThat(arrived.getMessageID()).isEqualTo("<" + message + "@example.test>");
    assertThat(arrived.getHeader("Return-Path")[0]).contains(sender.address());
  }

  @Test
  void mailIsSubmittedOverTlsAndArrives() throws Exception {
    Account account = fixtures.account(POSTFIX.smtpsPort(), Security.SSL, sender);
    UUID message = fixtures.message(account, receiver.address());

    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(dovecot.awaitMessage(receiver, mail -> true)).isNotNull();
  }

  @Test
  void wrongPasswordIsTheAccountsTroubleInPostfixsWords() throws Exception {
    MailUser wrong = new MailUser(sender.address(), "not-the-password");
    Account account = fixtures.account(POSTFIX.submissionPort(), Security.STARTTLS, wrong);
    UUID message = fixtures.message(account, receiver.address());

    steps.send();

    assertThat(fixtures.attempts(message)).containsExactly("QUEUED");
    assertThat(accountHealth.of(account.id(), Protocol.SMTP).error())
        .contains("535 5.7.8")
        .doesNotContain(wrong.password());
  }

  @Test
  void greylistedMailComesBackWhenTheServerSaidItMay() throws Exception {
    Account account = fixtures.account(POSTFIX.strictPort(), Security.STARTTLS, sender);
    UUID message = fixtures.message(account, receiver.address());

    try (GreylistingPolicy policy = new GreylistingPolicy(POSTFIX.policyPort())) {
      steps.send();
      Duration wait = fixtures.untilDue(message);
      clock.advance(wait);
      steps.send();

      assertThat(wait).isBetween(Duration.ofSeconds(80), Duration.ofSeconds(100));
    }
    assertThat(fixtures.attempts(message)).containsExactly("FAILED deferred", "SENT accepted");
    assertThat(dovecot.awaitMessage(receiver, mail -> true)).isNotNull();
  }

  @Test
  void mailTooLargeForTheServerFailsBeforeItIsOffered() throws Exception {
    Account account = fixtures.account(POSTFIX.strictPort(), Security.STARTTLS, sender);
    UUID message = fixtures.message(account, receiver.address());
    fixtures.makeLarge(message);

    steps.send();

    assertThat(fixtures.attempts(message)).containsExactly("FAILED rejected");
    assertThat((String) fixtures.lastAttempt(message).get("error")).contains("20,000 at most");
    assertThat(accountHealth.of(account.id(), Protocol.SMTP).error()).isNull();
  }

  @Test
  void recipientThatTheServerDoesNotRelayToFailsAloneAndIsNotSuppressed() throws Exception {
    Account account = fixtures.account(POSTFIX.submissionPort(), Security.STARTTLS, sender);
    UUID message = fixtures.message(account, receiver.address(), "zoe@elsewhere.test");

    steps.send();

    assertThat(fixtures.recipients(message)).containsExactly("sent", "failed");
    assertThat(
            suppressions.among(
                new OrganizationId("acme"),
                account.endpoint(),
                List.of(EmailAddress.parse("zoe@elsewhere.test"))))
        .isEmpty();
  }

  @Test
  void internationalRecipientIsTakenByPostfixWhichReportsThatDovecotDoesNotTakeIt()
      throws Exception {
    Account account = fixtures.account(POSTFIX.submissionPort(), Security.STARTTLS, sender);
    UUID message = fixtures.message(account, "jörg@example.test");

    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat((String) fixtures.lastAttempt(message).get("smtp_reply")).startsWith("250 2.0.0");
    MimeMessage report = dovecot.awaitMessage(sender, mail -> true);
    assertThat(report.getContentType()).startsWith("multipart/report");
  }

  @ParameterizedTest
  @CsvSource({
    "-r RCPT, deferred, 1",
    "-f RCPT, failed, 0",
    "-r DATA, deferred, 1",
    "-f DATA, failed, 0",
    "-r ., deferred, 1",
    "-f ., failed, 0",
    "-q RCPT, deferred, 1",
    "-q ., deferred, 15"
  })
  void smtpSinkThatFailsIsUnderstood(
      String options, String recipient, long minutes, @TempDir Path dir) throws Exception {
    try (SmtpSink sink = new SmtpSink(dir, options.split(" "))) {
      UUID message = fixtures.message(fixtures.account(sink.port(), null), receiver.address());

      steps.send();

      assertThat(fixtures.recipients(message)).containsExactly(recipient);
      if (minutes > 0) {
        assertThat(fixtures.untilDue(message))
            .isBetween(Duration.ofSeconds(minutes * 53), Duration.ofSeconds(minutes * 67));
      }
    }
  }

  @Test
  void greenMailTakesIt() throws Exception {
    MailUser ben = GREEN_MAIL.freshUser("ben");
    UUID message = fixtures.message(fixtures.account(GREEN_MAIL.smtpPort(), null), ben.address());

    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(GREEN_MAIL.messages(ben)).hasSize(1);
  }
}
