package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.connection.PoolExhausted;
import org.byoemail.account.connection.SmtpConnections;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealth;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.ContactPolicy;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.AttemptId;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A try from its claim to what is recorded of it, against a server that fails where it is told. */
@SendingTest
class TryTest {
  private final OutboundFixtures fixtures;
  private final SendingSteps steps;
  private final AccountSender sender;
  private final SendRecording recording;
  private final ExpiredClaimRecovery expiredClaimRecovery;
  private final Deliveries deliveries;
  private final AccountHealthRepository accountHealth;
  private final SmtpConnections connections;
  private final SettableClock clock;
  private final JdbcClient jdbc;
  private final ReportableAttempts attempts;
  private final DeliveryLifecycle lifecycle;
  private final TransactionTemplate transaction;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();

  @Autowired
  TryTest(
      OutboundFixtures fixtures,
      SendingSteps steps,
      AccountSender sender,
      SendRecording recording,
      ExpiredClaimRecovery expiredClaimRecovery,
      Deliveries deliveries,
      AccountHealthRepository accountHealth,
      SmtpConnections connections,
      SettableClock clock,
      JdbcClient jdbc,
      ReportableAttempts attempts,
      DeliveryLifecycle lifecycle,
      TransactionTemplate transaction) {
    this.fixtures = fixtures;
    this.steps = steps;
    this.sender = sender;
    this.recording = recording;
    this.expiredClaimRecovery = expiredClaimRecovery;
    this.deliveries = deliveries;
    this.accountHealth = accountHealth;
    this.connections = connections;
    this.clock = clock;
    this.jdbc = jdbc;
    this.attempts = attempts;
    this.lifecycle = lifecycle;
    this.transaction = transaction;
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void acceptedMailIsSentAndToldOnce() throws Exception {
    server.offering("DSN");
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");

    send();

    assertThat(fixtures.attempts(message)).containsExactly("SENT accepted");
    assertThat(fixtures.recipients(message)).containsExactly("sent");
    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(fixtures.delivery(message)).isEmpty();
    assertThat(fixtures.events(message)).containsExactly("message.sent");
    assertThat(fixtures.lastEvent(message))
        .contains("\"order\": 7", "ben@example.test", "\"submissionId\": \"" + message + "\"");
    assertThat(fixtures.lastAttempt(message).get("smtp_reply")).isEqualTo("250 2.0.0 taken");
  }

  @Test
  void tryWhoseClaimIsLostWhileItWaitsDoesNotBegin() throws Exception {
    UUID message = fixtures.message(fixtures.account(server.port(), null), "ben@example.test");
    List<Claim> lost = fixtures.claim(1, 3);
    ExecutorService otherNode = Executors.newSingleThreadExecutor();

    Future<List<OutgoingMail>> begun =
        transaction.execute(
            status -> {
              deliveries.lock(lost);
              deliveries.release(lost, Duration.ZERO);
              Future<List<OutgoingMail>> waiting = otherNode.submit(() -> steps.begin(lost));
              await().atMost(Duration.ofSeconds(30)).until(this::somebodyWaitsForALock);
              return waiting;
            });

    assertThat(begun.get(30, TimeUnit.SECONDS)).isEmpty();
    assertThat(fixtures.attempts(message)).containsExactly("QUEUED");
    assertThat(fixtures.recipients(message)).containsExactly("queued");
    otherNode.shutdown();
  }

  private boolean somebodyWaitsForALock() {
    return jdbc.sql(
            """
            SELECT EXISTS (SELECT 1 FROM pg_stat_activity
              WHERE datname = current_database() AND wait_event_type = 'Lock')
            """)
        .query(Boolean.class)
        .single();
  }

  @Test
  void envelopeNamesAccountAttemptAndReports() throws Exception {
    server.offering("DSN");
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");

    send();

    Object attempt = fixtures.lastAttempt(message).get("id");
    assertThat(server.commands("MAIL FROM"))
        .containsExactly("MAIL FROM:<" + account.address() + "> RET=HDRS ENVID=" + attempt);
    assertThat(server.commands("RCPT TO"))
        .containsExactly("RCPT TO:<ben@example.test> NOTIFY=FAILURE,DELAY");
    assertThat(server.mails().get(0))
        .contains("X-Gobii-Message-ID: " + attempt)
        .contains("Message-ID: <" + message + "@example.test>");
  }

  @Test
  void reportOfDeliveryIsAskedForWhereTheProducerWantsIt() throws Exception {
    server.offering("DSN");
    UUID message = fixtures.message(fixtures.account(server.port(), null), "ben@example.test");
    jdbc.sql("UPDATE outbound_submission SET request_delivery_report = true").update();

    send();

    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(server.commands("RCPT TO"))
        .containsExactly("RCPT TO:<ben@example.test> NOTIFY=SUCCESS,FAILURE,DELAY");
  }

  @Test
  void serverWithoutDsnIsNotAskedForReports() throws Exception {
    fixtures.message(fixtures.account(server.port(), null), "ben@example.test");

    send();

    assertThat(server.commands("RCPT TO")).containsExactly("RCPT TO:<ben@example.test>");
  }

  @Test
  void refusedRecipientIsFailedAndTheOthersAreSent() throws Exception {
    server.answer("RCPT TO:<b@", "550 5.1.1 no such user");
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "a@example.test", "b@example.test");

    send();

    assertThat(fixtures.recipients(message)).containsExactly("sent", "failed");
    assertThat(fixtures.status(message)).isEqualTo("partially_failed");
    assertThat(fixtures.attempts(message)).containsExactly("SENT accepted");
    assertThat(fixtures.delivery(message)).isEmpty();
    assertThat(fixtures.events(message)).containsExactly("message.sent", "message.failed");
    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void deferredRecipientAloneIsTriedAgain() throws Exception {
    server.answer("RCPT TO:<b@", "450 4.2.1 busy", "250 2.1.5 fine now");
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "a@example.test", "b@example.test");

    send();
    List<String> after = fixtures.recipients(message);
    String status = fixtures.status(message);
    Duration wait = fixtures.untilDue(message);
    clock.advance(Duration.ofMinutes(2));
    send();

    assertThat(after).containsExactly("sent", "deferred");
    assertThat(status).isEqualTo("deferred");
    assertThat(wait).isBetween(Duration.ofSeconds(53), Duration.ofSeconds(67));
    assertThat(fixtures.recipients(message)).containsExactly("sent", "sent");
    assertThat(fixtures.attempts(message)).containsExactly("SENT accepted", "SENT accepted");
    assertThat(server.commands("RCPT TO:<a@")).hasSize(1);
    assertThat(fixtures.events(message))
        .containsExactly("message.sent", "message.deferred", "message.sent");
  }

