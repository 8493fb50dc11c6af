package org.byoemail.account.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.openfeature.sdk.EvaluationContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.AccountId;
import org.byoemail.outbound.delivery.Claim;
import org.byoemail.outbound.delivery.OutboundFixtures;
import org.byoemail.outbound.delivery.SendingTest;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.cluster.NodeIdentity;
import org.byoemail.support.SettableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** What one node stores of the flag, and what the claims of all nodes make of it. */
@SendingTest
class RolloutEvaluatorTest {
  @Autowired private RolloutEvaluator evaluatorOfTheContext;
  @Autowired private Rollout rollout;
  @Autowired private RolloutRows rows;
  @Autowired private OutboundFixtures fixtures;
  @Autowired private AuditLog audit;
  @Autowired private TransactionTemplate transactions;
  @Autowired private ApplicationEventPublisher publisher;
  @Autowired private JdbcClient jdbc;
  @Autowired private SettableClock clock;

  private final List<EnabledFlag> flags = new ArrayList<>();
  private final ScriptedProvider provider = new ScriptedProvider();
  private RolloutEvaluator node;
  private long tookNanos;
  private Runnable meanwhile = () -> {};

  @BeforeEach
  void takeOver() {
    evaluatorOfTheContext.stop();
    jdbc.sql("DELETE FROM rollout_evaluator").update();
    fixtures.clear();
    node = node("a", provider, true);
  }

  @AfterEach
  void giveBack() {
    flags.forEach(EnabledFlag::destroy);
    jdbc.sql("DELETE FROM rollout_evaluator").update();
    evaluatorOfTheContext.start();
  }

  private RolloutEvaluator node(String name, ScriptedProvider provider, boolean byDefault) {
    RolloutSettings settings = settings(byDefault);
    return node(name, new EnabledFlag(settings, provider), settings);
  }

  /** A node that has no provider but our own. */
  private RolloutEvaluator localNode(String name, boolean byDefault) {
    RolloutSettings settings = settings(byDefault);
    return node(name, new EnabledFlag(settings), settings);
  }

  private static RolloutSettings settings(boolean byDefault) {
    return new RolloutSettings(
        byDefault, null, null, null, null, null, null, null, Duration.ofHours(1));
  }

  private RolloutEvaluator node(String name, EnabledFlag flag, RolloutSettings settings) {
    flags.add(flag);
    flag.start();
    NodeIdentity identity = mock(NodeIdentity.class);
    when(identity.id()).thenReturn(name);
    return new RolloutEvaluator(flag, rows, settings, identity, audit, transactions, publisher) {
      @Override
      long nanos() {
        return System.nanoTime() + tookNanos;
      }

      @Override
      void pause() {
        take(Duration.ofSeconds(1));
        meanwhile.run();
      }
    };
  }

  /** An evaluation takes that long. */
  private void take(Duration time) {
    tookNanos += time.toNanos();
    clock.advance(time);
  }

  private long audited() {
    return jdbc.sql("SELECT count(*) FROM audit_entry WHERE action = 'rollout.changed'")
        .query(Long.class)
        .single();
  }

  /** Answers like this, and the next tick evaluates all accounts. */
  private void answer(Predicate<EvaluationContext> answer) {
    provider.answer(answer);
    flags.get(0).evaluateAgain();
  }

