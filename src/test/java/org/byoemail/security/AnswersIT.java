package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.PostgresProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversation of 200 messages of 10 MB, read from a gateway with little heap. */
@Tag("alone")
class AnswersIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONVERSATION = "018f0000-0000-7000-8000-0000000000c1";
  private static final String MESSAGE = "018f0000-0000-7000-8000-000000000000";
  private static final int MESSAGES = 200;
  private static final String LINE = "All work and no play. ";
  private static final int LINES = 476_626; // 10 MB
  private static final int READERS = 12;
  private static final int SLOW_READERS = 70;

  @TempDir private static Path dir;
  private static PostgresProcess postgres;
  private static GatewayProcess gateway;
  private static String key;

  @BeforeAll
  static void start() {
    postgres = PostgresProcess.started(dir.resolve("database"));
    gateway =
        new GatewayProcess(
                dir.resolve("gateway"),
                Map.of(
                    "SPRING_DATASOURCE_URL", postgres.url(),
                    "BYO_EMBEDDED_SINGLE_NODE", "true",
                    "SPRING_DATASOURCE_USERNAME", "postgres",
                    "SPRING_DATASOURCE_PASSWORD", "postgres",
                    "BYO_CONSOLE_PASSWORD", "test-console-0123456789",
                    "BYO_SECRET_KEYSET", Base64.getEncoder().encodeToString(new byte[32])))
            .heap("-Xmx512m");
    gateway.start();
    storeConversation();
    key =
        gateway
            .api()
            .post("/api-keys", Map.of("name", "acme", "role", "producer", "organization", "acme"))
            .text("key");
  }

  @AfterAll
  static void stop() {
    try (PostgresProcess database = postgres;
        GatewayProcess process = gateway) {}
  }

  @Test
  void conversationIsReadInPagesOfCutTexts() throws Exception {
    Set<String> ids = new HashSet<>();
    String cursor = "";
    int pages = 0;
    while (cursor != null) {
      JsonNode page =
          JSON.readTree(
              get("/conversations/" + CONVERSATION + "?limit=80&cursor=" + cursor).body());
      for (JsonNode message : page.path("messages")) {
        assertThat(ids.add(message.path("id").asText())).isTrue();
        assertThat(message.path("text").asText()).hasSize(10_000).startsWith(LINE);
        assertThat(message.path("textTruncated").asBoolean()).isTrue();
      }
      cursor = page.path("next").asText(null);
      pages++;
    }

    assertThat(ids).hasSize(MESSAGES);
    assertThat(pages).isEqualTo(3);
  }

  @Test
  void messageHasItsWholeText() throws Exception {
    JsonNode message = JSON.readTree(get("/messages/" + MESSAGE).body());

    assertThat(message.path("text").asText()).hasSize(LINE.length() * LINES).endsWith(LINE);
  }

  @Test
  void manyAndSlowReadersLeaveRoomForOthers() throws Exception {
    List<Socket> slow = new ArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(READERS + 1);
    AtomicBoolean over = new AtomicBoolean();
    try {
      for (int i = 0; i < SLOW_READERS; i++) {
        slow.add(
            slowReader(i % 2 == 0 ? "/conversations/" + CONVERSATION : "/messages/" + MESSAGE));
      }
      Future<List<Long>> probes = pool.submit(() -> probe(over));
      List<Callable<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        String path =
            switch (i % 4) {
              case 0 -> "/messages/" + MESSAGE;
              case 1 -> "/messages/" + MESSAGE + "/raw";
              default -> "/conversations/" + CONVERSATION;
            };
        readers.add(() -> drain(path));
      }
      List<Integer> answers = new ArrayList<>();
      for (Future<Integer> answer : pool.invokeAll(readers, 120, TimeUnit.SECONDS)) {
        answers.add(answer.get());
      }
      over.set(true);

      assertThat(answers).contains(200).allMatch(status -> status == 200 || status == 503);
      List<Long> millis = probes.get(30, TimeUnit.SECONDS);
      // One in twenty may be late: the machine has other things to do.
      assertThat(millis.get(millis.size() * 19 / 20)).isLessThan(1000);
      assertThat(gateway.isAlive()).isTrue();
      assertThat(gateway.output()).doesNotContain("OutOfMemoryError");
    } finally {
      over.set(true);
      pool.shutdownNow();
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  /** Asks, with a key that is not the other readers', and then reads next to nothing. */
  private static Socket slowReader(String path) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress("127.0.0.1", gateway.httpPort()), 5000);
    socket
        .getOutputStream()
        .write(
            ("GET /api/v1"
                    + path
                    + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                    + GatewayProcess.ADMIN_KEY
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** How long readiness took to be told, the shortest first. */
  private static List<Long> probe(AtomicBoolean over) throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + gateway.httpPort() + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(20))
            .build();
    List<Long> millis = new ArrayList<>();
    while (millis.isEmpty() || !over.get()) {
      long began = System.nanoTime();
      int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      assertThat(status).isEqualTo(200);
      millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    }
    millis.sort(null);
    return millis;
  }

  private static int drain(String path) throws Exception {
    HttpResponse<InputStream> answer =
        HttpClient.newHttpClient().send(request(path), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      body.transferTo(java.io.OutputStream.nullOutputStream());
    }
    if (answer.statusCode() == 503) {
      assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    }
    return answer.statusCode();
  }

  private static HttpResponse<String> get(String path) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request(path), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer;
  }

  private static HttpRequest request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + gateway.httpPort() + "/api/v1" + path))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + key)
        .build();
  }

  private static void storeConversation() {
    postgres.execute(
        """
          INSERT INTO agent (id, organization, name, created_at)
            VALUES ('018f0000-0000-7000-8000-0000000000a1', 'acme', 'Ada', now());
          INSERT INTO endpoint (id, address, owner_agent_id, created_at)
            VALUES ('018f0000-0000-7000-8000-0000000000e1', 'ada@acme.test',
              '018f0000-0000-7000-8000-0000000000a1', now());
          INSERT INTO conversation (id, agent_id, subject, created_at, last_message_at)
            VALUES ('%1$s', '018f0000-0000-7000-8000-0000000000a1', 'Large', now(), now());
          INSERT INTO message (id, organization, conversation_id, endpoint_id, direction, from_address,
              to_addresses, subject, text_body, created_at)
            VALUES ('%2$s', 'acme', '%1$s', '018f0000-0000-7000-8000-0000000000e1', 'outbound',
              'ada@acme.test', '{ben@x.test}', 'Large', repeat('%3$s', %4$d), now());
          -- Copies of what is compressed already.
          INSERT INTO message (id, organization, conversation_id, endpoint_id, direction, from_address,
              to_addresses, subject, text_body, created_at)
            SELECT ('018f0000-0000-7000-8001-' || lpad(n::text, 12, '0'))::uuid, organization, conversation_id,
              endpoint_id, direction, from_address, to_addresses, subject, text_body, created_at
            FROM message, generate_series(1, %5$d) n;
          INSERT INTO outbound_submission (message_id, organization, submission_id, body_sha256, status, expires_at,
              accepted_at)
            SELECT id, organization, id::text, '', 'sent', now(), now() FROM message;
          """
            .formatted(CONVERSATION, MESSAGE, LINE, LINES, MESSAGES - 1));
  }
}
