package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.byoemail.account.registry.Account;
import org.byoemail.account.registry.AccountHealthRepository;
import org.byoemail.account.registry.Accounts;
import org.byoemail.account.registry.Protocol;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.support.HeldRollout;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The statement that claims, on a real PostgreSQL. */
@SendingTest
class ClaimStatementTest {
  private final OutboundFixtures fixtures;
  private final JdbcClient jdbc;
  private final SettableClock clock;
  private final Accounts accounts;
  private final AccountHealthRepository accountHealth;
  private final Deliveries deliveries;
  private final TransactionTemplate transaction;

  @Autowired
  ClaimStatementTest(
      OutboundFixtures fixtures,
      JdbcClient jdbc,
      SettableClock clock,
      Accounts accounts,
      AccountHealthRepository accountHealth,
      Deliveries deliveries,
      TransactionTemplate transaction) {
    this.fixtures = fixtures;
    this.jdbc = jdbc;
    this.clock = clock;
    this.accounts = accounts;
    this.accountHealth = accountHealth;
    this.deliveries = deliveries;
    this.transaction = transaction;
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
  }

  @Test
  void nodesShareTheConnectionsOfAnAccount() {
    Account account = fixtures.account(25, null);
    for (int i = 0; i < 9; i++) {
      fixtures.message(account, "ben@example.test");
    }

    List<Claim> first = fixtures.claim(16, 5, 2, 0);
    List<Claim> firstAgain = fixtures.claim(16, 5, 2, 0);
    List<Claim> second = fixtures.claim(16, 5, 2, 1);

    assertThat(first.size()).isBetween(2, 3);
    assertThat(firstAgain).isEmpty();
    assertThat(first.size() + second.size()).isEqualTo(5);
  }

  @Test
  void accountHasAsManyConnectionsAsItsProviderAllows() {
    Account account = fixtures.account(25, null);
    for (int i = 0; i < 9; i++) {
      fixtures.message(account, "ben@example.test");
    }
    jdbc.sql("INSERT INTO account_sending (account_id, most_connections) VALUES (:id, 2)")
        .param("id", account.id().value())
        .update();

    List<Claim> claimed = fixtures.claim(16, 5);

    assertThat(claimed).hasSize(2);
  }

  @Test
  void accountThatWaitsForItsLimitIsLeftAloneUntilThen() {
    Account waiting = fixtures.account(25, null);
    Account other = fixtures.account(25, null);
    UUID later = fixtures.message(waiting, "ben@example.test");
    UUID now = fixtures.message(other, "ben@example.test");
    jdbc.sql("INSERT INTO account_sending (account_id, next_send_at) VALUES (:id, :at)")
        .param("id", waiting.id().value())
        .param("at", java.sql.Timestamp.from(clock.instant().plusSeconds(60)))
        .update();

    List<Claim> before = fixtures.claim(16, 3);
    clock.advance(Duration.ofSeconds(61));
    List<Claim> after = fixtures.claim(16, 3);

    assertThat(before).extracting(Claim::message).containsExactly(new StoredMessageId(now));
    assertThat(after).extracting(Claim::message).containsExactly(new StoredMessageId(later));
  }

  @Test
  void nothingIsClaimedWhileSendingIsPaused() {
    fixtures.message(fixtures.account(25, null), "ben@example.test");
    fixtures.message(null, "ben@example.test");
    jdbc.sql("INSERT INTO sending_pause (paused_by, paused_at) VALUES ('test', now())").update();

    List<Claim> paused = fixtures.claimElsewhere(16, 3);
    jdbc.sql("DELETE FROM sending_pause").update();
    List<Claim> resumed = fixtures.claimElsewhere(16, 3);

    assertThat(paused).isEmpty();
    assertThat(resumed).hasSize(2);
  }

