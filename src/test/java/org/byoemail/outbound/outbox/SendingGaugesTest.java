package org.byoemail.outbound.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.outbound.delivery.AccountLimits;
import org.byoemail.outbound.delivery.OutboundFixtures;
import org.byoemail.outbound.delivery.OutgoingMail;
import org.byoemail.outbound.delivery.SendRecording;
import org.byoemail.outbound.delivery.SendingSteps;
import org.byoemail.outbound.delivery.SendingTest;
import org.byoemail.support.SettableClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What operators see of sending, above all how long mail waits that might leave. */
@SendingTest
class SendingGaugesTest {
  private static final int PORT = 25;

  private final OutboundFixtures fixtures;
  private final Accounts accounts;
  private final AccountHealthRepository accountHealth;
  private final AccountLimits limits;
  private final SendingPause pause;
  private final JdbcClient jdbc;
  private final SettableClock clock;
  private final MeterRegistry meters;
  private final SendingSteps steps;
  private final SendRecording recording;
  private final HealthIndicator health;

  @Autowired
  SendingGaugesTest(
      OutboundFixtures fixtures,
      Accounts accounts,
      AccountHealthRepository accountHealth,
      AccountLimits limits,
      SendingPause pause,
      JdbcClient jdbc,
      SettableClock clock,
      MeterRegistry meters,
      SendingSteps steps,
      SendRecording recording,
      @Qualifier("sendingHealthIndicator") HealthIndicator health) {
    this.fixtures = fixtures;
    this.accounts = accounts;
    this.accountHealth = accountHealth;
    this.limits = limits;
    this.pause = pause;
    this.jdbc = jdbc;
    this.clock = clock;
    this.meters = meters;
    this.steps = steps;
    this.recording = recording;
    this.health = health;
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
    after(10);
  }

  @AfterEach
  void deleteReviewers() {
    jdbc.sql("DELETE FROM mail_reviewer").update();
  }

  @Test
  void queueIsAsOldAsItsOldestMailAndGrowsOlder() {
    message(account(), 0);
    after(30);
    message(account(), 0);

    double first = queueAge();
    markDue();
    after(45);
    double later = queueAge();

    assertThat(first).isEqualTo(30);
    assertThat(later).isEqualTo(75);
  }

  @Test
  void queueWithoutMailHasNoAge() {
    account();

    assertThat(queueAge()).isZero();
  }

  @Test
  void mailThatIsNotDueOrHeldOrBeingSentDoesNotWait() {
    Account account = account();
    message(account, 3600);
    jdbc.sql("UPDATE outbound_delivery SET held_reason = 'unknown' WHERE message_id = :id")
        .param("id", message(account, 0))
        .update();
    message(account, 0);
    assertThat(fixtures.claim(1, 3)).hasSize(1);
    after(60);

    assertThat(queueAge()).isZero();
  }

  @Test
  void mailOfAnAccountThatCannotSendDoesNotWait() {
    List<Account> unable = List.of(account(), account(), account(), account());
    unable.forEach(account -> message(account, 0));
    markDue();
    Account able = account();
    after(50);
    message(able, 0);
    accounts.pause(unable.get(0).id());
    accounts.enable(unable.get(1).id(), Protocol.SMTP, false);
    accountHealth.failed(unable.get(2), Protocol.SMTP, "535 no");
    limits.waitFor(unable.get(3).id(), Duration.ofHours(1), "its limit");
    after(20);

    double others = queueAge();
    accounts.pause(able.id());
    after(10);
    double none = queueAge();

    assertThat(others).isEqualTo(20);
    assertThat(none).isZero();
  }

  @Test
  void mailThatAnAccountHeldBackWaitsFromTheEndOfThat() {
    Account account = account();
    message(account, 0);
    accounts.pause(account.id());
    after(86_400);

    accounts.resume(account.id());
    after(15);
    double resumed = queueAge();
    accountHealth.failed(account, Protocol.SMTP, "535 no");
    after(125);
    double backedOff = queueAge();
    limits.waitFor(account.id(), Duration.ofMinutes(10), "its limit");
    after(640);
    double limited = queueAge();

    assertThat(resumed).isEqualTo(15);
    assertThat(backedOff).isEqualTo(5);
    assertThat(limited).isEqualTo(40);
  }

  @Test
  void mailOfAnAccountWhoseConnectionsAreAllInUseDoesNotWait() {
    Account account = account();
    for (int i = 0; i < 4; i++) {
      message(account, 0);
    }
    assertThat(fixtures.claim(2, 3)).hasSize(2);
    after(30);

    double oneLeft = queueAge();
    limits.set(account, limits.of(account).own(), 2);
    after(10);
    double noneLeft = queueAge();

    assertThat(oneLeft).isEqualTo(30);
    assertThat(noneLeft).isZero();
  }

