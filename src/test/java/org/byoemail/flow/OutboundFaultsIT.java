package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.byoemail.flow.ReviewedMails.Reviewed;
import org.byoemail.support.ApiClient;
import org.byoemail.support.Command;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.LinkBrowser;
import org.byoemail.support.OutboundAccounts;
import org.byoemail.support.ProgramUnderTest;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.Services;
import org.byoemail.support.SmtpSink;
import org.byoemail.support.SmtpSink.Arrived;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Submissions through the broker while everything that they need is killed in turn: each arrives,
 * is doubled at most where it was in flight at that moment, and its attempts say so. A share runs
 * at each build; the Maven profile {@code faults} runs all of it.
 */
@RequiresPrograms("smtp-sink")
class OutboundFaultsIT {
  private static final int SUBMISSIONS = Integer.getInteger("byo.faults.submissions", 200);
  private static final int KILLS = Integer.getInteger("byo.faults.kills", 2);
  private static final int ACCOUNTS = 8;
  private static final int WORKERS = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(240);

  @TempDir static Path dir;

  private static final List<String> accounts = new ArrayList<>();

  private static Services services;
  private static SmtpSink sink;
  private static SmtpSink mailsToReviewer;
  private static GatewayProcess gateway;
  private static SentMails sent;

  @BeforeAll
  static void start() {
    services = Services.start(dir.resolve("services"));
    sink = new SmtpSink(dir.resolve("sink"));
    mailsToReviewer = new SmtpSink(dir.resolve("reviewer"));
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
        SmtpSink fourth = mailsToReviewer;
        GatewayProcess first = gateway) {}
  }

  private static long seed() {
    long seed = Long.getLong("byo.faults.seed", System.nanoTime());
    System.out.println("seed of the kills: " + seed + " (-Dbyo.faults.seed)");
    return seed;
  }

  @Test
  void everySubmissionArrivesThoughTheProgramIsKilled() {
    Random random = new Random(seed());

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
    releaseHeld("kill", SUBMISSIONS);

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
  void twoNodesShareABacklogAndSendNothingTwiceAndClaimsOfTheOneThatIsKilledAreTakenOver() {
    try (GatewayProcess other =
        new GatewayProcess(dir.resolve("beside"), services, settings()).heap("-Xmx512m")) {
      other.start();

      releaseBacklog("shared");

      assertEachArrived("shared", 0);
      assertThat(sent.tries("shared")).isEqualTo(SUBMISSIONS);
      for (GatewayProcess node : List.of(gateway, other)) {
        assertThat(OutboundAccounts.sentBy(node)).as("sent by " + node.httpPort()).isPositive();
      }

      long before = OutboundAccounts.sentBy(other);
      releaseBacklog("taken-over");
      await("the other has sent some more")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> OutboundAccounts.sentBy(other) > before);
      other.kill();

      assertEachArrived("taken-over", WORKERS);
    }
  }

  @Test
  void approvedMailLeavesOnceAsApprovedAndNoOtherDoesThoughNodesAreKilled() {
    int count = SUBMISSIONS / 3;
    String careful = carefulSender();
    List<String> keys = List.of(reviewerKey("one"), reviewerKey("two"));
    Random random = new Random(seed());
    ReviewedMails reviews =
        new ReviewedMails(services.postgres().dataSource(), gateway.api(), "reviewed");

    String code = reviewerByMail();

    try (GatewayProcess other =
        new GatewayProcess(dir.resolve("reviewing"), services, settings()).heap("-Xmx512m")) {
      other.start();
      try (Reviewers reviewers = Reviewers.start(List.of(gateway, other), keys, random);
          Submitting beside = submit("beside", SUBMISSIONS - count);
          Submitting submitting =
              Submitting.start(
                  services.broker().stompPort(), "reviewed", count, number -> careful)) {
        reviewers.decideByLinks(List.of(gateway, other), mailsToReviewer, code, random);
        for (int kill = 1; kill <= KILLS; kill++) {
          // About half of them are approved.
          int arrived = kill * count / (3 * KILLS);
          await("reviewed mails before kill " + kill)
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(20))
              .until(() -> sent.arrived("reviewed").size() >= arrived);
          GatewayProcess victim = kill == KILLS || random.nextBoolean() ? other : gateway;
          victim.kill();
          if (kill < KILLS) {
            victim.start();
          }
        }
        beside.await();
        submitting.await();
        await("all that is not left undecided is decided and used")
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(300))
            .untilAsserted(
                () -> {
                  List<Reviewed> all = reviews.all();
                  assertThat(all).hasSize(count);
                  assertThat(all)
                      .filteredOn(Reviewed::isOpen)
                      .allMatch(one -> Reviewers.isLeft(one.subject()));
                });
        expireEverySecond(reviews);
        assertThat(reviewers.wrong()).isEmpty();
        assertAnsweredAsRecorded(reviewers, reviews);
        assertApprovedAgainOnceReleased(reviews, keys.get(0));
        assertOnlyApprovedLeft(reviews, reviewers.seen());
        assertThat(reviewers.byLink()).as("decided by links").isPositive();
        System.out.printf(
            "decided by links: %d, too late: %d%n", reviewers.byLink(), reviewers.conflicts());
      }
    }
    assertNoMailToTheReviewerIsAMessage();
    assertThat(verifiedDossiers()).contains("flow: ").doesNotContain("flow: 0 seals");
    releaseHeld("beside", SUBMISSIONS - count);
    assertEachArrived("beside", SUBMISSIONS - count, KILLS * WORKERS);
  }

  private static String carefulSender() {
    String address = "careful@faults.test";
    String account = OutboundAccounts.make(gateway.api(), address, sink.port());
    String agent = ApiClient.expect(200, gateway.api().get("/accounts/" + account)).text("agent");
    ApiClient.expect(
        200,
        gateway
            .api()
            .patch(
                "/agents/" + agent,
                Map.of("sendingPolicy", Map.of("review", Map.of("when", "always")))));
    return address;
  }

  /** Names a person who decides by links; returns the code to enter there. */
  private static String reviewerByMail() {
    String code =
        ApiClient.expect(
                201,
                gateway
                    .api()
                    .post(
                        "/reviewers",
                        Map.of(
                            "address",
                            "eva@people.test",
                            "decidesBy",
                            "code",
                            "organization",
                            "flow")))
            .text("code");
    Pattern link = Pattern.compile("/connect/reviewer/[A-Za-z0-9_-]{43}");
    String path =
        await()
            .atMost(Duration.ofMinutes(1))
            .until(
                () ->
                    mailsToReviewer.arrived().stream()
                        .map(mail -> link.matcher(String.join("\n", mail.lines())))
                        .filter(Matcher::find)
                        .map(Matcher::group)
                        .findFirst()
                        .orElse(null),
                Objects::nonNull);
    LinkBrowser reviewer = new LinkBrowser(gateway.httpPort(), "http://any" + path);
    reviewer.open();
    assertThat(reviewer.submit("confirm").body()).contains("Confirmed");
    return code;
  }

  private static void assertNoMailToTheReviewerIsAMessage() {
    assertThat(
            JdbcClient.create(services.postgres().dataSource())
                .sql("SELECT count(*) FROM message_recipient WHERE address = 'eva@people.test'")
                .query(Long.class)
                .single())
        .isZero();
  }

  /** What {@code dossier verify} prints; it fails unless all chains of the database are valid. */
  private static String verifiedDossiers() {
    return Command.run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            ProgramUnderTest.jar().toString(),
            "dossier",
            "verify"),
        services.with(Map.of()));
  }

  private static String reviewerKey(String name) {
    return ApiClient.expect(
            201,
            gateway
                .api()
                .post(
                    "/api-keys", Map.of("name", name, "role", "operator", "organization", "flow")))
        .text("key");
  }

  /** Every second one of those that nobody decides on; an approval then comes too late. */
  private static void expireEverySecond(ReviewedMails reviews) {
    List<Reviewed> left = reviews.all().stream().filter(Reviewed::isOpen).toList();
    List<Reviewed> expiring = new ArrayList<>();
    for (int i = 0; i < left.size(); i += 2) {
      reviews.runOut(left.get(i));
      expiring.add(left.get(i));
    }
    assertThat(expiring).isNotEmpty();
    await("reviews expire")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .until(
            () ->
                reviews.all().stream().filter(one -> one.state().equals("expired")).count()
                    == expiring.size());
    for (Reviewed late : expiring) {
      ApiClient.expect(
          409,
          gateway
              .api()
              .post("/reviews/" + late.id() + "/approve", Map.of("version", late.version())));
    }
  }

  private static void assertAnsweredAsRecorded(Reviewers reviewers, ReviewedMails reviews) {
    Map<String, String> states =
        reviews.all().stream()
            .collect(Collectors.toMap(one -> one.id().toString(), Reviewed::state));
    assertThat(reviewers.decided()).isNotEmpty();
    reviewers
        .decided()
        .forEach(
            (id, decision) ->
                assertThat(states.get(id))
                    .isEqualTo(decision.equals("approved") ? "used" : "rejected"));
  }

  /** What was in flight at a kill is held, is reviewed again when released, and then leaves. */
  private static void assertApprovedAgainOnceReleased(ReviewedMails reviews, String key) {
    await("all that is approved is sent or held")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(
            () ->
                assertThat(reviews.all())
                    .filteredOn(Reviewed::isUsed)
                    .allMatch(one -> Set.of("sent", "held").contains(one.status())));
    List<UUID> held =
        reviews.all().stream()
            .filter(one -> one.status().equals("held"))
            .map(Reviewed::message)
            .toList();
    System.out.println("reviewed mails in flight at a kill, and held: " + held.size());
    assertThat(held).hasSizeLessThanOrEqualTo(KILLS * WORKERS);
    Map<String, Long> before =
        sent.arrived("reviewed").stream()
            .collect(Collectors.groupingBy(mail -> mail.field("Subject"), Collectors.counting()));
    assertThat(before.values()).as("nothing is sent again by itself").allMatch(n -> n == 1);
    ApiClient reviewer = new ApiClient("http://127.0.0.1:" + gateway.httpPort(), key);
    for (UUID message : held) {
      ApiClient.expect(202, gateway.api().post("/messages/" + message + "/release"));
      JsonNode again =
          reviewer.get("/reviews?state=requested&message=" + message).body().at("/items/0");
      // The two may have been faster.
      reviewer.post(
          "/reviews/" + again.path("id").asText() + "/approve",
          Map.of("version", again.path("version").asInt()));
    }
    await("what was released is decided")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .until(
            () ->
                reviews.all().stream()
                    .filter(one -> held.contains(one.message()))
                    .allMatch(one -> Set.of("sent", "cancelled").contains(one.status())));
  }

  private static void assertOnlyApprovedLeft(ReviewedMails reviews, Map<String, String> seen) {
    Map<String, List<String>> arrived =
        sent.arrived("reviewed").stream()
            .collect(
                Collectors.groupingBy(
                    mail -> mail.field("Subject"),
                    Collectors.mapping(
                        mail -> ReviewedMails.constant(mail.mail()), Collectors.toList())));
    Map<String, List<Reviewed>> bySubject =
        reviews.all().stream().collect(Collectors.groupingBy(Reviewed::subject));
    bySubject.forEach(
        (subject, all) -> {
          List<Reviewed> used = all.stream().filter(Reviewed::isUsed).toList();
          List<String> approved = used.stream().map(reviews::approved).toList();
          List<String> copies = arrived.getOrDefault(subject, List.of());
          assertThat(copies).as(subject).hasSizeLessThanOrEqualTo(used.size());
          // A kill may cut one short.
          assertThat(copies)
              .as(subject)
              .allMatch(copy -> approved.stream().anyMatch(mail -> mail.startsWith(copy)));
          if (all.get(0).status().equals("sent")) {
            assertThat(copies).as(subject).containsAnyElementsOf(approved);
          }
          if (used.size() == 1 && seen.containsKey(subject)) {
            assertThat(approved).containsExactly(ReviewedMails.constant(seen.get(subject).lines()));
          }
        });
    assertThat(arrived).isNotEmpty();
    assertThat(bySubject.keySet()).containsAll(arrived.keySet());
    assertThat(reviews.all())
        .extracting(Reviewed::state)
        .contains("used", "rejected", "expired", "requested")
        .doesNotContain("approved");
  }

  /** All is accepted before any of it may leave. */
  private static void releaseBacklog(String name) {
    services
        .postgres()
        .execute("UPDATE agent_email_account SET paused_at = now() WHERE paused_at IS NULL");
    try (Submitting submitting = submit(name)) {
      submitting.await();
      await("all are accepted").atMost(PATIENCE).until(() -> sent.accepted(name) == SUBMISSIONS);
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
    return submit(name, SUBMISSIONS);
  }

  private static Submitting submit(String name, int count) {
    return Submitting.start(
        services.broker().stompPort(), name, count, number -> address(number % ACCOUNTS));
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
  private static void releaseHeld(String name, int count) {
    await("all '" + name + "' are sent or held")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(
            () -> {
              Map<String, Long> statuses = sent.statuses(name);
              assertThat(statuses.keySet()).isSubsetOf("sent", "held");
              assertThat(statuses.values().stream().mapToLong(n -> n).sum()).isEqualTo(count);
            });
    long held = sent.statuses(name).getOrDefault("held", 0L);
    List<UUID> unknownTwice = sent.unknownTwice(name);
    System.out.println("in flight at two kills, and held: " + held);

    assertThat(unknownTwice).hasSize((int) held);
    for (UUID message : unknownTwice) {
      ApiClient.expect(202, gateway.api().post("/messages/" + message + "/release"));
    }
  }

  private static void assertEachArrived(String name, int doubledAtMost) {
    assertEachArrived(name, SUBMISSIONS, doubledAtMost);
  }

  /** Also that the attempts tell the truth of what arrived. */
  private static void assertEachArrived(String name, int count, int doubledAtMost) {
    await("all '" + name + "' are sent")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(300))
        .untilAsserted(
            () -> assertThat(sent.statuses(name)).containsExactly(Map.entry("sent", (long) count)));
    List<Arrived> arrived = sent.arrived(name);
    Map<String, Set<String>> idsOfSubject =
        arrived.stream()
            .collect(
                Collectors.groupingBy(
                    mail -> mail.field("Subject"),
                    Collectors.mapping(mail -> mail.field("Message-ID"), Collectors.toSet())));
    assertThat(idsOfSubject).hasSize(count);
    assertThat(idsOfSubject.values()).allMatch(ids -> ids.size() == 1);
    assertThat(arrived).hasSizeLessThanOrEqualTo(count + doubledAtMost);
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
    // A transport of the platform, for mail to reviewers alone.
    settings.put("BYO_TRANSPORT_RELAY_HOST", "localhost");
    settings.put("BYO_TRANSPORT_RELAY_PORT", String.valueOf(mailsToReviewer.port()));
    settings.put("BYO_TRANSPORT_RELAY_SECURITY", "none");
    settings.put("BYO_TRANSPORT_RELAY_ORGANIZATIONS_PLATFORM", "platform.test");
    settings.put("BYO_REVIEW_MAIL_FROM", "reviews@platform.test");
    settings.put("BYO_REVIEW_MAIL_INTERVAL", "500ms");
    settings.put("BYO_PUBLIC_URL", "http://localhost:1");
    settings.put("BYO_OUTBOUND_WORKERS", String.valueOf(WORKERS));
    settings.put("BYO_OUTBOUND_CLAIM_TTL", "3s");
    settings.put("BYO_OUTBOUND_UNKNOWN_DELAY", "1s");
    settings.put("BYO_OUTBOUND_OWN_TROUBLE_DELAY", "1s");
    return settings;
  }
}
