package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.byoemail.support.ApiClient;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.Services;
import org.byoemail.support.SmtpSink;
import org.byoemail.support.SmtpSink.Arrived;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Submissions through the broker while everything that they need is killed in turn: each arrives,
 * is doubled at most where it was in flight at that moment, and its attempts say so. A share runs
 * at each build; the Maven profile {@code faults} runs all of it.
 */
@RequiresPrograms("smtp-sink")
class OutboundFaultsIT {
  private static final int SUBMISSIONS = Integer.getInteger("byo.faults.submissions", 300);
  private static final int KILLS = Integer.getInteger("byo.faults.kills", 2);
  private static final int ACCOUNTS = 8;
  private static final int WORKERS = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(240);

  @TempDir static Path dir;

  private static final List<String> accounts = new ArrayList<>();

  private static Services services;
  private static SmtpSink sink;
  private static GatewayProcess gateway;
  private static SentMails sent;

  @BeforeAll
  static void start() {
    services = Services.start(dir.resolve("services"));
    sink = new SmtpSink(dir.resolve("sink"));
    gateway = new GatewayProcess(dir.resolve("one"), services, settings());
    gateway.start();
    for (int i = 0; i < ACCOUNTS; i++) {
      accounts.add(OutboundAccounts.make(gateway.api(), address(i), sink.port()));
    }
    sent = new SentMails(services.postgres().dataSource(), sink);
  }

  @AfterAll
  static void stop() {
    // From the last one on, and each of them though another cannot be closed.
    try (Services third = services;
        SmtpSink second = sink;
        GatewayProcess first = gateway) {}
  }

  @Test
  void everySubmissionArrivesThoughTheProgramIsKilled() {
    long seed = Long.getLong("byo.faults.seed", System.nanoTime());
    System.out.println("seed of the kills: " + seed + " (-Dbyo.faults.seed)");
    Random random = new Random(seed);

    try (Submitting submitting = submit("kill")) {
      for (int kill = 1; kill <= KILLS; kill++) {
        int arrived = sent.arrived("kill").size() + 1 + random.nextInt(SUBMISSIONS / (KILLS + 1));
        await("mails before kill " + kill)
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> sent.arrived("kill").size() >= Math.min(arrived, SUBMISSIONS - 1));
        gateway.kill();
        gateway.start();
      }
      submitting.await();
    }
    releaseHeld("kill");