  @Test
  void accountsTakeTurns() {
    Account busy = fixtures.account(25, null);
    List<Account> others = new ArrayList<>();
    messages(busy, 20);
    for (int i = 0; i < 4; i++) {
      Account other = fixtures.account(25, null);
      others.add(other);
      messages(other, 2);
    }

    List<Claim> first = fixtures.claim(5, 3);
    List<Claim> second = fixtures.claim(5, 3);

    assertThat(first).extracting(Claim::account).doesNotHaveDuplicates();
    assertThat(second).extracting(Claim::account).doesNotHaveDuplicates();
    assertThat(others).allMatch(other -> claimsOf(first, other) == 1);
  }

  @Test
  void accountThatIsBusyAlreadyComesLast() {
    Account busy = fixtures.account(25, null);
    messages(busy, 5);
    fixtures.claim(2, 3);
    Account idle = fixtures.account(25, null);
    messages(idle, 5);

    List<Claim> claims = fixtures.claim(2, 3);

    assertThat(claims).extracting(Claim::account).containsOnly(idle.id());
  }

  @Test
  void capOfAnAccountHoldsOverAllClaims() {
    Account account = fixtures.account(25, null);
    messages(account, 10);

    List<Claim> first = fixtures.claim(2, 3);
    List<Claim> second = fixtures.claim(16, 3);
    List<Claim> third = fixtures.claim(16, 3);
    deliveries.finish(first.subList(0, 1));
    List<Claim> fourth = fixtures.claim(16, 3);

    assertThat(first).hasSize(2);
    assertThat(second).hasSize(1);
    assertThat(third).isEmpty();
    assertThat(fourth).hasSize(1);
  }

  @Test
  void nothingIsClaimedWithoutAFreeWorker() {
    messages(fixtures.account(25, null), 1);

    assertThat(fixtures.claim(0, 3)).isEmpty();
  }

  @Test
  void mailThatIsNotDueOrHeldIsLeftAlone() {
    Account account = fixtures.account(25, null);
    fixtures.message(account, clock.instant().plusSeconds(1), "later@example.test");
    UUID held = fixtures.message(account, "held@example.test");
    jdbc.sql("UPDATE outbound_delivery SET held_reason = 'unknown' WHERE message_id = :id")
        .param("id", held)
        .update();

    assertThat(fixtures.claim(16, 3)).isEmpty();
  }

  @Test
  void mailThatIsDueEarlierThanItsFlagSaysIsLeftAlone() {
    Account account = fixtures.account(25, null);
    UUID later = fixtures.message(account, clock.instant().plusSeconds(60), "later@example.test");
    jdbc.sql("UPDATE outbound_delivery SET due = true WHERE message_id = :id")
        .param("id", later)
        .update();

    assertThat(fixtures.claim(16, 3)).isEmpty();
  }

  @Test
  void expiredMailIsClaimedLikeAnotherAndSaysSo() {
    Account account = fixtures.account(25, null);
    UUID expired = fixtures.message(account, "expired@example.test");
    jdbc.sql("UPDATE outbound_submission SET expires_at = accepted_at WHERE message_id = :id")
        .param("id", expired)
        .update();

    assertThat(fixtures.claim(16, 3))
        .singleElement()
        .satisfies(claim -> assertThat(claim.expired()).isTrue());
  }

  @Test
  void nextClaimGoesOnBehindTheAccountThatWasServedLast() {
    List<UUID> accounts = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Account account = fixtures.account(25, null);
      accounts.add(account.id().value());
      messages(account, 3);
    }
    accounts.sort(Comparator.comparing(UUID::toString));
    deliveries.markDue(100);

    List<Object> served = new ArrayList<>();
    UUID last = accounts.get(1);
    for (int i = 0; i < 5; i++) {
      last = fixtures.servedBehind(last);
      served.add(last);
    }

