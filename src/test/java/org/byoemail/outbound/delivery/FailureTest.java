package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Protocol;
import org.byoemail.account.registry.ServerSettings.Security;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Each way to fail at each stage: what becomes of the try, the recipient, the account and when. */
@SendingTest
class FailureTest {
  private static final CertificateAuthority AUTHORITY = CertificateAuthority.shared();

  private final OutboundFixtures fixtures;
  private final SendingSteps steps;
  private final AccountHealthRepository accountHealth;
  private final AccountLimits limits;
  private final SettableClock clock;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();

  @Autowired
  FailureTest(
      OutboundFixtures fixtures,
      SendingSteps steps,
      AccountHealthRepository accountHealth,
      AccountLimits limits,
      SettableClock clock) {
    this.fixtures = fixtures;
    this.steps = steps;
    this.accountHealth = accountHealth;
    this.limits = limits;
    this.clock = clock;
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
  }

  @AfterEach
  void close() {
    server.close();
  }

  /**
   * The account is {@code ok}, in {@code error}, or {@code waits} for its quota; due in minutes.
   */
  @ParameterizedTest
  @CsvFileSource(
      resources = {"/outbound/failures-before-mail.csv", "/outbound/failures-of-mail.csv"},
      delimiter = '|',
      numLinesToSkip = 1)
  void stageAndFailureDecideWhatFollows(
      String stage, String failure, String attempts, String recipient, String state, Long minutes)
      throws Exception {
    server.offering("AUTH PLAIN");

    failsAs(stage, failure, attempts, recipient, state, minutes);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "/outbound/failures-of-mail.csv", delimiter = '|', numLinesToSkip = 1)
  void commandsThatArePipelinedFailInTheSameWay(
      String stage, String failure, String attempts, String recipient, String state, Long minutes)
      throws Exception {
    server.offering("AUTH PLAIN", "PIPELINING");

    failsAs(stage, failure, attempts, recipient, state, minutes);
  }

  @ParameterizedTest
  @CsvSource({"PIPELINING, 1", "8BITMIME, 0"})
  void recipientIsNamedBeforeMailFromIsAnsweredWhereTheServerOffersIt(String offered, int named)
      throws Exception {
    server.offering(offered).answer("MAIL FROM", "550 5.7.1 not you");
    Account account = fixtures.account(server.port(), null);
    fixtures.message(account, "ben@example.test");

    steps.send();

    assertThat(server.commands("RCPT TO")).hasSize(named);
    assertThat(server.commands("DATA")).hasSize(named);
    assertThat(state(account)).isEqualTo("error");
  }

