package org.byoemail.inbound.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Accounts;
import org.byoemail.format.mail.MailboxId;
import org.byoemail.platform.lease.Lease;
import org.byoemail.platform.lease.LeaseListener;
import org.byoemail.platform.lease.Leases;
import org.byoemail.support.HeldRollout;
import org.byoemail.support.SettableClock;
import org.byoemail.support.TestRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Mailboxes that come to a node and leave it, on a real Redis. */
@MailboxTest
class LeaseHandoverTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Autowired MailboxFixture fixture;
  @Autowired MailboxRows rows;
  @Autowired MailboxSettings settings;
  @Autowired AccountHealthRepository accountHealth;
  @Autowired Accounts accounts;
  @Autowired MailboxAssignments assignments;
  @Autowired Leases leases;
  @Autowired MailboxWatchers watchers;
  @Autowired LeaseHandover handover;
  @Autowired SettableClock clock;
  @Autowired JdbcClient jdbc;

  @DynamicPropertySource
  static void redis(DynamicPropertyRegistry registry) {
    TestRedis.register(registry);
  }

  @AfterEach
  void leave() {
    watchers.stopAll(System.nanoTime() + PATIENCE.toNanos());
    leases.leave();
  }

  @Test
  void endOfAWatchIsNotThatOfTheLeaseThatFollowedIt() {
    Account account = fixture.account();
    MailboxWatcher old = new MailboxWatcher(account, "INBOX", take(account), tools());
    leases.release(List.of(old.lease().mailbox()));
    Lease again = take(account);

    handover.ended(old);
    handover.drain();

    assertThat(leases.isHeld(again)).isTrue();
    assertThat(assignments.of(leases.node().id()))
        .extracting(MailboxAssignments.Taken::mailbox)
        .contains(again.mailbox());
  }

  @Test
  void mailboxThatWasOfNoUseIsTakenWhenItIsOfUse() {
    MailboxAcquisition acquisition =
        new MailboxAcquisition(
            new FreeMailboxes(assignments, accounts),
            leases,
            watchers,
            handover,
            new SimpleMeterRegistry(),
            clock);
    Account account = fixture.account();
    jdbc.sql(
            "UPDATE agent_email_account SET imap_verified_at = now(), inbound_enabled = true WHERE id = :id")
        .param("id", account.id().value())
        .update();
    join();
    try (HeldRollout rollout = HeldRollout.hold(jdbc)) {
      rollout.set(account.id(), true, false);
      acquisition.share(tools());
      assertThat(watchers.states(account.id()).stream().findFirst()).isEmpty();

      rollout.set(account.id(), false, true);
      acquisition.share(tools());
      clock.advance(leases.ttl().plusSeconds(1));
      acquisition.share(tools());
    }

    assertThat(watchers.states(account.id()).stream().findFirst()).isPresent();
  }

  private Lease take(Account account) {
    MailboxId mailbox = fixture.mailbox(account).id();
    return leases.acquire(List.of(mailbox)).get(0);
  }

  private void join() {
    leases.join(
        new LeaseListener() {
          @Override
          public void lost(Set<MailboxId> mailboxes) {
            // Nobody takes any.
          }

          @Override
          public void changed() {
            // The test shares by itself.
          }
        });
    await().atMost(PATIENCE).until(() -> leases.members().isPresent());
  }

  private WatcherServices tools() {
    return new WatcherServices(
        rows,
        accountHealth,
        (account, folder, writable) -> {
          throw new MessagingException("no server");
        },
        mails -> {},
        true,
        new LoginPacing(clock, 8, Duration.ZERO, 100),
        new MailMemory(256 << 20),
        new PollObservations(ObservationRegistry.create()),
        settings,
        clock,
        new Random(1));
  }
}
