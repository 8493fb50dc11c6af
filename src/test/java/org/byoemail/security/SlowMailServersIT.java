package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.byoemail.support.ApiClient;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.Jdks;
import org.byoemail.support.OutboundAccounts;
import org.byoemail.support.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mail servers that answer nothing, and mails that are large, on a JDK with virtual threads, two
 * cores and little memory: others who use the node are not delayed. A share of it runs at each
 * build; the Maven profile {@code faults} runs all of it.
 */
@Tag("alone")
class SlowMailServersIT {
  /** More than the workers that a node has for all servers. */
  private static final int TARPITS = Integer.getInteger("byo.faults.tarpits", 220);

  private static final int OTHERS = 20;
  private static final int LARGE_TEXTS = 16;
  private static final int LARGE_TEXT = 12 << 20;
  // A third more when it is encoded: as much as a message may be.
  private static final int LARGE_FILES = Integer.getInteger("byo.faults.files", 16);
  private static final int LARGE_FILE = 18_000_000;
  private static final Duration READY_WITHIN = Duration.ofSeconds(1);

  @TempDir private static Path dir;

  private static GatewayProcess gateway;
  private static ScriptedSmtpServer good;
  private static ScriptedSmtpServer tarpit;

  @BeforeAll
  static void start() {
    Optional<Path> jdk = Jdks.from(21);
    assumeThat(jdk).as("a JDK 21 or later, here or named by BYO_TEST_JDK").isPresent();
    good = new ScriptedSmtpServer().offering("PIPELINING", "SIZE 30000000").keeping(2000);
    tarpit = new ScriptedSmtpServer();
    gateway =
        new GatewayProcess(
                dir,
                Map.of(
                    "BYO_CONNECTION_ALLOWED_NETWORKS", "127.0.0.0/8,::1/128",
                    "JAVA_TOOL_OPTIONS", "-XX:ActiveProcessorCount=2"))
            .java(jdk.orElseThrow())
            .heap("-Xmx512m");
    gateway.start();
  }

  @AfterAll
  static void stop() {
    if (gateway != null) {
      // First: the gateway waits for what it is sending.
      tarpit.close();
      good.close();
      gateway.close();
    }
  }

  @Test
  void manyLargeMailsThatAreDueAtOnceLeaveWithLittleMemory() {
    ApiClient api = gateway.api();
    OutboundAccounts.make(api, "large@example.test", good.port());
    int before = good.mails().size();
    String text = "0123456789abcdef0123456789abcdef0123456789abcdef\n".repeat(LARGE_TEXT / 49);
    ApiClient.expect(202, api.post("/sending/pause", Map.of("reason", "until all are there")));
    for (int i = 0; i < LARGE_TEXTS; i++) {
      submit(api, "large-" + i, "large@example.test", text);
    }
    List<?> file = List.of(Map.of("id", api.upload("large.bin", new byte[LARGE_FILE])));
    for (int i = 0; i < LARGE_FILES; i++) {
      submit(api, "file-" + i, "large@example.test", "short", file);
    }

    ApiClient.expect(202, api.post("/sending/resume"));

    await("all mails; see " + dir)
        .atMost(Duration.ofMinutes(3))
        .until(() -> good.mails().size() == before + LARGE_TEXTS + LARGE_FILES);
    assertThat(gateway.output()).doesNotContain("OutOfMemoryError");
  }

  @Test
  void tarpitOfManyAddressesStopsNeitherTheNodeNorTheMailOfOthers() throws Exception {
    ApiClient api = gateway.api();
    OutboundAccounts.make(api, "good@example.test", good.port());
    List<String> tarpitted =
        IntStream.range(0, TARPITS)
            .parallel()
            .mapToObj(
                i -> {
                  String host = "127.1." + i / 200 + "." + (i % 200 + 1);
                  String address = "slow-" + i + "@example.test";
                  return OutboundAccounts.make(
                      api, api.openAgent(address), address, host, tarpit.port());
                })
            .toList();
    tarpit.answer(ScriptedSmtpServer.GREETING, ScriptedSmtpServer.SILENCE);
    int before = good.mails().size();
    for (int i = 0; i < TARPITS; i++) {
      submit(api, "slow-" + i, "slow-" + i + "@example.test", "short");
    }
    ExecutorService callers = Executors.newFixedThreadPool(40);

    List<CompletableFuture<Integer>> tests =
        tarpitted.stream()
            .limit(40)
            .map(
                id ->
                    CompletableFuture.supplyAsync(
                        () -> api.post("/accounts/" + id + "/test-smtp").status(), callers))
            .toList();
    for (int i = 0; i < OTHERS; i++) {
      submit(api, "good-" + i, "good@example.test", "short");
    }

    await("mail of others; see " + dir)
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              assertThat(readiness()).isLessThan(READY_WITHIN);
              return good.mails().size() == before + OTHERS;
            });
    Set<Integer> answers =
        tests.stream().map(SlowMailServersIT::answer).collect(Collectors.toSet());
    callers.shutdown();
    assertThat(answers).contains(200, 429).isSubsetOf(200, 429, 503);
    await("an account that says why it waits")
        .atMost(Duration.ofSeconds(30))
        .until(() -> tarpitted.stream().anyMatch(id -> saysWhyItWaits(api, id)));
  }

  private static boolean saysWhyItWaits(ApiClient api, String account) {
    return api.get("/accounts/" + account)
        .body()
        .at("/limits/waitReason")
        .asText("")
        .contains("has not been quick");
  }

  private static int answer(CompletableFuture<Integer> test) {
    try {
      return test.get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Duration readiness() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + gateway.httpPort() + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(20))
            .build();
    long began = System.nanoTime();
    int status =
        HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.discarding())
            .statusCode();
    assertThat(status).isEqualTo(200);
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private static void submit(ApiClient api, String id, String from, String text) {
    submit(api, id, from, text, List.of());
  }

  private static void submit(
      ApiClient api, String id, String from, String text, List<?> attachments) {
    ApiClient.Answer answer =
        api.post(
            "/messages",
            Map.of(
                "id", id,
                "from", from,
                "to", List.of("ben@example.test"),
                "subject", "Hello",
                "text", text,
                "attachments", attachments));
    assertThat(answer.status()).as(answer.toString()).isBetween(200, 202);
  }
}
