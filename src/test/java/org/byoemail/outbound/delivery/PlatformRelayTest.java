package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** Mail by the platform's relay while accounts are switched off. */
@SendingTest
@TestPropertySource(
    properties = {
      "byo.email.enabled=false",
      "byo.transport.postmark.token=another-domain-only",
      "byo.transport.postmark.domains=other.test",
      "byo.transport.relay.host=localhost",
      "byo.transport.relay.security=none",
      "byo.transport.relay.username=platform",
      "byo.transport.relay.password=pass-of-the-relay",
      "byo.transport.relay.organizations.acme=*"
    })
@DirtiesContext
class PlatformRelayTest {
  private static final ScriptedSmtpServer RELAY =
      new ScriptedSmtpServer().offering("AUTH PLAIN", "DSN");

  private final OutboundFixtures fixtures;
  private final SendingSteps steps;
  private final AccountSender sender;
  private final SendRecording recording;
  private final JdbcClient jdbc;
  private final SettableClock clock;

  @Autowired
  PlatformRelayTest(
      OutboundFixtures fixtures,
      SendingSteps steps,
      AccountSender sender,
      SendRecording recording,
      JdbcClient jdbc,
      SettableClock clock) {
    this.jdbc = jdbc;
    this.fixtures = fixtures;
    this.steps = steps;
    this.sender = sender;
    this.recording = recording;
    this.clock = clock;
  }

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    registry.add("byo.transport.relay.port", RELAY::port);
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
    clock.advance(Duration.ofHours(2));
  }

  @AfterAll
  static void close() {
    RELAY.close();
  }

  @Test
  void mailOfAnAccountLeavesByTheRelayWhileAccountsAreOff() throws Exception {
    try (ScriptedSmtpServer own = new ScriptedSmtpServer()) {
      Account account = fixtures.account(own.port(), null);
      UUID message = fixtures.message(account, "ben@example.test");

      send();

      assertThat(own.connections()).isZero();
      assertThat(fixtures.status(message)).isEqualTo("sent");
      assertThat(fixtures.lastAttempt(message)).containsEntry("provider", "relay");
      assertThat(RELAY.commands("MAIL FROM"))
          .anyMatch(command -> command.contains("<" + account.address() + ">"));
      assertThat(RELAY.commands("AUTH")).isNotEmpty();
    }
  }

  @Test
  void relayThatRefusesTheSignInHoldsItsMail() throws Exception {
    RELAY.dropConnections();
    RELAY.answer("AUTH", "535 5.7.8 no", "235 2.7.0 welcome");
    UUID message = fixtures.message(null, "ben@example.test");

    send();

    assertThat(fixtures.attempts(message)).containsExactly("QUEUED");
    assertThat(String.valueOf(fixtures.lastAttempt(message).get("error")))
        .contains("535")
        .doesNotContain("pass-of-the-relay");
    clock.advance(Duration.ofMinutes(1));
    send();
    assertThat(fixtures.status(message)).isEqualTo("sent");
  }

  @Test
  void recipientThatTheRelayRefusesIsFailed() throws Exception {
    RELAY.answer("RCPT TO:<gone@", "550 5.1.1 no such user");
    UUID message = fixtures.message(null, "ben@example.test", "gone@example.test");

    send();

    assertThat(fixtures.recipients(message)).containsExactly("sent", "failed");
  }

  @Test
  void organizationThatIsNotListedIsNotCarriedWhileAccountsAreOff() throws Exception {
    Account account = fixtures.account(25, null);
    UUID withAccount = of("rival", fixtures.message(account, "ben@example.test"));
    UUID without = of("rival", fixtures.message(null, "ben@example.test"));
    int before = RELAY.mails().size();

    send();

    assertThat(fixtures.status(withAccount)).isEqualTo("queued");
    assertThat(fixtures.lastAttempt(without)).containsEntry("error_code", "no_transport");
    assertThat(RELAY.mails()).hasSize(before);
  }

  @Test
  void domainThatIsListedForNobodyIsThatOfTheOnlyOrganization() throws Exception {
    UUID message = from("other.test", of("sole", fixtures.message(null, "ben@example.test")));
    jdbc.sql("UPDATE agent SET organization = 'sole'").update();

    List<OutgoingMail> alone = steps.begin(fixtures.claimElsewhere(16, 3));

    assertThat(alone)
        .singleElement()
        .satisfies(mail -> assertThat(mail.getTransport()).isEqualTo("postmark"));
    assertThat(fixtures.lastAttempt(message)).containsEntry("provider", "postmark");
  }

  @Test
  void domainThatIsListedForNobodyHoldsItsMailWhereThereAreSeveral() throws Exception {
    UUID message = from("other.test", of("sole", fixtures.message(null, "ben@example.test")));
    jdbc.sql("UPDATE agent SET organization = 'sole'").update();
    fixtures.message(null, "ben@example.test");

    send();

    assertThat(fixtures.status(message)).isEqualTo("queued");
    assertThat(fixtures.lastAttempt(message)).containsEntry("provider", null);
  }

  private UUID of(String organization, UUID message) {
    jdbc.sql("UPDATE message SET organization = :organization WHERE id = :id")
        .param("organization", organization)
        .param("id", message)
        .update();
    return message;
  }

  private UUID from(String domain, UUID message) {
    jdbc.sql("UPDATE message SET from_address = 'ada@' || :domain WHERE id = :id")
        .param("domain", domain)
        .param("id", message)
        .update();
    return message;
  }

  private void send() throws Exception {
    for (OutgoingMail mail : steps.begin(fixtures.claimElsewhere(16, 3))) {
      if (!mail.envelope().isEmpty()) {
        sender.send(mail);
      }
      recording.record(mail);
    }
  }
}
