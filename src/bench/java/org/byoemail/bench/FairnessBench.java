package org.byoemail.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.byoemail.support.PostgresProcess;
import org.byoemail.support.SmtpSink;
import org.byoemail.support.StompProducer;

/**
 * What 49 accounts feel of a fiftieth with a great deal of mail to a server that takes two seconds
 * for each: the time from the start of sending, after all was accepted, in which 99 of 100 of their
 * mails are SENT, with it and without it.
 */
final class FairnessBench implements Bench {
  private static final int OTHERS = 49;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int heavy = options.number("heavy", 10_000);
    int each = options.number("each", 200);
    int rounds = options.number("rounds", 5);
    try (Scratch mails = Scratch.below(dir);
        SmtpSink fast = new SmtpSink(mails.dir().resolve("fast"));
        SmtpSink slow = new SmtpSink(mails.dir().resolve("slow"), "-w", "2");
        PostgresProcess postgres = PostgresProcess.started(dir.resolve("database"));
        GatewayWithAccounts gateway =
            new GatewayWithAccounts(dir.resolve("gateway"), postgres, Map.of())) {
      for (int i = 0; i < OTHERS; i++) {
        gateway.account("other" + i + "@bench.test", fast.port(), "none");
      }
      gateway.account("heavy@bench.test", slow.port(), "none");
      round(gateway, "warm", 0, each);
      List<Double> alone = new ArrayList<>();
      List<Double> beside = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        alone.add(round(gateway, "alone" + round, 0, each));
        beside.add(round(gateway, "beside" + round, heavy, each));
        fast.requireEachOnce("alone" + round + "-", OTHERS * each);
        fast.requireEachOnce("beside" + round + "-", OTHERS * each);
      }
      report.figure("p99_alone_seconds", median(alone));
      report.figure("p99_beside_seconds", median(beside));
      report.atMost("p99_grows_by", median(beside) / median(alone), 1.5);
    }
  }

  /** The p99 of the others, in seconds. */
  private static double round(GatewayWithAccounts gateway, String name, int heavy, int each)
      throws Exception {
    gateway
        .postgres()
        .execute("INSERT INTO sending_pause (paused_by, paused_at) VALUES ('bench', now())");
    int count = heavy + OTHERS * each;
    long before = gateway.number("SELECT count(*) FROM outbound_submission");
    try (StompProducer producer = gateway.producer()) {
      for (int i = 0; i < heavy; i++) {
        String id = "heavy-" + name + "-" + i;
        producer.send(GatewayWithAccounts.submission(id, "heavy@bench.test", "to@example.test"));
      }
      for (int i = 0; i < OTHERS * each; i++) {
        producer.send(
            GatewayWithAccounts.submission(
                name + "-" + i, "other" + i % OTHERS + "@bench.test", "to@example.test"));
      }
      producer.finish();
    }
    await(() -> gateway.number("SELECT count(*) FROM outbound_submission") == before + count);
    long start = System.currentTimeMillis();
    gateway.postgres().execute("DELETE FROM sending_pause");
    String ofOthers =
        " FROM outbound_message_attempt a JOIN outbound_submission s USING (message_id)"
            + " WHERE a.status = 'SENT' AND s.submission_id LIKE '"
            + name
            + "-%'";
    await(() -> gateway.number("SELECT count(*)" + ofOthers) == OTHERS * each);
    double p99 =
        seconds(
            gateway.postgres(),
            "SELECT extract(epoch FROM percentile_disc(0.99) WITHIN GROUP (ORDER BY a.sent_at))"
                + ofOthers,
            start);
    // What is left of the great deal is given up: the next round begins with nothing.
    gateway.postgres().execute("DELETE FROM outbound_delivery WHERE claim_token IS NULL");
    await(() -> gateway.number("SELECT count(*) FROM outbound_delivery") == 0);
    return p99;
  }

  private static double seconds(PostgresProcess postgres, String sql, long startMillis)
      throws Exception {
    try (Connection connection = postgres.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getDouble(1) - startMillis / 1e3;
    }
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(condition);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
