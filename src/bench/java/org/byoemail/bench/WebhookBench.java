package org.byoemail.bench;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.byoemail.support.ApiClient;
import org.byoemail.support.PostgresProcess;
import org.byoemail.support.SmtpSink;

/**
 * Events that are committed at once, to the last one at a receiver on loopback, against an HTTP
 * client that posts the same bodies with as many requests at a time; then how soon a single event
 * of the gateway itself is there.
 */
final class WebhookBench implements Bench {
  private static final String ORGANIZATION = "bench";
  private static final String SENDER = "ada@bench.test";
  private static final int AT_A_TIME = 16; // byo.webhook.per-webhook
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private Map<String, Long> arrived = Map.of();

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int count = options.number("count", 10_000);
    int warmup = options.number("warmup", 3_000);
    int singles = options.number("singles", 300);
    try (WebhookReceiver receiver = new WebhookReceiver();
        SmtpSink sink = new SmtpSink(dir.resolve("sink"));
        PostgresProcess postgres = PostgresProcess.started(dir.resolve("database"));
        GatewayWithAccounts gateway =
            new GatewayWithAccounts(dir.resolve("gateway"), postgres, Map.of())) {
      arrived = receiver.arrived();
      String url = receiver.url();
      ApiClient.expect(
          201, gateway.api().post("/webhooks", Map.of("url", url, "organization", ORGANIZATION)));
      try (Connection database = postgres.dataSource().getConnection()) {
        delivered(database, warmup);
        receiver.bodies().clear();
        long cpu = gateway.cpuMillis();
        double rate = delivered(database, count);
        report.figure("deliveries_a_second", rate);
        report.figure("cpu_ms_a_delivery", (gateway.cpuMillis() - cpu) / (double) count);
        report.atLeast("deliveries_to_500_a_second", rate / 500, 1);
        if (options.references()) {
          List<byte[]> same = List.copyOf(receiver.bodies());
          posted(url, same.subList(0, Math.min(warmup, same.size())));
          double bare = posted(url, same);
          report.figure("bare_client_a_second", bare);
          report.figure("to_bare_client", rate / bare);
        }
        gateway.account(SENDER, sink.port(), "none");
        double[] millis = single(gateway.api(), singles);
        report.figure("event_at_receiver_p50_ms", millis[singles / 2]);
        double p99 = millis[(int) Math.ceil(singles * 0.99) - 1];
        report.figure("event_at_receiver_p99_ms", p99);
        report.atMost("p99_to_100_ms", p99 / 100, 1);
      }
    }
  }

  /** Deliveries a second, from the commit to the last one. */
  private double delivered(Connection database, int count) throws SQLException {
    List<UUID> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(UUID.randomUUID());
    }
    record(database, messages);
    long start = System.nanoTime();
    Awaitility.await("deliveries")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> arrived.keySet().containsAll(strings(messages)));
    long last = messages.stream().mapToLong(one -> arrived.get(one.toString())).max().orElseThrow();
    return count / ((last - start) / 1e9);
  }

  /**
   * How long single events of the gateway take, sorted: from before the request that commits them
   * to the receiver.
   */
  private double[] single(ApiClient api, int count) throws Exception {
    double[] millis = new double[count];
    String later = Instant.now().plus(Duration.ofHours(1)).toString();
    for (int i = 0; i < count; i++) {
      Map<String, Object> mail =
          Map.of("from", SENDER, "to", "ben@else.test", "body", "Text.", "sendAt", later);
      String message = ApiClient.expect(202, api.post("/messages", mail)).text("id");
      TimeUnit.MILLISECONDS.sleep(40);
      long start = System.nanoTime();
      ApiClient.expect(204, api.delete("/messages/" + message));
      Awaitility.await("one event")
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(2))
          .until(() -> arrived.containsKey(message));
      millis[i] = (arrived.get(message) - start) / 1e6;
    }
    Arrays.sort(millis);
    return millis;
  }

  private static void record(Connection database, List<UUID> messages) throws SQLException {
    try (PreparedStatement insert =
        database.prepareStatement(
            "INSERT INTO event (id, organization, type, message_id, sequence, body, created_at)"
                + " SELECT gen_random_uuid(), '"
                + ORGANIZATION
                + "', 'message.sent', one, 1,"
                + " jsonb_build_object('submissionId', one, 'from', 'ada@example.org',"
                + " 'to', ARRAY['ben@example.com'], 'text', repeat('Some words. ', 100)),"
                + " now() FROM unnest(?::uuid[]) AS one")) {
      insert.setArray(1, database.createArrayOf("uuid", messages.toArray()));
      insert.executeUpdate();
    }
  }

  /** Posts a second by a client that does nothing else. */
  private static double posted(String url, List<byte[]> same) throws Exception {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    Queue<byte[]> left = new ConcurrentLinkedQueue<>(same);
    ExecutorService senders = Executors.newFixedThreadPool(AT_A_TIME);
    long start = System.nanoTime();
    for (int i = 0; i < AT_A_TIME; i++) {
      senders.submit(
          () -> {
            for (byte[] body = left.poll(); body != null; body = left.poll()) {
              client.send(
                  HttpRequest.newBuilder(URI.create(url))
                      .timeout(Duration.ofSeconds(15))
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                      .build(),
                  HttpResponse.BodyHandlers.discarding());
            }
            return null;
          });
    }
    senders.shutdown();
    if (!senders.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("the bare client does not end");
    }
    return same.size() / ((System.nanoTime() - start) / 1e9);
  }

  private static List<String> strings(List<UUID> ids) {
    return ids.stream().map(UUID::toString).toList();
  }
}