  private List<Account> accounts(int count) {
    List<Account> accounts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      accounts.add(fixtures.account(25, null));
    }
    return accounts;
  }

  private Set<AccountId> sending() {
    Set<AccountId> on = new HashSet<>();
    rollout.list(null, true, null, 1000).stream()
        .filter(each -> each.sending().on())
        .forEach(each -> on.add(each.account()));
    return on;
  }

  private static boolean isBelow(EvaluationContext context, int percent) {
    return Math.floorMod(context.getTargetingKey().hashCode(), 100) < percent;
  }

  @Test
  void offWithABacklogLosesNothing() {
    Account account = accounts(1).get(0);
    UUID first = fixtures.message(account, "ben@example.test");
    UUID second = fixtures.message(account, "cyd@example.test");
    answer(context -> false);
    node.tick();

    List<Claim> off = fixtures.claim(16, 3);
    answer(context -> true);
    node.tick();
    List<Claim> on = fixtures.claim(16, 3);

    assertThat(off).isEmpty();
    assertThat(on)
        .extracting(claim -> claim.message().value())
        .containsExactlyInAnyOrder(first, second);
    assertThat(on).allMatch(Claim::accountUsed);
  }

  @Test
  void mailThatFoundNoTransportLeavesAtOnceWhenItsAccountIsUsed() {
    Account account = accounts(1).get(0);
    UUID postponed = fixtures.message(account, "ben@example.test");
    UUID scheduled = fixtures.message(account, "cyd@example.test");
    answer(context -> false);
    node.tick();
    jdbc.sql(
            "UPDATE outbound_delivery SET due = false, due_at = statement_timestamp() + interval '4"
                + " min'")
        .update();
    jdbc.sql(
            "UPDATE outbound_submission SET send_at = statement_timestamp() + interval '4 min'"
                + " WHERE message_id = :id")
        .param("id", scheduled)
        .update();

    answer(context -> true);
    node.tick();

    assertThat(fixtures.claim(16, 3))
        .extracting(claim -> claim.message().value())
        .containsExactly(postponed);
  }

  @Test
  void percentageGrowsAndShrinks() {
    accounts(60);
    List<Set<AccountId>> steps = new ArrayList<>();
    for (int percent : new int[] {10, 50, 100, 50, 10, 0}) {
      answer(context -> isBelow(context, percent));
      node.tick();
      steps.add(sending());
    }

    assertThat(steps.get(1)).containsAll(steps.get(0)).hasSizeBetween(15, 45);
    assertThat(steps.get(2)).hasSize(60);
    assertThat(steps.get(3)).isEqualTo(steps.get(1));
    assertThat(steps.get(4)).isEqualTo(steps.get(0));
    assertThat(steps.get(5)).isEmpty();
    assertThat(audited()).isPositive();
  }

  @Test
  void sidesAreEvaluatedApartForOrganizationAgentAndAccount() {
    Account account = accounts(1).get(0);
    answer(context -> context.getValue("side").asString().equals("receiving"));

    node.tick();

    AccountRollout stored = rollout.of(List.of(account.id())).get(account.id());
    assertThat(stored.sending().on()).isFalse();
    assertThat(stored.receiving().on()).isTrue();
    assertThat(stored.receiving().why()).isEqualTo("SPLIT rule 1");
    assertThat(provider.asked())
        .anySatisfy(
            context -> {
              assertThat(context.getTargetingKey()).isEqualTo(account.id().toString());
              assertThat(context.getValue("organization").asString())
                  .isEqualTo(account.organization().value());
              assertThat(context.getValue("agent").asString())
                  .isEqualTo(account.agent().toString());
              assertThat(context.getValue("address").asString())
                  .isEqualTo(account.address().value());
            });
  }

  @Test
  void providerThatFailsKeepsTheLastValuesAndNewAccountsGetTheDefault() {
    List<Account> known = accounts(2);
    AccountId used = known.get(0).id();
    answer(context -> context.getTargetingKey().equals(used.toString()));
    node.tick();
    Account later = accounts(1).get(0);

    provider.fail();
    flags.get(0).evaluateAgain();
    node.tick();

    assertThat(sending()).containsExactlyInAnyOrder(used, later.id());
    assertThat(rollout.of(List.of(later.id())).get(later.id()).sending().why())
        .contains("BYO_EMAIL_ENABLED=true");
    assertThat(rollout.state().failure()).contains("flag server is away");
    assertThat(rollout.state().failingSince()).isNotNull();
    answer(context -> false);
    node.tick();
    assertThat(sending()).isEmpty();
    assertThat(rollout.state().failure()).isNull();
  }

  @Test
  void oneOfTwoNodesEvaluatesAndTheOtherTakesOver() {
    accounts(3);
    ScriptedProvider other = new ScriptedProvider();
    RolloutEvaluator second = node("b", other, true);
    answer(context -> true);
    other.answer(context -> false);

    node.tick();
    second.tick();
    Set<AccountId> led = sending();
    // As if the first node hung in its provider.
    clock.advance(Duration.ofSeconds(16));
    second.tick();
    node.tick();

    assertThat(led).hasSize(3);
    assertThat(sending()).isEmpty();
    assertThat(rollout.state().node()).isEqualTo("b");
  }

  @Test
  void slowProviderKeepsTheLeaseAndStores() {
    accounts(3);
    ScriptedProvider other = new ScriptedProvider();
    RolloutEvaluator second = node("b", other, true);
    answer(
        context -> {
          take(Duration.ofSeconds(10));
          second.tick();
          return true;
        });

    node.tick();

    assertThat(other.asked()).isEmpty();
    assertThat(sending()).hasSize(3);
    assertThat(rollout.state().node()).isEqualTo("a");
    assertThat(rollout.state().evaluatedAt()).isNotNull();
  }

  @Test
  void newAccountDoesNotWaitForTheEndOfALongRound() {
    List<Account> known = accounts(3);
    answer(context -> true);
    node.tick();
    List<Account> later = new ArrayList<>();
    answer(
        context -> {
          if (later.isEmpty()) {
            later.addAll(accounts(1));
          }
          take(Duration.ofSeconds(4));
          return true;
        });
    provider.asked().clear();

    node.tick();

    assertThat(provider.asked())
        .extracting(EvaluationContext::getTargetingKey)
        .containsExactly(
            known.get(0).id().toString(),
            known.get(0).id().toString(),
            later.get(0).id().toString(),
            later.get(0).id().toString(),
            known.get(1).id().toString(),
            known.get(1).id().toString(),
            known.get(2).id().toString(),
            known.get(2).id().toString());
  }

  @Test
  void nodeThatLostItsLeaseStoresNothingAndSaysNothing() {
    accounts(2);
    answer(context -> false);
    node.tick();
    ScriptedProvider other = new ScriptedProvider();
    RolloutEvaluator second = node("b", other, true);
    other.answer(context -> false);
    long before = audited();
    answer(
        context -> {
          // Unnoticed, as if the node had stood still.
          if (other.asked().isEmpty()) {
            clock.advance(Duration.ofSeconds(16));
            second.tick();
          }
          return true;
        });
    provider.asked().clear();

    node.tick();

    assertThat(rollout.state().node()).isEqualTo("b");
    assertThat(sending()).isEmpty();
    assertThat(audited()).isEqualTo(before);
    assertThat(provider.asked()).hasSize(4);
  }

  @Test
  void startWaitsForTheLeaseOfAProcessThatDied() {
    accounts(2);
    answer(context -> true);
    node.tick();
    Set<AccountId> before = sending();
    RolloutEvaluator restarted = localNode("b", false);

    restarted.start();
    restarted.stop();

    assertThat(before).hasSize(2);
    assertThat(sending()).isEmpty();
    assertThat(rollout.state().node()).isEqualTo("b");
  }

  @Test
  void startDoesNotWaitForANodeThatRuns() {
    accounts(2);
    answer(context -> true);
    node.tick();
    AtomicInteger paused = new AtomicInteger();
    meanwhile =
        () -> {
          paused.incrementAndGet();
          node.tick();
        };
    RolloutEvaluator second = localNode("b", false);

    second.start();
    second.stop();

    assertThat(paused.get()).isBetween(1, 5);
    assertThat(sending()).hasSize(2);
    assertThat(rollout.state().node()).isEqualTo("a");
  }

  @Test
  void nodeThatStopsHandsOverAtOnce() {
    accounts(1);
    ScriptedProvider other = new ScriptedProvider();
    RolloutEvaluator second = node("b", other, true);
    other.answer(context -> false);
    node.start();
    node.tick();

    node.stop();
    second.tick();

    assertThat(sending()).isEmpty();
  }

  @Test
  void changeThatTheProviderReportsIsStoredBeforeTheNextRound() {
    accounts(2);
    node.tick();

    provider.answer(context -> false);

    await()
        .atMost(Duration.ofSeconds(10))
        .until(
            () -> {
              node.tick();
              return sending().isEmpty();
            });
  }

  @Test
  void accountIsNotUsedBeforeItWasEvaluated() {
    Account account = accounts(1).get(0);
    fixtures.message(account, "ben@example.test");

    assertThat(rollout.isOn(account.id(), RolloutSide.SENDING)).isFalse();
    assertThat(fixtures.claim(16, 3)).isEmpty();
    node.tick();
    assertThat(fixtures.claim(16, 3)).hasSize(1);
  }
}
