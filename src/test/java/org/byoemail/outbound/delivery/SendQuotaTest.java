package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.Accounts;
import org.byoemail.outbound.limit.SendingLimit;
import org.byoemail.outbound.limit.SendingLimits;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a used-up limit does to an account and its mail; here without Redis. */
@SendingTest
class SendQuotaTest {
  private final OutboundFixtures fixtures;
  private final SendingSteps steps;
  private final AccountLimits limits;
  private final Accounts accounts;
  private final SettableClock clock;
  private final JdbcClient jdbc;
  private final ScriptedSmtpServer server = new ScriptedSmtpServer();
  private Account account;

  @Autowired
  SendQuotaTest(
      OutboundFixtures fixtures,
      SendingSteps steps,
      AccountLimits limits,
      Accounts accounts,
      SettableClock clock,
      JdbcClient jdbc) {
    this.accounts = accounts;
    this.fixtures = fixtures;
    this.steps = steps;
    this.limits = limits;
    this.clock = clock;
    this.jdbc = jdbc;
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
  void usedUpLimitLetsTheAccountWaitAndCountsNoTry() throws Exception {
    limits.set(account, hourly(1), null);
    UUID first = fixtures.message(account, "ben@example.test");
    steps.send();
    UUID second = fixtures.message(account, "ben@example.test");

    int claimed = steps.send();
    int claimedAgain = steps.send();

    assertThat(fixtures.status(first)).isEqualTo("sent");
    assertThat(claimed).isEqualTo(1);
    assertThat(claimedAgain).isZero();
    assertThat(fixtures.attempts(second)).containsExactly("QUEUED");
    assertThat(fixtures.delivery(second)).containsEntry("tries", 0);
    AccountSending waiting = limits.of(account);
    assertThat(waiting.nextSendAt()).isAfter(clock.instant());
    assertThat(waiting.waitReason()).contains("limit");
  }

  @Test
  void waitingMailLeavesWhenTheLimitIsGivenAnew() throws Exception {
    limits.set(account, hourly(1), null);
    fixtures.message(account, "ben@example.test");
    steps.send();
    UUID second = fixtures.message(account, "ben@example.test");
    steps.send();

    clock.advance(Duration.ofMinutes(61));
    steps.send();

    assertThat(fixtures.status(second)).isEqualTo("sent");
    assertThat(limits.of(account).nextSendAt()).isNull();
  }

  @Test
  void mailOfLongAgoThatWasToLeaveNowCountsWhereCountersAreMadeAnew() throws Exception {
    Instant accepted = clock.instant();
    Instant sendAt = accepted.plus(Duration.ofDays(90));
    UUID scheduled = fixtures.message(account, sendAt, "ben@example.test");
    jdbc.sql(
            "UPDATE outbound_submission SET send_at = :at,"
                + " expires_at = CAST(:at AS timestamptz) + interval '1 day'")
        .param("at", Timestamp.from(sendAt))
        .update();
    clock.set(sendAt);
    try {
      steps.send();
      limits.set(account, hourly(1), null);
      // Limits are known for some seconds.
      clock.advance(Duration.ofSeconds(11));
      UUID second = fixtures.message(account, "ben@example.test");

      steps.send();

      assertThat(fixtures.status(scheduled)).isEqualTo("sent");
      assertThat(fixtures.attempts(second)).containsExactly("QUEUED");
    } finally {
      clock.set(accepted);
    }
  }

  @Test
  void personCanLetItsMailLeaveAtOnce() throws Exception {
    UUID message = fixtures.message(account, "ben@example.test");
    limits.waitFor(account.id(), Duration.ofHours(1), "for a test");
    int waiting = steps.send();

    accounts.resume(account.id());
    steps.send();

    assertThat(waiting).isZero();
    assertThat(fixtures.status(message)).isEqualTo("sent");
  }

  @Test
  void longerWaitStays() {
    Instant later =
        clock.instant().plusSeconds(7200).truncatedTo(java.time.temporal.ChronoUnit.MICROS);
    limits.waitFor(account.id(), Duration.ofHours(2), "the longer one");

    limits.waitFor(account.id(), Duration.ofMinutes(1), "the shorter one");

    assertThat(limits.of(account).nextSendAt()).isEqualTo(later);
    assertThat(limits.of(account).waitReason()).isEqualTo("the longer one");
  }

  private static SendingLimits hourly(int amount) {
    return new SendingLimits(Map.of(SendingLimit.MESSAGES_PER_HOUR, amount));
  }
}
