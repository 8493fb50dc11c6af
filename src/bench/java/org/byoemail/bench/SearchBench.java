package org.byoemail.bench;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.byoemail.support.ApiClient;
import org.byoemail.support.BulkMessages;
import org.byoemail.support.PostgresProcess;

/**
 * Searches in a million messages by the API, one after another, from the request to the last byte
 * of the response. The line is the one that the API promises: 200 ms.
 */
final class SearchBench implements Bench {
  private static final double LINE_MILLIS = 200;
  private static final String ORGANIZATION = "bench";

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int count = options.number("count", 1_000_000);
    int times = options.number("times", 40);
    try (PostgresProcess postgres = PostgresProcess.started(dir.resolve("database"));
        GatewayWithAccounts gateway =
            new GatewayWithAccounts(dir.resolve("gateway"), postgres, Map.of())) {
      long filling = System.nanoTime();
      fill(postgres, count);
      report.figure("messages", count);
      report.figure("fill_s", (System.nanoTime() - filling) / 1e9);
      double worst = 0;
      for (Map.Entry<String, String> one : queries().entrySet()) {
        double[] millis = measured(gateway.api(), one.getValue(), times);
        double p95 = millis[(int) Math.ceil(times * 0.95) - 1];
        report.figure(one.getKey() + "_p50_ms", millis[times / 2]);
        report.figure(one.getKey() + "_p95_ms", p95);
        worst = Math.max(worst, p95);
      }
      report.atMost("slowest_p95_to_200_ms", worst / LINE_MILLIS, 1);
    }
  }

  private static Map<String, String> queries() {
    Map<String, String> queries = new LinkedHashMap<>();
    queries.put("rare_word", "xylophone");
    queries.put("word_in_a_tenth", "invoice");
    queries.put("two_frequent_words", "w1 w2");
    queries.put("either_of_two", "w5 OR invoice");
    queries.put("phrase", "\"w0 w1\"");
    queries.put("sender", "from:sender7@example.com");
    queries.put("sender_and_word", "from:sender7@example.com w1");
    queries.put("word_in_a_month", "invoice after:-30");
    queries.put("word_left_out", "invoice -w1");
    return queries;
  }

  private static double[] measured(ApiClient api, String query, int times) {
    String q =
        query.replace(
            "after:-30",
            "after:" + java.time.LocalDate.now(java.time.ZoneOffset.UTC).minusDays(30));
    String path =
        "/messages?limit=20&organization="
            + ORGANIZATION
            + "&q="
            + URLEncoder.encode(q, StandardCharsets.UTF_8);
    for (int i = 0; i < 5; i++) {
      ApiClient.Answer answer = ApiClient.expect(200, api.get(path));
      if (answer.body().path("items").isEmpty()) {
        throw new IllegalStateException("nothing is found by " + query);
      }
    }
    double[] millis = new double[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      api.get(path);
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(millis);
    return millis;
  }

  private static void fill(PostgresProcess postgres, int count) throws Exception {
    try (Connection connection = postgres.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      // What keeps every promise about a crash is not measured here.
      statement.execute("SET synchronous_commit = off");
      statement.execute("SET maintenance_work_mem = '512MB'");
      statement.execute("DROP INDEX message_search_words");
      BulkMessages.add(connection, ORGANIZATION, count);
      statement.execute("CREATE INDEX message_search_words ON message_search USING gin (words)");
      statement.execute("VACUUM ANALYZE message_search");
    }
  }
}