  @Test
  void mailThatTheGatewayFailsToSendWaitsSinceItWasDueFirst() throws Exception {
    message(account(), 0);
    after(30);
    failInTheGateway();
    double failed = queueAge();
    after(60);
    failInTheGateway();
    after(5);
    double failedAgain = queueAge();

    assertThat(failed).isEqualTo(30);
    assertThat(failedAgain).isEqualTo(95);
  }

  @Test
  void gatewayThatFailsAgainAndAgainIsDegradedUntilAnAttemptEnds() throws Exception {
    message(account(), 0);
    double before = meters.get("byo.outbound.internal.failures").counter().count();
    failInTheGateway();
    Status once = health.health().getStatus();
    for (int i = 0; i < 2; i++) {
      after(60);
      failInTheGateway();
    }
    Health often = health.health();
    after(60);
    markDue();
    OutgoingMail mail = steps.begun();
    recording.simulate(mail);
    recording.record(mail);

    assertThat(once).isEqualTo(Status.UP);
    assertThat(often.getStatus().getCode()).isEqualTo("DEGRADED");
    assertThat(often.getDetails()).containsEntry("error", "IllegalStateException");
    assertThat(health.health().getStatus()).isEqualTo(Status.UP);
    assertThat(meters.get("byo.outbound.internal.failures").counter().count())
        .isEqualTo(before + 3);
  }

  /** As a step of an edited route does. */
  private void failInTheGateway() throws Exception {
    markDue();
    recording.failed(steps.begun(), new IllegalStateException("the words of a mail"));
  }

  @Test
  void mailOfLessPriorityWaitsToo() {
    Account account = account();
    for (int priority : new int[] {9, -9, 0}) {
      jdbc.sql("UPDATE outbound_delivery SET priority = :priority WHERE message_id = :id")
          .param("id", message(priority == -9 ? account : null, 0))
          .param("priority", priority)
          .update();
      after(20);
    }
    jdbc.sql("UPDATE outbound_delivery SET priority = 5 WHERE message_id = :id")
        .param("id", message(account, 0))
        .update();
    markDue();

    double withoutAccount = queueAge();
    jdbc.sql("UPDATE outbound_delivery SET due_at = :now WHERE priority = 9")
        .param("now", Timestamp.from(clock.instant()))
        .update();
    after(10);
    double least = queueAge();
    jdbc.sql("DELETE FROM outbound_delivery WHERE priority = -9").update();
    after(10);
    double lessWithoutAccount = queueAge();

    assertThat(withoutAccount).isEqualTo(60);
    assertThat(least).isEqualTo(50);
    assertThat(lessWithoutAccount).isEqualTo(40);
  }

  @Test
  void nothingWaitsWhileAllSendingIsPaused() {
    message(account(), 0);
    pause.pause("test");
    after(60);

    double paused = queueAge();
    pause.resume();
    after(10);
    double resumed = queueAge();

    assertThat(paused).isZero();
    assertThat(resumed).isEqualTo(70);
  }

  @Test
  void databaseIsAskedOnceInTenSeconds() {
    message(account(), 0);
    after(10);

    double first = queueAge();
    clock.advance(Duration.ofSeconds(9));
    double known = queueAge();
    clock.advance(Duration.ofSeconds(1));
    double again = queueAge();

    assertThat(first).isEqualTo(10);
    assertThat(known).isEqualTo(10);
    assertThat(again).isEqualTo(20);
  }

  @Test
  void heldMailAndDeadLettersAreCounted() {
    double deadLetters = gauge("byo.outbound.dead.letters");
    setStatus(message(account(), 0), "held");
    setStatus(message(account(), 0), "failed");
    setStatus(message(account(), 0), "partially_failed");
    message(account(), 0);
    after(10);

    assertThat(gauge("byo.outbound.held")).isEqualTo(1);
    assertThat(gauge("byo.outbound.dead.letters")).isEqualTo(deadLetters + 2);
  }

  @Test
  void mailInReviewIsCountedWithTheAgeOfTheOldest() {
    double before = gauge("byo.outbound.in.review");
    review(message(account(), 0), "requested", 90);
    review(message(account(), 0), "requested", 30);
    review(message(account(), 0), "rejected", 4_000);
    after(10);

    assertThat(before).isZero();
    assertThat(gauge("byo.outbound.in.review")).isEqualTo(2);
    assertThat(gauge("byo.outbound.review.age")).isBetween(90.0, 3_000.0);
    jdbc.sql("UPDATE outbound_review SET state = 'expired'").update();
    after(10);
    assertThat(gauge("byo.outbound.in.review")).isZero();
    assertThat(gauge("byo.outbound.review.age")).isZero();
  }

  @Test
  void mailThatWaitsForItsOrganizationsNextHourIsNoFailure() {
    unsentMailToReviewer(reviewed(), 1, false);
    unsentMailToReviewer(reviewed(), 1, true);
    after(10);

    assertThat(gauge("byo.review.mails.failing")).isEqualTo(1);
    assertThat(gauge("byo.review.mails.limited")).isEqualTo(1);
  }