  @ParameterizedTest
  @ValueSource(strings = {"503 5.5.1 to whom?", "354 go ahead"})
  void connectionGoesOnAfterItsOnlyRecipientWasRefusedWhateverWasSaidToData(String answer)
      throws Exception {
    server
        .offering("PIPELINING")
        .answer("RCPT TO:<no", "550 5.1.1 who?")
        .answer("DATA", answer, "354 go ahead");
    Account account = fixtures.account(server.port(), null);
    UUID refused = fixtures.message(account, "no@example.test");
    steps.send();
    UUID taken = fixtures.message(account, "ben@example.test");

    steps.send();

    assertThat(fixtures.lastAttempt(refused)).containsEntry("error_code", "5.1.1");
    assertThat(fixtures.status(taken)).isEqualTo("sent");
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void mailToSeveralIsOfferedAfterTheyWereAllNamed() throws Exception {
    server.offering("PIPELINING").answer("RCPT TO:<no", "550 5.1.1 who?");
    UUID message =
        fixtures.message(
            fixtures.account(server.port(), null), "no@example.test", "ben@example.test");

    steps.send();

    assertThat(fixtures.recipients(message)).hasSize(2);
    assertThat(server.commands("DATA")).hasSize(1);
    assertThat(server.mails()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {ScriptedSmtpServer.RESET, ScriptedSmtpServer.CUT})
  void connectionLostAmidPipelinedCommandsIsToldAsLostAndAsNoRefusal(String failure)
      throws Exception {
    server.offering("PIPELINING").answer("RCPT TO", failure);
    Account atRecipient = fixtures.account(server.port(), null);
    UUID message = fixtures.message(atRecipient, "ben@example.test");
    steps.send();
    server.answer("MAIL FROM", failure);
    Account atMailFrom = fixtures.account(server.port(), null);
    fixtures.message(atMailFrom, "ben@example.test");

    steps.send();

    assertThat(fixtures.errors(message)).first().asString().startsWith("the connection was lost");
    assertThat(accountHealth.of(atMailFrom.id(), Protocol.SMTP).error())
        .contains("the connection was lost")
        .doesNotContain("refused");
  }

  private void failsAs(
      String stage, String failure, String attempts, String recipient, String state, Long minutes)
      throws Exception {
    server.answer(stage, failure);
    Account account = fixtures.account(server.port(), Security.NONE, "horse");
    UUID message = fixtures.message(account, "ben@example.test");
    if (stage.equals(ScriptedSmtpServer.IN_DATA)) {
      fixtures.makeLarge(message);
    }

    steps.send();

    assertThat(String.join(",", fixtures.attempts(message))).isEqualTo(attempts);
    assertThat(fixtures.recipients(message)).containsExactly(recipient);
    assertThat(state(account)).isEqualTo(state);
    assertThat(fixtures.delivery(message).isEmpty()).isEqualTo(minutes == null);
    if (minutes != null) {
      Duration expected = Duration.ofMinutes(minutes);
      // Jitter of a tenth.
      assertThat(Duration.between(clock.instant(), next(account, message)))
          .isBetween(
              expected.multipliedBy(89).dividedBy(100), expected.multipliedBy(111).dividedBy(100));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "STARTTLS, stripped",
    "STARTTLS, 421 4.3.2 closing",
    "STARTTLS, 454 4.7.0 not now",
    "STARTTLS, 550 5.7.1 not you",
    "STARTTLS, SILENCE",
    "STARTTLS, RESET",
    "STARTTLS, wrong",
    "STARTTLS, expired",
    "SSL, wrong",
    "SSL, expired",
    "SSL, plaintext"
  })
  void connectionThatIsNotSafeIsTheAccountsTroubleAndNothingIsSaidOnIt(
      Security security, String how) throws Exception {
    prepareTls(security, how);
    Account account = fixtures.account(server.port(), security, "horse");
    UUID message = fixtures.message(account, "ben@example.test");

    steps.send();

    assertThat(fixtures.attempts(message)).containsExactly("QUEUED");
    assertThat(state(account)).isEqualTo("error");
    assertThat(server.commands("AUTH")).isEmpty();
    assertThat(server.commands("MAIL")).isEmpty();
  }

  @Test
  void accountRecoversByItselfAndItsMailLeaves() throws Exception {
    server.answer("MAIL FROM", "451 4.3.0 not now", "250 fine");
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");
    steps.send();

    clock.advance(Duration.ofMinutes(3));
    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(state(account)).isEqualTo("ok");
    assertThat(fixtures.delivery(message)).isEmpty();
  }

  @Test
  void connectionsThatKeepBreakingOpenTheCircuitOfTheAccount() throws Exception {
    server.answer("RCPT TO", ScriptedSmtpServer.CUT);
    Account account = fixtures.account(server.port(), null);
    for (int i = 0; i < 5; i++) {
      fixtures.message(account, "ben@example.test");
    }
    steps.send();
    fixtures.message(account, "ben@example.test");

    int claimed = steps.send();

    assertThat(state(account)).isEqualTo("error");
    assertThat(claimed).isZero();
  }

  @Test
  void mailLargerThanTheServerTakesFailsBeforeItIsOffered() throws Exception {
    server.offering("SIZE 100");
    UUID message = fixtures.message(fixtures.account(server.port(), null), "ben@example.test");

    steps.send();

    assertThat(fixtures.attempts(message)).containsExactly("FAILED rejected");
    assertThat(fixtures.lastAttempt(message)).containsEntry("error_code", "5.3.4");
    assertThat((String) fixtures.lastAttempt(message).get("error")).contains("takes 100 at most");
    assertThat(server.commands("MAIL FROM")).isEmpty();
  }

  @Test
  void sizeIsToldWhereTheServerAsksForIt() throws Exception {
    server.offering("SIZE 0", "8BITMIME");
    UUID message = fixtures.message(fixtures.account(server.port(), null), "ben@example.test");

    steps.send();

    int size = server.mails().get(0).replace("\n", "\r\n").length();
    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(server.commands("MAIL FROM").get(0)).endsWith(" SIZE=" + size);
  }

  @Test
  void recipientsThatAreTooManyForOneMailFollowAtOnce() throws Exception {
    server.answer("RCPT TO:<b@", "452 4.5.3 too many recipients", "250 fine");
    UUID message =
        fixtures.message(fixtures.account(server.port(), null), "a@example.test", "b@example.test");

    steps.send();
    clock.advance(Duration.ofSeconds(2));
    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(server.commands("RCPT TO:<a@")).hasSize(1);
  }

  @Test
  void recipientRefusedForItselfFailsWhileTheOthersWaitForTheAccount() throws Exception {
    server
        .answer("RCPT TO:<a@", "550 5.1.1 nobody")
        .answer("RCPT TO:<b@", "550 5.4.5 daily sending limit exceeded", "250 fine");
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "a@example.test", "b@example.test");

    steps.send();
    Map<String, Object> waiting = fixtures.delivery(message);
    clock.advance(Duration.ofHours(5));
    steps.send();

    assertThat(waiting).containsEntry("tries", 0);
    assertThat(fixtures.recipients(message)).containsExactly("failed", "sent");
    assertThat(server.commands("RCPT TO:<a@")).hasSize(1);
    assertThat(fixtures.events(message)).containsExactly("message.failed", "message.sent");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          MAIL FROM   | 452 4.4.5 Maximum number of messages per session exceeded.
          RCPT TO     | 452 4.4.5 too many messages in this session
          RCPT TO     | 452 4.4.5 Too many messages, come back later
          DATA        | 421 4.4.5 Max message per connection reached, closing transmission channel
          END OF DATA | 450 4.7.0 this connection's message limit was reached: mails per connection are 5
          """)
  void mailThatIsOneTooManyForItsConnectionLeavesAtOnceByAnother(String stage, String limit)
      throws Exception {
    server
        .offering("PIPELINING")
        .answer(stage, taken(stage), limit, taken(stage), limit, taken(stage));
    Account account = fixtures.account(server.port(), null);
    List<UUID> messages = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      messages.add(fixtures.message(account, "ben@example.test"));
      steps.send();
    }

    assertThat(messages)
        .allSatisfy(
            message -> assertThat(fixtures.attempts(message)).containsExactly("SENT accepted"));
    assertThat(server.connections()).isEqualTo(3);
    assertThat(state(account)).isEqualTo("ok");
  }

  @Test
  void limitOfTheSessionCountsNoAttemptForRecipientsThatAreLeft() throws Exception {
    server.answer("RCPT TO:<b@", "452 4.4.5 too many messages in this session", "250 fine");
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "a@example.test", "b@example.test");

    steps.send();
    Map<String, Object> waiting = fixtures.delivery(message);
    String state = state(account);
    clock.advance(Duration.ofMinutes(2));
    steps.send();

    assertThat(waiting).containsEntry("tries", 0).containsEntry("first_try_at", null);
    assertThat(state).isEqualTo("waits");
    assertThat(fixtures.recipients(message)).containsExactly("sent", "sent");
    assertThat(server.commands("RCPT TO:<a@")).hasSize(1);
    assertThat(server.connections()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "4.4.5 too many messages in this session, 1",
    "4.4.5 Too many messages, 1",
    "4.4.5 maximum number of messages reached, 1",
    "4.7.0 Too many messages, 5",
    "4.4.5 too many messages per hour, 60",
    "4.4.5 too many messages today, 5"
  })
  void codeOfASessionSaysForHowLongTheAccountWaits(String limit, long minutes) throws Exception {
    server.answer("MAIL FROM", "452 " + limit);
    Account account = fixtures.account(server.port(), null);
    fixtures.message(account, "ben@example.test");

    steps.send();

    assertThat(Duration.between(clock.instant(), limits.of(account).nextSendAt()))
        .isEqualTo(Duration.ofMinutes(minutes));
  }

  @Test
  void congestionThatIsNoLimitOfTheSessionIsAnAttempt() throws Exception {
    server.answer("RCPT TO", "452 4.4.5 Insufficient disk space; try again later");
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");

    steps.send();

    assertThat(fixtures.attempts(message)).containsExactly("FAILED deferred", "QUEUED");
    assertThat(state(account)).isEqualTo("ok");
  }

  @Test
  void limitOfASessionThatIsFreshIsNoTryAndLetsTheAccountWait() throws Exception {
    server.answer("MAIL FROM", "452 4.4.5 too many messages in this session");
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");

    steps.send();

    assertThat(fixtures.attempts(message)).containsExactly("QUEUED");
    assertThat(state(account)).isEqualTo("waits");
    assertThat(server.connections()).isEqualTo(1);
  }

  private static String taken(String stage) {
    return stage.equals("DATA") ? "354 go ahead" : "250 2.0.0 fine";
  }

  @Test
  void accountInTroubleForDaysGivesNoMailUp() throws Exception {
    server.answer("MAIL FROM", "451 4.3.0 not now");
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");

    for (int i = 0; i < 60; i++) {
      steps.send();
      clock.advance(Duration.ofHours(1).plusMinutes(1));
    }
    server.answer("MAIL FROM", "250 fine");
    steps.send();

    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(fixtures.attempts(message)).containsExactly("SENT accepted");
  }

  private void prepareTls(Security security, String how) {
    if (!how.equals("stripped") && !how.equals("plaintext")) {
      server.offering("STARTTLS", "AUTH PLAIN");
    }
    switch (how) {
      case "stripped", "plaintext" -> server.offering("AUTH PLAIN");
      case "wrong", "expired" -> {
        var certificate =
            how.equals("expired")
                ? AUTHORITY.issueExpired()
                : AUTHORITY.issueOnlyFor("other.example.test");
        if (security == Security.SSL) {
          server.withTls(certificate);
        } else {
          server.withStartTls(certificate);
        }
      }
      default -> server.answer("STARTTLS", how);
    }
  }

  private String state(Account account) {
    AccountHealth health = accountHealth.of(account.id(), Protocol.SMTP);
    if (limits.of(account).nextSendAt() != null) {
      return "waits";
    }
    return health.error() == null ? "ok" : "error";
  }

  /** When its next try may be: the delivery's, the account's backoff, or its wait, the latest. */
  private Instant next(Account account, UUID message) {
    Instant next = ((Timestamp) fixtures.delivery(message).get("due_at")).toInstant();
    Instant backoff = accountHealth.of(account.id(), Protocol.SMTP).backoffUntil();
    Instant wait = limits.of(account).nextSendAt();
    if (backoff != null && backoff.isAfter(next)) {
      next = backoff;
    }
    return wait != null && wait.isAfter(next) ? wait : next;
  }
}