    Collections.rotate(accounts, -2);
    assertThat(served).isEqualTo(accounts);
  }

  @Test
  void higherPriorityGoesFirstThenTheOldest() {
    Account account = fixtures.account(25, null);
    UUID newer = fixtures.message(account, clock.instant(), "b@example.test");
    UUID older = fixtures.message(account, clock.instant().minusSeconds(60), "a@example.test");
    UUID urgent = fixtures.message(account, clock.instant(), "c@example.test");
    jdbc.sql("UPDATE outbound_delivery SET priority = 5 WHERE message_id = :id")
        .param("id", urgent)
        .update();

    List<UUID> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      fixtures.claim(1, 3).forEach(claim -> order.add(claim.message().value()));
    }

    assertThat(order).containsExactly(urgent, older, newer);
  }

  @Test
  void accountThatCannotBeUsedNowIsSkipped() {
    Account paused = fixtures.account(25, null);
    Account disabled = fixtures.account(25, null);
    Account backingOff = fixtures.account(25, null);
    Account usable = fixtures.account(25, null);
    for (Account account : List.of(paused, disabled, backingOff, usable)) {
      messages(account, 1);
    }
    accounts.pause(paused.id());
    accounts.enable(disabled.id(), Protocol.SMTP, false);
    accountHealth.failed(backingOff, Protocol.SMTP, "535 no");

    List<Claim> claims = fixtures.claim(16, 3);
    clock.advance(Duration.ofMinutes(3));
    List<Claim> afterBackoff = fixtures.claim(16, 3);

    assertThat(claims).extracting(Claim::account).containsOnly(usable.id());
    assertThat(afterBackoff).extracting(Claim::account).containsOnly(backingOff.id());
  }

  @Test
  void whereNoAccountIsUsedOnlyMailWithoutOneIsClaimed() {
    Account account = fixtures.account(25, null);
    messages(account, 1);
    UUID without = fixtures.message(null, "x@example.test");

    try (HeldRollout rollout = HeldRollout.hold(jdbc)) {
      rollout.set(account.id(), false, true);
      List<Claim> off = fixtures.claim(16, 3);
      List<Claim> elsewhere = fixtures.claimElsewhere(16, 3);

      assertThat(off).extracting(Claim::message).containsOnly(new StoredMessageId(without));
      assertThat(elsewhere)
          .singleElement()
          .satisfies(
              claim -> {
                assertThat(claim.account()).isEqualTo(account.id());
                assertThat(claim.accountUsed()).isFalse();
              });
    }
  }

  @Test
  void usedAccountsAreClaimedBesideOthersThatAreNot() {
    Account used = fixtures.account(25, null);
    Account unused = fixtures.account(25, null);
    Account unknown = fixtures.account(25, null);
    messages(used, 1);
    messages(unused, 1);
    messages(unknown, 1);

    try (HeldRollout rollout = HeldRollout.hold(jdbc)) {
      rollout.set(unused.id(), false, true);
      jdbc.sql("DELETE FROM account_rollout WHERE account_id = :id")
          .param("id", unknown.id().value())
          .update();

      List<Claim> claims = fixtures.claim(16, 3);
      List<Claim> elsewhere = fixtures.claimElsewhere(16, 3);

      assertThat(claims).extracting(Claim::account).containsOnly(used.id());
      assertThat(claims).allMatch(Claim::accountUsed);
      assertThat(elsewhere).extracting(Claim::account).containsOnly(unused.id());
    }
  }

  @Test
  void accountInBackoffThatIsNotUsedSendsElsewhere() {
    Account account = fixtures.account(25, null);
    messages(account, 1);
    jdbc.sql(
            "INSERT INTO account_health (account_id, side, backoff_until)"
                + " VALUES (:id, 'smtp', now() + interval '100 years')")
        .param("id", account.id().value())
        .update();

    List<Claim> used = fixtures.claimElsewhere(16, 3);
    List<Claim> unused;
    try (HeldRollout rollout = HeldRollout.hold(jdbc)) {
      rollout.set(account.id(), false, true);
      unused = fixtures.claimElsewhere(16, 3);
    }

    assertThat(used).isEmpty();
    assertThat(unused).extracting(Claim::account).containsOnly(account.id());
  }

  @Test
  void claimTellsTheVersionOfItsAccount() {
    Account account = fixtures.account(25, null);
    messages(account, 1);

    assertThat(fixtures.claim(16, 3))
        .singleElement()
        .satisfies(claim -> assertThat(claim.accountVersion()).isEqualTo(account.version()));
  }

  @Test
  void twoClaimersNeverClaimTheSameNorPassTheCap() throws Exception {
    int total = 300;
    List<Account> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Account account = fixtures.account(25, null);
      all.add(account);
      messages(account, total / 10);
    }
    ExecutorService nodes = Executors.newFixedThreadPool(4);
    CountDownLatch start = new CountDownLatch(1);
    Set<String> overCap = new HashSet<>();
    List<Future<List<UUID>>> results = new ArrayList<>();
    for (int node = 0; node < 4; node++) {
      results.add(
          nodes.submit(
              () -> {
                List<UUID> claimed = new ArrayList<>();
                start.await();
                for (List<Claim> some = fixtures.claim(7, 2);
                    claimed.size() < total && remaining() > 0;
                    some = fixtures.claim(7, 2)) {
                  for (UUID account : accountsOverCap(2)) {
                    synchronized (overCap) {
                      overCap.add(account.toString());
                    }
                  }
                  for (Claim claim : some) {
                    claimed.add(claim.message().value());
                    deliveries.finish(List.of(claim));
                  }
                }
                return claimed;
              }));
    }

    start.countDown();
    List<UUID> claimed = new ArrayList<>();
    for (Future<List<UUID>> result : results) {
      claimed.addAll(result.get(60, TimeUnit.SECONDS));
    }
    nodes.shutdown();

    assertThat(claimed).doesNotHaveDuplicates();
    assertThat(overCap).isEmpty();
    assertThat(remaining()).isZero();
  }

  @Test
  void capCountsWhatAnotherNodeClaimsAtTheSameMoment() throws Exception {
    Account account = fixtures.account(25, null);
    messages(account, 3);
    deliveries.markDue(3);
    ExecutorService otherNode = Executors.newSingleThreadExecutor();

    Future<List<Claim>> other =
        transaction.execute(
            status -> {
              UUID urgent = fixtures.message(account, "urgent@example.test");
              jdbc.sql("UPDATE outbound_delivery SET priority = 9 WHERE message_id = :id")
                  .param("id", urgent)
                  .update();
              fixtures.claim(16, 2);
              Future<List<Claim>> waiting = otherNode.submit(() -> fixtures.claim(16, 2));
              await().atMost(Duration.ofSeconds(10)).until(this::somebodyWaitsForItsTurn);
              return waiting;
            });

    assertThat(other.get(10, TimeUnit.SECONDS)).isEmpty();
    assertThat(accountsOverCap(2)).isEmpty();
    otherNode.shutdown();
  }

  private boolean somebodyWaitsForItsTurn() {
    return jdbc.sql(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        .query(Boolean.class)
        .single();
  }

  private int remaining() {
    return jdbc.sql("SELECT count(*) FROM outbound_delivery").query(Integer.class).single();
  }

  private List<UUID> accountsOverCap(int cap) {
    return jdbc.sql(
            """
            SELECT account_id FROM outbound_delivery WHERE claim_token IS NOT NULL
            GROUP BY account_id HAVING count(*) > :cap
            """)
        .param("cap", cap)
        .query(UUID.class)
        .list();
  }

  private void messages(Account account, int count) {
    Instant now = clock.instant();
    for (int i = 0; i < count; i++) {
      fixtures.message(account, now.minusSeconds(count - i), "x" + i + "@example.test");
    }
  }

  private static long claimsOf(List<Claim> claims, Account account) {
    return claims.stream().filter(claim -> account.id().equals(claim.account())).count();
  }
}
