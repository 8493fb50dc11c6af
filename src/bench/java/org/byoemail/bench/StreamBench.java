package org.byoemail.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.byoemail.support.ApiClient;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.Services;

/**
 * Event streams that wait on one node, as many as it takes by default, of keys of several
 * organizations: what they cost above the same process without any, after a collection each time.
 * Then events for one organization in turn, each of which must reach all its streams once, and no
 * other.
 */
final class StreamBench implements Bench {
  private static final int ORGANIZATIONS = 5;
  private static final int STREAMS_OF_A_KEY = 20; // byo.event-stream.per-key
  private static final int FIRST = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern USED = Pattern.compile("total \\d+K.*?used (\\d+)K");

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int clients = options.number("clients", 1_000);
    int seconds = options.number("seconds", 60);
    int events = options.number("events", 100);
    report.figure("clients", clients);
    try (Services services = Services.start(dir.resolve("services"));
        GatewayProcess node =
            new GatewayProcess(dir.resolve("gateway"), services, Map.of()).heap("-Xmx512m")) {
      node.start();
      List<StreamClients.Caller> callers = callers(node.api(), clients);
      try (Connection database = services.postgres().dataSource().getConnection();
          StreamClients streams = new StreamClients(node.httpPort())) {
        // What the first ones load stays when they end.
        try (StreamClients first = new StreamClients(node.httpPort())) {
          List<StreamClients.Caller> some = callers.subList(0, Math.min(clients, FIRST));
          first.open(some);
          awaitOpen(node, some.size());
          reach(database, first, events);
        }
        awaitOpen(node, 0);
        Idle without = idle(node, seconds);
        streams.open(callers);
        awaitOpen(node, clients);
        Idle with = idle(node, seconds);
        report.figure("idle_node_rss_mb", without.rss());
        report.figure("idle_node_cpu_percent_of_a_core", without.cpu());
        report.figure("rss_mb", with.rss());
        report.figure("threads", with.threads());
        report.figure("heap_above_idle_mb", with.heap() - without.heap());
        report.atMost("rss_above_idle_mb", with.rss() - without.rss(), 100);
        report.atMost("cpu_above_idle_percent_of_a_core", with.cpu() - without.cpu(), 5);
        double[] millis = reach(database, streams, events);
        report.figure("event_at_all_streams_p50_ms", millis[events / 2]);
        report.figure("event_at_all_streams_p99_ms", millis[(int) Math.ceil(events * 0.99) - 1]);
      }
    }
  }

  /** As many streams to a key as it may have. */
  private static List<StreamClients.Caller> callers(ApiClient api, int clients) {
    List<StreamClients.Caller> callers = new ArrayList<>();
    for (int number = 0; callers.size() < clients; number++) {
      int organization = number % ORGANIZATIONS;
      String key =
          ApiClient.expect(
                  201,
                  api.post(
                      "/api-keys",
                      Map.of(
                          "name",
                          "stream " + number,
                          "role",
                          "producer",
                          "organization",
                          organization(organization))))
              .text("key");
      for (int i = 0; i < STREAMS_OF_A_KEY && callers.size() < clients; i++) {
        callers.add(new StreamClients.Caller(key, organization));
      }
    }
    return callers;
  }

  private static String organization(int number) {
    return "bench-" + number;
  }

  private static void awaitOpen(GatewayProcess node, int clients) {
    Awaitility.await(clients + " streams are open")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                node.metrics().stream()
                    .filter(line -> line.startsWith("byo_event_streams"))
                    .anyMatch(
                        line ->
                            Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))
                                == clients));
  }

  /** What a process takes that has nothing to do; its heap after a collection. */
  private record Idle(double rss, int threads, double heap, double cpu) {}

  private static Idle idle(GatewayProcess node, int seconds) throws Exception {
    TimeUnit.SECONDS.sleep(seconds / 2);
    long cpu = ProcessTimes.millis(node.pid());
    TimeUnit.SECONDS.sleep(seconds);
    double percent = (ProcessTimes.millis(node.pid()) - cpu) / (seconds * 10.0);
    ask(node.pid(), "GC.run");
    Matcher used = USED.matcher(ask(node.pid(), "GC.heap_info"));
    ProcessSize size = ProcessSize.of(node.pid());
    return new Idle(
        size.residentMb(),
        size.threads(),
        used.find() ? Long.parseLong(used.group(1)) / 1024.0 : Double.NaN,
        percent);
  }

  private static String ask(long pid, String command) throws IOException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(pid),
                command)
            .redirectErrorStream(true)
            .start();
    return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Milliseconds from the commit of an event to the last of its streams, sorted. */
  private static double[] reach(Connection database, StreamClients streams, int events)
      throws SQLException {
    double[] millis = new double[events];
    Map<String, Integer> sent = new LinkedHashMap<>();
    for (int i = 0; i < events; i++) {
      int organization = i % ORGANIZATIONS;
      if (streams.clientsOf(organization) == 0) {
        continue;
      }
      UUID message = UUID.randomUUID();
      record(database, organization(organization), message);
      long committed = System.nanoTime();
      Awaitility.await("an event at all its streams")
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> streams.arrivals(message.toString()) >= streams.clientsOf(organization));
      millis[i] = Math.max(0, (streams.lastArrival(message.toString()) - committed) / 1e6);
      sent.put(message.toString(), organization);
    }
    sent.forEach(
        (message, organization) -> {
          if (!streams.isExactlyAt(message, organization)) {
            throw new IllegalStateException("an event came twice, or to another organization");
          }
        });
    Arrays.sort(millis);
    return millis;
  }

  private static void record(Connection database, String organization, UUID message)
      throws SQLException {
    try (PreparedStatement insert =
        database.prepareStatement(
            "INSERT INTO event (id, organization, type, message_id, sequence, body, created_at)"
                + " VALUES (gen_random_uuid(), ?, 'message.sent', ?, 1,"
                + " jsonb_build_object('submissionId', ?::text, 'from', 'ada@example.org'), now())")) {
      insert.setString(1, organization);
      insert.setObject(2, message);
      insert.setString(3, message.toString());
      insert.executeUpdate();
    }
  }
}
