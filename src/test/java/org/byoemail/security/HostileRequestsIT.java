package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.byoemail.support.ApiClient;
import org.byoemail.support.GatewayProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The jar with little memory, and what strangers may send to its port. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileRequestsIT {
  /** A share of them at each build; the Maven profile faults sends all. */
  private static final int REQUESTS = Integer.getInteger("byo.faults.requests", 20_000);

  private static final long FLOOD = 300L << 20;
  private static final long MOST_GROWTH = 16L << 20;
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final String FORM = "Content-Type: application/x-www-form-urlencoded";
  private static final String PASSWORD = "the-password-of-the-console";
  private static final Pattern CSRF_COOKIE = Pattern.compile("byo-csrf=([^;]+)");
  private static final Pattern CSRF_TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");
  private static final String KEY = "Authorization: Bearer " + GatewayProcess.ADMIN_KEY;

  private GatewayProcess gateway;
  private int port;

  @BeforeAll
  void start(@TempDir Path dir) {
    gateway =
        new GatewayProcess(
                dir,
                Map.of(
                    "BYO_CONSOLE_PASSWORD", PASSWORD,
                    "SERVER_FORWARD_HEADERS_STRATEGY", "native",
                    "BYO_ROUTES_RELOAD", "false"))
            .heap("-Xmx256m");
    gateway.start();
    port = gateway.httpPort();
  }

  @AfterAll
  void stop() {
    gateway.close();
  }

  @AfterEach
  void gatewayIsWell() {
    assertThat(gateway.isAlive()).isTrue();
    assertThat(gateway.output()).doesNotContain("OutOfMemoryError");
    answersSoon("GET", "/actuator/health/liveness", 200);
    assertThat(gateway.api().get("/agents").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /api/v1/agents, false",
    "PUT, /api/v1/agents, true",
    "PATCH, /%61pi/v1/agents, true",
    "DELETE, //api/v1/agents, true",
    "PUT, /api;x=y/v1/messages, true",
    "PUT, /login, true",
    "POST, /login, true",
    "PUT, /actuator/health, true",
    "GET, /style.css, true"
  })
  void floodOfAStrangerIsRefused(String method, String path, boolean chunked) {
    try (RawHttp stranger = new RawHttp(port)) {
      stranger.send(
          RawHttp.head(
              method,
              path,
              FORM,
              chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + FLOOD));

      long sent = stranger.pour(FLOOD, chunked);

      assertThat(sent).isLessThan(FLOOD / 2);
    }
  }

  @Test
  void announcedFloodIsToldThatItIsTooLarge() {
    String answer = RawHttp.ask(port, "PUT", "/%61pi/v1/agents", FORM, "Content-Length: " + FLOOD);

    assertThat(RawHttp.statusOf(answer)).isEqualTo(413);
    assertThat(answer).contains("application/problem+json", "larger than the 1048576 bytes");
  }

  @Test
  void bodyThatPassesItsLimitUnannouncedIsToldSo() {
    try (RawHttp producer = new RawHttp(port)) {
      producer.send(
          RawHttp.head(
              "POST",
              "/api/v1/agents",
              KEY,
              "Content-Type: application/json",
              "Connection: close",
              "Transfer-Encoding: chunked"));
      String name = "a".repeat(0x100000);
      producer.send("A\r\n{\"name\": \"\r\n100000\r\n" + name + "\r\n2\r\n\"}\r\n0\r\n\r\n");

      String answer = producer.rest();

      assertThat(RawHttp.statusOf(answer)).isEqualTo(413);
      assertThat(answer).contains("application/problem+json", "larger than the 1048576 bytes");
    }
  }

  @Test
  void shortBodyOfARefusedRequestLeavesItsConnectionUsable() {
    try (RawHttp stranger = new RawHttp(port)) {
      stranger.send(RawHttp.head("POST", "/api/v1/agents", "Content-Length: 9") + "GET / HTT");
      stranger.send(RawHttp.head("GET", "/login", "Connection: close"));

      String both = stranger.rest();

      assertThat(both).startsWith("HTTP/1.1 401").containsOnlyOnce("HTTP/1.1 200");
    }
  }

  @Test
  void clientThatAsksFirstIsRefusedBeforeItSends() {
    String answer =
        RawHttp.ask(
            port,
            "POST",
            "/api/v1/messages",
            "Content-Type: application/json",
            "Expect: 100-continue",
            "Content-Length: 30000000");

    assertThat(answer).startsWith("HTTP/1.1 401").doesNotContain("100 Continue");
  }

  @Test
  void largeBodyInChunksIsAcceptedWhereMailIsCarried() {
    try (RawHttp producer = new RawHttp(port)) {
      producer.send(
          RawHttp.head(
              "POST",
              "/api/v1/attachments?name=a.txt",
              KEY,
              "Content-Type: text/plain",
              "Transfer-Encoding: chunked"));
      producer.pour(3 << 20, true);

      assertThat(producer.status()).isEqualTo(201);
    }
  }

  @Test
  void slowBodiesOfStrangersHoldUpNobody() {
    List<RawHttp> slow = slow(230, RawHttp.head("POST", "/login", FORM, "Content-Length: 1000"));
    try {
      answersSoon("GET", "/login", 200);
      assertThat(gateway.api().get("/agents").status()).isEqualTo(200);
      assertThat(slow.get(slow.size() - 1).status()).isEqualTo(503);
    } finally {
      slow.forEach(RawHttp::close);
    }
  }

  @Test
  void slowBodiesOfOneKeyLeaveRoomForOthersLargeRequests() {
    String head =
        RawHttp.head(
            "POST",
            "/api/v1/messages",
            KEY,
            "Content-Type: application/json",
            "Content-Length: 30000000");
    List<RawHttp> slow = slow(20, head);
    try {
      long before = System.nanoTime();
      ApiClient.Answer large =
          gateway.api().post("/messages", Map.of("subject", "x".repeat(2_000_000)));

      assertThat(large.status()).isEqualTo(400);
      assertThat(System.nanoTime() - before).isLessThan(SOON.toNanos());
    } finally {
      slow.forEach(RawHttp::close);
    }
  }

  @Test
  void formInPartsIsRefusedWhereNoFileIsTaken() {
    String answer =
        RawHttp.ask(
            port,
            "POST",
            "/console/accounts",
            "Content-Type: multipart/form-data; boundary=b",
            "Content-Length: 900000");

    assertThat(RawHttp.statusOf(answer)).isEqualTo(415);
  }

  @Test
  void manyAnonymousRequestsMakeNoSessionAndTakeNoMemory() throws Exception {
    anonymous(2_000); // What is loaded once is loaded.
    double sessions = metric("tomcat_sessions_created_sessions_total");
    long before = heapInUse();

    anonymous(REQUESTS);

    assertThat(metric("tomcat_sessions_created_sessions_total")).isEqualTo(sessions);
    assertThat(heapInUse() - before).isLessThan(MOST_GROWTH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/login", "/console/accounts", "/error", "/no-such-page"})
  void strangerGetsNoSessionCookie(String path) {
    assertThat(RawHttp.ask(port, "GET", path)).doesNotContain("JSESSIONID");
    assertThat(RawHttp.ask(port, "POST", path, "Content-Length: 0")).doesNotContain("JSESSIONID");
  }

  @Test
  void guesserShutsOutNobodyBehindTheSameProxy() {
    String guesser = "X-Forwarded-For: 2001:db8:1:2::7";
    for (int i = 0; i < 20; i++) {
      assertThat(status(guesser, "Authorization: Bearer byo_wrong-" + i)).isEqualTo(401);
    }

    int wrong = status("X-Forwarded-For: 2001:db8:1:2::8", "Authorization: Bearer byo_wrong");
    int other = status("X-Forwarded-For: 2001:db8:1:3::7", "Authorization: Bearer byo_wrong");

    assertThat(wrong).isEqualTo(429);
    assertThat(other).isEqualTo(401);
    assertThat(status(guesser, KEY)).isEqualTo(200);
    assertThat(login(guesser)).startsWith("HTTP/1.1 302").contains("Location: /console\r\n");
  }

  private int status(String... fields) {
    return RawHttp.statusOf(RawHttp.ask(port, "GET", "/api/v1/agents", fields));
  }

  private String login(String address) {
    String page = RawHttp.ask(port, "GET", "/login", address);
    String form = "username=admin&password=" + PASSWORD + "&_csrf=" + found(CSRF_TOKEN, page);
    try (RawHttp browser = new RawHttp(port)) {
      String head =
          RawHttp.head(
              "POST",
              "/login",
              address,
              FORM,
              "Cookie: byo-csrf=" + found(CSRF_COOKIE, page),
              "Content-Length: " + form.length(),
              "Connection: close");
      return browser.send(head + form).rest();
    }
  }

  private static String found(Pattern pattern, String page) {
    Matcher matcher = pattern.matcher(page);
    assertThat(matcher.find()).as(page).isTrue();
    return matcher.group(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/console/accounts", "/api/v1/openapi.json", "/error", "/login"})
  void nameThatAStrangerGivesUsIsNotRepeated(String path) {
    String answer =
        RawHttp.ask(
            port,
            "GET",
            path,
            "Host: evil.test",
            "X-Forwarded-Host: evil.test",
            "Forwarded: host=evil.test");

    assertThat(answer).startsWith("HTTP/1.1 ").doesNotContain("evil.test");
  }

  @ParameterizedTest
  @CsvSource({
    "TRACE, /, 405",
    "TRACE, /api/v1/agents, 405",
    "OPTIONS, /api/v1/agents, 401",
    "HEAD, /api/v1/agents, 401",
    "HEAD, /console/accounts, 302",
    "CONNECT, /api/v1/agents, 501",
    "GET, /api;x=y/v1/agents, 400",
    "GET, //api/v1/agents, 400",
    "GET, /%61pi/v1/agents, 401",
    "GET, /api/v1/%2e%2e/v1/agents, 400",
    "GET, /actuator, 401",
    "GET, /actuator/env, 302",
    "GET, /actuator/health/db, 404",
    "GET, /error, 404",
    "GET, /../application.yaml, 400",
    "GET, /templates/login.html, 302"
  })
  void doorsAreShut(String method, String path, int status) {
    String answer = RawHttp.ask(port, method, path);

    assertThat(RawHttp.statusOf(answer)).isEqualTo(status);
    assertThat(answer).doesNotContain("org.", "Exception", "Tomcat");
  }

  /** Pages, calls and forms of nobody, a hundred to a connection. */
  private void anonymous(int requests) throws Exception {
    String form = "username=a&password=b&_csrf=c";
    String some =
        RawHttp.head("GET", "/login")
            + RawHttp.head("POST", "/login", FORM, "Content-Length: " + form.length())
            + form
            + (RawHttp.head("GET", "/") + RawHttp.head("GET", "/console/accounts?a=b")).repeat(2)
            + RawHttp.head("GET", "/api/v1/agents").repeat(3);
    String last = RawHttp.head("GET", "/", "Connection: close");
    String batch = (some + RawHttp.head("GET", "/")).repeat(9) + some + last;
    ExecutorService strangers = Executors.newFixedThreadPool(4);
    try {
      List<CompletableFuture<Integer>> answers =
          IntStream.range(0, requests / 100)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> answers(batch), strangers))
              .toList();
      for (CompletableFuture<Integer> each : answers) {
        assertThat(each.get(2, TimeUnit.MINUTES)).isEqualTo(100);
      }
    } finally {
      strangers.shutdownNow();
    }
  }

  private int answers(String batch) {
    try (RawHttp connection = new RawHttp(port)) {
      return connection.send(batch).rest().split("HTTP/1\\.1 ", -1).length - 1;
    }
  }

  private List<RawHttp> slow(int count, String head) {
    List<RawHttp> connections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      connections.add(new RawHttp(port).send(head + "{"));
    }
    return connections;
  }

  private void answersSoon(String method, String path, int status) {
    long before = System.nanoTime();
    assertThat(RawHttp.statusOf(RawHttp.ask(port, method, path))).isEqualTo(status);
    assertThat(System.nanoTime() - before).isLessThan(SOON.toNanos());
  }

  private double metric(String name) {
    List<String> lines = gateway.metrics().stream().filter(line -> line.startsWith(name)).toList();
    assertThat(lines).as(name).isNotEmpty();
    return lines.stream()
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /** After a collection of garbage. */
  private long heapInUse() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process collection =
        new ProcessBuilder(jcmd.toString(), String.valueOf(gateway.pid()), "GC.run")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectErrorStream(true)
            .start();
    assertThat(collection.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return (long) metric("jvm_memory_used_bytes{area=\"heap\"");
  }
}