  @Test
  void messageIdStaysOverAllTriesAndTheAttemptsIdDoesNot() throws Exception {
    server.answer(ScriptedSmtpServer.END_OF_DATA, "451 4.3.0 later", "250 taken");
    UUID message = fixtures.message(fixtures.account(server.port(), null), "ben@example.test");

    send();
    clock.advance(Duration.ofMinutes(2));
    send();

    assertThat(server.mails()).hasSize(2);
    assertThat(server.mails())
        .allMatch(mail -> mail.contains("Message-ID: <" + message + "@example.test>"));
    assertThat(attemptIds()).doesNotHaveDuplicates().hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RCPT TO|550 5.1.1 no such user|FAILED rejected",
        "RCPT TO|450 4.2.0 greylisted|FAILED deferred,QUEUED",
        "RCPT TO|421 4.3.2 shutting down|FAILED deferred,QUEUED",
        "RCPT TO|CUT|FAILED deferred,QUEUED",
        "DATA|554 5.7.1 refused|FAILED rejected",
        "DATA|451 4.3.0 later|FAILED deferred,QUEUED",
        "DATA|CUT|FAILED deferred,QUEUED",
        "END OF DATA|550 5.7.1 spam|FAILED rejected",
        "END OF DATA|452 4.2.2 full|FAILED deferred,QUEUED",
        "END OF DATA|421 4.3.2 shutting down|FAILED deferred,QUEUED",
        "END OF DATA|CUT|FAILED unknown,QUEUED",
        "END OF DATA|SILENCE|FAILED unknown,QUEUED",
        "END OF DATA|354 what|FAILED unknown,QUEUED",
        "GREETING|554 5.3.2 no|QUEUED",
        "GREETING|SILENCE|QUEUED",
        "EHLO|421 4.3.2 no|QUEUED",
        "MAIL FROM|550 5.7.1 not you|QUEUED",
        "MAIL FROM|451 4.3.0 later|QUEUED",
        "MAIL FROM|CUT|QUEUED",
        "RCPT TO|550 5.1.0 No such sender|FAILED rejected",
        "END OF DATA|550 5.1.1 your mail server says: no such user|FAILED rejected",
        "MAIL FROM|550 5.1.0 No such sender|QUEUED",
        "RCPT TO|530 5.7.0 Authentication required|QUEUED",
      })
  void stageDecidesWhatARefusalMeans(String command, String reply, String attempts)
      throws Exception {
    server.answer(command, reply);
    UUID message = fixtures.message(fixtures.account(server.port(), null), "ben@example.test");

    send();

    assertThat(String.join(",", fixtures.attempts(message))).isEqualTo(attempts);
  }

  @Test
  void refusedSignInIsTheAccountsAndItsMailWaits() throws Exception {
    server.offering("AUTH PLAIN").answer("AUTH", "535 5.7.8 no");
    Account account = fixtures.account(server.port(), "horse");
    UUID message = fixtures.message(account, "ben@example.test");

    send();
    List<Claim> duringBackoff = fixtures.claim(16, 3);
    clock.advance(Duration.ofMinutes(3));
    server.answer("AUTH", "235 2.7.0 welcome");
    send();

    assertThat(duringBackoff).isEmpty();
    assertThat(fixtures.attempts(message)).containsExactly("SENT accepted");
    assertThat(accountHealth.of(account.id(), Protocol.SMTP).error()).isNull();
  }

  @Test
  void accountInTroubleSaysSoInTheServersWords() throws Exception {
    server.answer("MAIL FROM", "550 5.7.1 sender refused");
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");

    send();

    AccountHealth health = accountHealth.of(account.id(), Protocol.SMTP);
    assertThat(health.error()).contains("550 5.7.1 sender refused");
    assertThat(health.failures()).isEqualTo(1);
    assertThat(fixtures.recipients(message)).containsExactly("queued");
    assertThat(fixtures.status(message)).isEqualTo("queued");
    assertThat(fixtures.lastAttempt(message).get("error_code")).isEqualTo("5.7.1");
    assertThat(fixtures.events(message)).isEmpty();
  }

  @Test
  void unknownIsSentOnceMoreAndThenHeld() throws Exception {
    server.answer(ScriptedSmtpServer.END_OF_DATA, ScriptedSmtpServer.CUT);
    UUID message = fixtures.message(fixtures.account(server.port(), null), "ben@example.test");

    send();
    Duration wait = fixtures.untilDue(message);
    clock.advance(Duration.ofMinutes(16));
    send();
    clock.advance(Duration.ofDays(1));
    send();

    assertThat(wait).isEqualTo(Duration.ofMinutes(15));
    assertThat(server.mails()).hasSize(2);
    assertThat(fixtures.status(message)).isEqualTo("held");
    assertThat(fixtures.delivery(message)).containsEntry("held_reason", "unknown");
    assertThat(fixtures.events(message)).containsExactly("message.deferred", "message.held");
  }

  @Test
  void deferredMailIsGivenUpAfterADay() throws Exception {
    server.answer("RCPT TO", "450 4.2.1 busy");
    UUID message = fixtures.message(fixtures.account(server.port(), null), "ben@example.test");

    int tries = 0;
    while (!fixtures.delivery(message).isEmpty() && tries < 50) {
      clock.advance(fixtures.untilDue(message).plusMillis(1));
      send();
      tries++;
    }

    assertThat(tries).isBetween(10, 13);
    assertThat(fixtures.status(message)).isEqualTo("failed");
    assertThat(fixtures.events(message)).endsWith("message.failed");
    assertThat(fixtures.lastEvent(message)).contains("450 4.2.1 busy");
  }

  @Test
  void keptConnectionThatTheServerClosedCostsNoTry() throws Exception {
    Account account = fixtures.account(server.port(), null);
    fixtures.message(account, "a@example.test");
    send();
    server.dropConnections();
    UUID second = fixtures.message(account, "b@example.test");

    send();

    assertThat(fixtures.attempts(second)).containsExactly("SENT accepted");
    assertThat(server.connections()).isEqualTo(2);
  }

  @Test
  void exhaustedPoolIsNotTheServersTrouble() throws Exception {
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");
    OutgoingMail mail = steps.begun();

    assertThatThrownBy(() -> whileAllAreBorrowed(account, 8, () -> sender.send(mail)))
        .isInstanceOf(PoolExhausted.class);
    recording.failed(mail, new IllegalStateException("pool exhausted"));

    assertThat(fixtures.attempts(message)).containsExactly("QUEUED");
    assertThat(fixtures.recipients(message)).containsExactly("queued");
    assertThat(fixtures.untilDue(message)).isEqualTo(Duration.ofSeconds(30));
    assertThat(accountHealth.of(account.id(), Protocol.SMTP).error()).isNull();
  }

  @Test
  void claimThatCannotBeReturnedKeepsNoneOfTheOthers() {
    Account account = fixtures.account(server.port(), null);
    fixtures.message(account, "ann@example.test");
    fixtures.message(account, "ben@example.test");
    List<Claim> claims = fixtures.claim(100, 100);
    jdbc.sql(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''broken''; END'")
        .update();
    jdbc.sql(
            "CREATE TRIGGER broken BEFORE UPDATE ON outbound_delivery FOR EACH ROW WHEN (OLD.message_id = '%s') EXECUTE FUNCTION refuse()"
                .formatted(claims.get(0).message().value()))
        .update();

    try {
      recording.failed(claims, new IllegalStateException("the database is away"));
    } finally {
      jdbc.sql("DROP FUNCTION refuse CASCADE").update();
    }

    assertThat(fixtures.delivery(claims.get(0).message().value()).get("claim_token")).isNotNull();
    assertThat(fixtures.delivery(claims.get(1).message().value()).get("claim_token")).isNull();
    assertThat(fixtures.untilDue(claims.get(1).message().value()))
        .isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void contactPolicyRefusesBeforeAnythingIsSaid() throws Exception {
    ContactPolicy listed =
        new ContactPolicy(
            ContactPolicy.Mode.OPEN, ContactPolicy.Mode.LISTED, List.of("@partner.test"));
    Account account = fixtures.account(server.port(), null, listed);
    UUID mixed = fixtures.message(account, "a@partner.test", "b@example.test");
    UUID refused = fixtures.message(account, "c@example.test");

    send();

    assertThat(fixtures.recipients(mixed)).containsExactly("sent", "failed");
    assertThat(fixtures.attempts(refused)).containsExactly("FAILED rejected");
    assertThat(fixtures.lastAttempt(refused).get("error_code")).isEqualTo("contact_policy");
    assertThat(server.commands("RCPT TO")).containsExactly("RCPT TO:<a@partner.test>");
  }

  @Test
  void agentThatKnowsItsCorrespondentsWritesToThoseOnly() throws Exception {
    ContactPolicy known =
        new ContactPolicy(
            ContactPolicy.Mode.OPEN, ContactPolicy.Mode.KNOWN, List.of("@partner.test"));
    Account account = fixtures.account(server.port(), null, known);
    UUID message =
        fixtures.message(account, "a@partner.test", "b@example.test", "stranger@else.test");
    jdbc.sql(
            """
            INSERT INTO message (id, organization, conversation_id, endpoint_id, direction, from_address, subject,
              created_at)
            SELECT gen_random_uuid(), organization, conversation_id, endpoint_id, 'inbound', 'Stranger@else.test',
              subject, created_at FROM message WHERE id = :id
            """)
        .param("id", message)
        .update();

    send();

    assertThat(fixtures.recipients(message)).containsExactly("sent", "failed", "sent");
  }

  @Test
  void mailWithoutAnyTransportFailsClearly() throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");

    send();

    assertThat(fixtures.attempts(message)).containsExactly("FAILED rejected");
    assertThat(fixtures.lastAttempt(message).get("error_code")).isEqualTo("no_transport");
    assertThat(fixtures.events(message)).containsExactly("message.failed");
  }

  @Test
  void mailOfASenderThatGotAnAccountSinceLeavesByIt() throws Exception {
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");
    jdbc.sql("UPDATE outbound_delivery SET account_id = NULL").update();

    send();
    send();

    assertThat(fixtures.attempts(message)).containsExactly("SENT accepted");
    assertThat(server.mails()).hasSize(1);
  }

  @Test
  void reportThatSettlesAHeldMessageEndsItsWaiting() throws Exception {
    server.answer(ScriptedSmtpServer.END_OF_DATA, ScriptedSmtpServer.CUT);
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");
    send();
    clock.advance(Duration.ofMinutes(16));
    send();
    AttemptId second = new AttemptId(sentAttempts(message).get(1));

    transaction.executeWithoutResult(
        status ->
            lifecycle.report(
                attempts.find(account.id(), second).orElseThrow(),
                List.of(
                    new ReportedResult(
                        EmailAddress.parse("ben@example.test"), true, "2.0.0", null))));
    send();

    assertThat(fixtures.status(message)).isEqualTo("delivered");
    assertThat(fixtures.delivery(message)).isEmpty();
    assertThat(server.mails()).hasSize(2);
  }

  @Test
  void resultOfALostClaimIsNotRecorded() throws Exception {
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");
    OutgoingMail mail = steps.begun();
    sender.send(mail);
    clock.advance(Duration.ofMinutes(2));
    expiredClaimRecovery.takeOver();

    recording.record(mail);

    assertThat(fixtures.attempts(message)).containsExactly("FAILED unknown", "QUEUED");
    assertThat(fixtures.events(message)).containsExactly("message.deferred");
  }

  @Test
  void claimThatRanOutBeforeSendingJustGoesOn() throws Exception {
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");
    fixtures.claim(1, 3);
    clock.advance(Duration.ofMinutes(2));

    expiredClaimRecovery.takeOver();
    send();

    assertThat(fixtures.attempts(message)).containsExactly("SENT accepted");
  }

  @Test
  void claimThatIsAliveIsNotTakenOver() throws Exception {
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");
    steps.begun();
    clock.advance(Duration.ofSeconds(30));

    expiredClaimRecovery.takeOver();

    assertThat(fixtures.attempts(message)).containsExactly("SENDING");
  }

  @Test
  void messageThatWaitedTooLongExpires() {
    Account account = fixtures.account(server.port(), null);
    UUID message = fixtures.message(account, "ben@example.test");
    clock.advance(Duration.ofDays(6));

    expiredClaimRecovery.expire();

    assertThat(fixtures.attempts(message)).containsExactly("FAILED expired");
    assertThat(fixtures.status(message)).isEqualTo("expired");
    assertThat(fixtures.delivery(message)).isEmpty();
    assertThat(fixtures.events(message)).containsExactly("message.failed");
  }

  @Test
  void expiredMessageThatCannotBeEndedHoldsUpNoOther() {
    Account account = fixtures.account(server.port(), null);
    UUID bad = fixtures.message(account, "ann@example.test");
    UUID good = fixtures.message(account, "ben@example.test");
    clock.advance(Duration.ofDays(6));
    jdbc.sql(
            "ALTER TABLE outbound_submission ADD CONSTRAINT bad CHECK (status <> 'expired' OR message_id <> '"
                + bad
                + "')")
        .update();

    try {
      expiredClaimRecovery.expire();
    } finally {
      jdbc.sql("ALTER TABLE outbound_submission DROP CONSTRAINT bad").update();
    }

    assertThat(fixtures.status(good)).isEqualTo("expired");
    assertThat(fixtures.status(bad)).isEqualTo("queued");
    assertThat(fixtures.delivery(bad)).isNotEmpty();
  }

  private void send() throws Exception {
    steps.send();
  }

  private List<UUID> sentAttempts(UUID message) {
    return jdbc.sql(
            "SELECT id FROM outbound_message_attempt WHERE message_id = :id AND sending_at IS NOT NULL ORDER BY try_number")
        .param("id", message)
        .query(UUID.class)
        .list();
  }

  private interface Sending {
    void run() throws MessagingException;
  }

  private void whileAllAreBorrowed(Account account, int count, Sending work)
      throws MessagingException {
    if (count == 0) {
      work.run();
      return;
    }
    connections.use(
        account,
        connections.attemptDeadline(),
        connection -> {
          whileAllAreBorrowed(account, count - 1, work);
          return null;
        });
  }

  private List<String> attemptIds() {
    return server.mails().stream()
        .map(mail -> mail.replaceFirst("(?s).*X-Gobii-Message-ID: (\\S+).*", "$1"))
        .toList();
  }
}
