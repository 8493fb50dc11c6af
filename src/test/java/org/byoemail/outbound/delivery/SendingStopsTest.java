package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.event.Events;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@SendingTest
class SendingStopsTest {
  private final OutboundFixtures fixtures;
  private final SendingSteps steps;
  private final SendingStops stops;
  private final SendingStops ofAnotherNode;
  private final JdbcClient jdbc;
  private final SettableClock clock;
  private final TransactionTemplate transactions;

  @Autowired
  SendingStopsTest(
      OutboundFixtures fixtures,
      SendingSteps steps,
      SendingStops stops,
      JdbcClient jdbc,
      SettableClock clock,
      TransactionTemplate transactions,
      ApplicationContext context) {
    this.fixtures = fixtures;
    this.steps = steps;
    this.stops = stops;
    this.jdbc = jdbc;
    this.clock = clock;
    this.transactions = transactions;
    this.ofAnotherNode =
        new SendingStops(jdbc, context.getBean(AuditLog.class), context.getBean(Events.class));
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
  }

  @Test
  void accountsOfAStoppedAgentAreNotClaimed() {
    Account stopped = fixtures.account(25, null);
    Account other = fixtures.account(25, null);
    UUID waiting = fixtures.message(stopped, "ben@example.test");
    UUID leaving = fixtures.message(other, "ben@example.test");
    stop(stopped, false);

    List<Claim> meanwhile = fixtures.claim(16, 3);
    transactions.executeWithoutResult(
        status -> ofAnotherNode.start(stopped.organization(), stopped.agent()));
    List<Claim> after = fixtures.claim(16, 3);

    assertThat(meanwhile).extracting(Claim::message).containsExactly(new StoredMessageId(leaving));
    assertThat(after).extracting(Claim::message).containsExactly(new StoredMessageId(waiting));
  }

  @Test
  void stopOfAnotherNodeHoldsForWhatIsClaimedAlready() throws MessagingException {
    Account account = fixtures.account(25, null);
    UUID message = fixtures.message(account, "ben@example.test");
    List<Claim> claims = fixtures.claim(16, 3);
    assertThat(stops.among(claims)).isEmpty();
    stop(account, false);

    List<OutgoingMail> begun = steps.begin(claims);

    assertThat(begun).isEmpty();
    assertThat(state(message)).isEqualTo("QUEUED queued unclaimed");
    transactions.executeWithoutResult(
        status -> ofAnotherNode.start(account.organization(), account.agent()));
    clock.advance(Duration.ofSeconds(20));
    assertThat(steps.begin(fixtures.claim(16, 3))).hasSize(1);
  }

  @Test
  void stopOfTheOrganizationHoldsForMailWithoutAnAccount() throws MessagingException {
    UUID message = fixtures.message(null, "ben@example.test");
    jdbc.sql(
            "INSERT INTO sending_stop (organization, stopped_by, stopped_at) SELECT organization, 'x', now() FROM message WHERE id = :id")
        .param("id", message)
        .update();

    List<OutgoingMail> begun = steps.begin(fixtures.claimElsewhere(16, 3));

    assertThat(begun).isEmpty();
    assertThat(state(message)).isEqualTo("QUEUED queued unclaimed");
  }

  @Test
  void stopIsRecordedOnce() {
    Account account = fixtures.account(25, null);
    stop(account, true);
    stop(account, true);
    transactions.executeWithoutResult(status -> stops.start(account.organization(), null));

    assertThat(
            jdbc.sql(
                    "SELECT type FROM event WHERE organization = :organization AND type LIKE 'sending.%' ORDER BY id")
                .param("organization", account.organization().value())
                .query(String.class)
                .list())
        .containsExactly("sending.stopped", "sending.started");
    assertThat(stops.list(account.organization(), 10)).isEmpty();
  }

  private void stop(Account account, boolean organization) {
    transactions.executeWithoutResult(
        status ->
            ofAnotherNode.stop(
                account.organization(), organization ? null : account.agent(), "ann", "it loops"));
  }

  private String state(UUID message) {
    return jdbc.sql(
            """
            SELECT concat_ws(' ', a.status, r.status, CASE WHEN d.claim_token IS NULL THEN 'unclaimed' ELSE 'claimed' END)
            FROM outbound_delivery d JOIN outbound_message_attempt a ON a.id = d.attempt_id
              JOIN message_recipient r ON r.message_id = d.message_id WHERE d.message_id = :id
            """)
        .param("id", message)
        .query(String.class)
        .single();
  }
}