    assertEachArrived("kill", KILLS * WORKERS);
  }

  @Test
  void everySubmissionArrivesThoughTheDatabaseIsKilled() {
    duringSubmission(
        "database",
        () -> {
          services.postgres().kill();
          services.postgres().start();
        });

    // What a server said is kept until the database is there again, unless the claim has run out by
    // then: what was in flight is of unknown fate.
    assertEachArrived("database", WORKERS);
  }

  @Test
  void everySubmissionArrivesThoughRedisIsAway() {
    limit(Map.of("messagesPerHour", 100 * SUBMISSIONS));

    duringSubmission("redis", () -> services.redis().kill());
    services.redis().start();
    limit(null);

    assertEachArrived("redis", 0);
  }

  @Test
  void everySubmissionArrivesThoughTheBrokerIsKilled() {
    duringSubmission(
        "broker",
        () -> {
          services.broker().kill();
          services.broker().start();
        });

    assertEachArrived("broker", 0);
  }

  @Test
  void everySubmissionArrivesThoughTheMailServerIsKilled() {
    duringSubmission(
        "server",
        () -> {
          sink.kill();
          sink.start();
        });
    // Again and again: an attempt that was under way at the kill may end late, and then its account
    // backs off for minutes.
    await("all 'server' are sent")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .until(
            () -> {
              services.postgres().execute("UPDATE account_health SET backoff_until = now()");
              return sent.statuses("server").equals(Map.of("sent", (long) SUBMISSIONS));
            });

    assertEachArrived("server", WORKERS);
  }

  @Test
  void twoNodesShareABacklogAndSendNothingTwice() {
    withTwoNodesAndABacklog(
        "shared",
        other -> {
          assertEachArrived("shared", 0);

          assertThat(sent.tries("shared")).isEqualTo(SUBMISSIONS);
          for (GatewayProcess node : List.of(gateway, other)) {
            assertThat(OutboundAccounts.sentBy(node)).as("sent by " + node.httpPort()).isPositive();
          }
        });
  }

  @Test
  void claimsOfANodeThatIsKilledAreTakenOver() {
    withTwoNodesAndABacklog(
        "taken-over",
        other -> {
          await("the other has sent some")
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(20))
              .until(() -> OutboundAccounts.sentBy(other) > 0);
          other.kill();

          assertEachArrived("taken-over", WORKERS);
        });
  }

  /** All is accepted before any of it may leave. */
  private static void withTwoNodesAndABacklog(String name, Consumer<GatewayProcess> then) {
    services
        .postgres()
        .execute("UPDATE agent_email_account SET paused_at = now() WHERE paused_at IS NULL");
    try (GatewayProcess other =
        new GatewayProcess(dir.resolve("beside-" + name), services, settings()).heap("-Xmx512m")) {
      other.start();
      try (Submitting submitting = submit(name)) {
        submitting.await();
      }
      await("all are accepted").atMost(PATIENCE).until(() -> sent.accepted(name) == SUBMISSIONS);
      services
          .postgres()
          .execute("UPDATE agent_email_account SET paused_at = NULL WHERE paused_at IS NOT NULL");

      then.accept(other);
    } finally {
      services
          .postgres()
          .execute("UPDATE agent_email_account SET paused_at = NULL WHERE paused_at IS NOT NULL");
    }
  }

  /** Without one, nobody asks Redis whether a mail may leave. */
  private static void limit(@Nullable Map<String, Integer> limits) {
    for (String account : accounts) {
      ApiClient.expect(
          200,
          gateway.api().patch("/accounts/" + account, Collections.singletonMap("limits", limits)));
    }
  }

  private static Submitting submit(String name) {
    return Submitting.start(
        services.broker().stompPort(), name, SUBMISSIONS, number -> address(number % ACCOUNTS));
  }

  private static void duringSubmission(String name, Runnable fault) {
    try (Submitting submitting = submit(name)) {
      await("the first of them")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> sent.arrived(name).size() > SUBMISSIONS / 20);
      fault.run();
      submitting.await();
    }
  }

  /** What was in flight at two of the kills is held for a person: here is one. */
  private static void releaseHeld(String name) {
    await("all '" + name + "' are sent or held")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(
            () -> {
              Map<String, Long> statuses = sent.statuses(name);
              assertThat(statuses.keySet()).isSubsetOf("sent", "held");
              assertThat(statuses.values().stream().mapToLong(n -> n).sum()).isEqualTo(SUBMISSIONS);
            });
    long held = sent.statuses(name).getOrDefault("held", 0L);
    List<UUID> unknownTwice = sent.unknownTwice(name);
    System.out.println("in flight at two kills, and held: " + held);

    assertThat(unknownTwice).hasSize((int) held);
    for (UUID message : unknownTwice) {
      ApiClient.expect(202, gateway.api().post("/messages/" + message + "/release"));
    }
  }

  /** Also that the attempts tell the truth of what arrived. */
  private static void assertEachArrived(String name, int doubledAtMost) {
    await("all '" + name + "' are sent")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(
            () ->
                assertThat(sent.statuses(name))
                    .containsExactly(Map.entry("sent", (long) SUBMISSIONS)));
    List<Arrived> arrived = sent.arrived(name);
    Map<String, Set<String>> idsOfSubject =
        arrived.stream()
            .collect(
                Collectors.groupingBy(
                    mail -> mail.field("Subject"),
                    Collectors.mapping(mail -> mail.field("Message-ID"), Collectors.toSet())));
    assertThat(idsOfSubject).hasSize(SUBMISSIONS);
    assertThat(idsOfSubject.values()).allMatch(ids -> ids.size() == 1);
    assertThat(arrived).hasSizeLessThanOrEqualTo(SUBMISSIONS + doubledAtMost);
    List<String> attempts = arrived.stream().map(mail -> mail.field("X-Gobii-Message-ID")).toList();
    assertThat(attempts).as("an attempt sends once").doesNotHaveDuplicates();
    Map<String, String> outcomes = sent.outcomes(name);
    assertThat(attempts).allMatch(id -> Set.of("accepted", "unknown").contains(outcomes.get(id)));
    outcomes.forEach(
        (attempt, outcome) -> {
          if (outcome.equals("accepted")) {
            assertThat(attempts).contains(attempt);
          }
        });
  }

  private static String address(int number) {
    return "agent" + number + "@faults.test";
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("BYO_CONNECTION_ALLOWED_NETWORKS", "127.0.0.0/8,::1/128");
    settings.put("BYO_OUTBOUND_WORKERS", String.valueOf(WORKERS));
    settings.put("BYO_OUTBOUND_CLAIM_TTL", "3s");
    settings.put("BYO_OUTBOUND_UNKNOWN_DELAY", "1s");
    settings.put("BYO_OUTBOUND_OWN_TROUBLE_DELAY", "1s");
    return settings;
  }
}