  @Test
  void mailToAReviewerThatFailsIsCountedWhileItsVersionAwaitsADecision() {
    UUID message = reviewed();
    unsentMailToReviewer(message, 1, false);
    after(10);
    double ofPresentVersion = gauge("byo.review.mails.failing");
    jdbc.sql("DELETE FROM review_mail").update();
    unsentMailToReviewer(message, 0, false);
    after(10);

    assertThat(ofPresentVersion).isOne();
    assertThat(gauge("byo.review.mails.failing")).isZero();
  }

  /** A message in review. */
  private UUID reviewed() {
    UUID message = message(account(), 0);
    review(message, "requested", 0);
    return message;
  }

  private void unsentMailToReviewer(UUID message, int version, boolean limited) {
    jdbc.sql(
            """
            WITH reviewer AS (
              INSERT INTO mail_reviewer (id, organization, agents, address, mailbox, decides_by, named_by, created_at)
              VALUES (gen_random_uuid(), 'elsewhere', '{}', 'eva@people.test', 'eva@people.test', 'login', 'user:admin',
                statement_timestamp())
              ON CONFLICT (organization, mailbox) DO UPDATE SET address = excluded.address
              RETURNING id)
            INSERT INTO review_mail (id, review_id, version, reviewer_id, last_error, waits_for_hour)
            SELECT gen_random_uuid(), r.id, :version, w.id, 'an error', :limited FROM outbound_review r, reviewer w
            WHERE r.message_id = :message
            """)
        .param("version", version)
        .param("limited", limited)
        .param("message", message)
        .update();
  }

  /** A review that was asked for so many seconds ago. */
  private void review(UUID message, String state, int seconds) {
    jdbc.sql(
            """
            INSERT INTO outbound_review_version (message_id, version, content_sha256, content_size, transport, recipients,
              subject, hash, made_by, created_at)
            VALUES (:message, 1, repeat('0', 64), 1, 'account', '{}', 'Hello', repeat('0', 64), 'agent', statement_timestamp())
            """)
        .param("message", message)
        .update();
    jdbc.sql(
            """
            INSERT INTO outbound_review (id, message_id, organization, agent_id, state, version, reasons, has_findings,
              policy_version, four_eyes, conversation_changed, alike, requested_at, due_at, expires_at)
            VALUES (gen_random_uuid(), :message, 'acme', gen_random_uuid(), :state, 1, '[]', false, 'one', false, true, 'one',
              statement_timestamp() - :seconds * interval '1 second', statement_timestamp(),
              statement_timestamp() + interval '1 hour')
            """)
        .param("message", message)
        .param("state", state)
        .param("seconds", seconds)
        .update();
  }

  @Test
  void hostWhoseAccountsBackOffIsShownWithTheirShare() {
    List<Account> accounts = Stream.generate(this::account).limit(5).toList();
    accounts.subList(0, 2).forEach(one -> accountHealth.failed(one, Protocol.SMTP, "535 no"));
    Collection<Gauge> few = shares();
    accountHealth.failed(accounts.get(2), Protocol.SMTP, "535 no");
    Collection<Gauge> many = shares();
    accounts.forEach(one -> accountHealth.ok(one, Protocol.SMTP));

    assertThat(few).isEmpty();
    assertThat(many)
        .singleElement()
        .satisfies(
            share -> {
              assertThat(share.getId().getTag("host")).isEqualTo("localhost");
              assertThat(share.getId().getTag("protocol")).isEqualTo("smtp");
              assertThat(share.value()).isEqualTo(0.6);
            });
    assertThat(shares()).isEmpty();
  }

  private void setStatus(UUID message, String status) {
    jdbc.sql("UPDATE outbound_submission SET status = :status WHERE message_id = :message")
        .param("status", status)
        .param("message", message)
        .update();
  }

  private Collection<Gauge> shares() {
    after(10);
    gauge("byo.accounts.error");
    return meters.find("byo.accounts.backoff.share").gauges();
  }

  private Account account() {
    return fixtures.account(PORT, null);
  }

  /** A message that is due in so many seconds. */
  private UUID message(@Nullable Account account, long seconds) {
    return fixtures.message(account, clock.instant().plusSeconds(seconds), "ben@example.test");
  }

  /** Lets those be claimed that are due. */
  private void markDue() {
    fixtures.claim(0, 3);
  }

  /** Lets time pass; at least until the known state is queried again. */
  private void after(long seconds) {
    clock.advance(Duration.ofSeconds(seconds));
  }

  private double queueAge() {
    return gauge("byo.outbound.queue.age");
  }

  private double gauge(String name) {
    return meters.get(name).gauge().value();
  }
}
