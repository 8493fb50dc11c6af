package org.byoemail.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.byoemail.support.ApiClient;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.WebServer;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Events of some messages, one after the other, and a webhook that takes them. One in ten is
 * refused at its first attempt.
 */
final class WebhookStream implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final int MESSAGES = Integer.getInteger("byo.faults.event-messages", 12);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String organization = "hooked-" + UUID.randomUUID().toString().substring(0, 8);
  private final List<UUID> messages =
      IntStream.range(0, MESSAGES).mapToObj(i -> UUID.randomUUID()).toList();
  private final Map<String, List<Integer>> accepted = new ConcurrentHashMap<>();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final WebServer web =
      new WebServer(CertificateAuthority.shared().issueOnlyFor("localhost"));
  private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
  private final JdbcClient jdbc;
  private volatile int recorded;

  private WebhookStream(DataSource database) {
    this.jdbc = JdbcClient.create(database);
  }

  /** Creates the webhook, and begins to record events. */
  static WebhookStream start(ApiClient api, DataSource database) {
    WebhookStream stream = new WebhookStream(database);
    stream.web.page("localhost/hook", stream::take);
    ApiClient.expect(
        201,
        api.post(
            "/webhooks",
            Map.of(
                "url",
                "http://localhost:" + stream.web.httpPort() + "/hook",
                "organization",
                stream.organization)));
    stream.writer.scheduleAtFixedRate(stream::record, 0, 1, TimeUnit.SECONDS);
    return stream;
  }

  /** The next event of each message, in one transaction. */
  private void record() {
    int next = recorded + 1;
    try {
      jdbc.sql(
              """
              INSERT INTO event (id, organization, type, message_id, sequence, body, created_at)
              SELECT gen_random_uuid(), :organization, 'message.sent', one, :sequence, '{"to": []}', now()
              FROM unnest(:messages::uuid[]) AS one
              WHERE NOT EXISTS (SELECT 1 FROM event WHERE message_id = one AND sequence = :sequence)
              """)
          .param("organization", organization)
          .param("sequence", next)
          .param("messages", messages.toArray(UUID[]::new))
          .update();
      recorded = next;
    } catch (DataAccessException e) {
      // It is tried again with the same number.
    }
  }

  private void take(HttpExchange exchange) throws IOException {
    JsonNode event = JSON.readTree(exchange.getRequestBody());
    String id = event.path("id").asText();
    if (Math.floorMod(id.hashCode(), 10) == 0 && refused.add(id)) {
      exchange.sendResponseHeaders(503, -1);
      return;
    }
    accepted
        .computeIfAbsent(event.path("messageId").asText(), any -> new CopyOnWriteArrayList<>())
        .add(event.path("sequence").asInt());
    exchange.sendResponseHeaders(204, -1);
  }

  /** Waits for one more delivery of each message: deliveries go on. */
  void awaitFlow(String fault) {
    int now = recorded;
    await("deliveries " + fault)
        .atMost(PATIENCE)
        .until(() -> messages.stream().allMatch(one -> highest(one) > now));
  }

  private int highest(UUID message) {
    return accepted.getOrDefault(message.toString(), List.of()).stream()
        .mapToInt(one -> one)
        .max()
        .orElse(0);
  }

  /**
   * Each event was delivered at least once; the first deliveries are in the order of the events.
   */
  void assertEachAtLeastOnceInOrder() throws InterruptedException {
    writer.shutdown();
    assertThat(writer.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    List<Integer> all = IntStream.rangeClosed(1, recorded).boxed().toList();
    await("the last deliveries")
        .atMost(PATIENCE)
        .until(() -> messages.stream().allMatch(one -> firsts(one).size() >= recorded));
    assertThat(recorded).isGreaterThan(10);
    assertThat(refused).isNotEmpty();
    for (UUID message : messages) {
      assertThat(firsts(message)).as("first deliveries of " + message).isEqualTo(all);
    }
  }

  private List<Integer> firsts(UUID message) {
    Set<Integer> seen = new HashSet<>();
    List<Integer> firsts = new ArrayList<>();
    for (int one : accepted.getOrDefault(message.toString(), List.of())) {
      if (seen.add(one)) {
        firsts.add(one);
      }
    }
    return firsts;
  }

  @Override
  public void close() {
    writer.shutdownNow();
    web.close();
  }
}
