package org.byoemail.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import org.byoemail.support.PostgresProcess;
import org.byoemail.support.SmtpSink;
import org.byoemail.support.StompProducer;

/**
 * Submissions of 5 KB through the broker, from the first that is handed in to the last that is
 * SENT, every step durable; against camel's {@code smtp:} with kept connections and no database,
 * and Python's smtplib with a connection for each mail.
 */
final class OutboundBench implements Bench {
  private static final int ACCOUNTS = 50;

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int count = options.number("count", 20_000);
    int warmup = options.number("warmup", 50_000);
    int workers = options.number("workers", 64);
    double gateway;
    try (Scratch mails = Scratch.below(dir);
        SmtpSink server = new SmtpSink(mails.dir().resolve("sink"))) {
      gateway = gateway(dir, server, count, warmup, workers, options, report);
    }
    if (!options.references()) {
      return;
    }
    double bare;
    try (Scratch mails = Scratch.below(dir);
        SmtpSink server = new SmtpSink(mails.dir().resolve("sink"))) {
      Properties properties = new Properties();
      properties.put("mail.smtp.host", "127.0.0.1");
      properties.put("mail.smtp.port", String.valueOf(server.port()));
      new BarePool(properties, 3, workers, true).rate(warmup, ACCOUNTS, workers, "warm");
      bare = new BarePool(properties, 3, workers, true).rate(count, ACCOUNTS, workers, "bare");
      server.requireEachOnce("bare", count);
    }
    report.figure("bare_pool_per_second", bare);
    double python;
    try (Scratch mails = Scratch.below(dir);
        SmtpSink server = new SmtpSink(mails.dir().resolve("sink"))) {
      int few = Math.min(count, 4_000);
      python = PythonSender.rate(server.port(), few, workers);
      server.requireEachOnce("python", few);
    }
    report.figure("python_per_second", python);
    report.atLeast("of_bare_pool", gateway / bare, 0.20);
    report.atLeast("of_python", gateway / python, 1.2);
  }

  private static double gateway(
      Path dir, SmtpSink sink, int count, int warmup, int workers, Options options, Report report)
      throws Exception {
    try (PostgresProcess postgres = PostgresProcess.started(dir.resolve("database"));
        GatewayWithAccounts gateway =
            new GatewayWithAccounts(
                dir.resolve("gateway"),
                postgres,
                Map.of("BYO_OUTBOUND_WORKERS", String.valueOf(workers)))) {
      for (int i = 0; i < ACCOUNTS; i++) {
        gateway.account("agent" + i + "@bench.test", sink.port(), "none");
      }
      // A connection of its own: the broker closes one that has been silent for a minute.
      try (StompProducer producer = gateway.producer()) {
        send(producer, "warm", warmup);
      }
      gateway.awaitSent(warmup);
      try (StompProducer producer = gateway.producer()) {
        gateway.resetStatements();
        long syncs = gateway.syncs();
        long commits = gateway.commits();
        long cpu = gateway.cpuMillis();
        long ownCpu = gateway.ownCpuMillis();
        long start = System.currentTimeMillis();
        send(producer, "mail", count);
        double handedIn = (System.currentTimeMillis() - start) / 1e3;
        gateway.awaitSent(warmup + count);
        double acceptedAfter =
            gateway.number(
                    "SELECT (extract(epoch FROM max(accepted_at)) * 1000)::bigint - "
                        + start
                        + " FROM outbound_submission")
                / 1e3;
        long end = gateway.lastSentMillis();
        double rate = count * 1000.0 / (end - start);
        report.figure("messages", String.valueOf(count));
        report.figure("per_second", rate);
        report.figure("handed_in_after_seconds", handedIn);
        report.figure("accepted_after_seconds", acceptedAfter);
        report.figure("cpu_ms_per_message", (gateway.cpuMillis() - cpu) / (double) count);
        report.figure(
            "of_which_gateway_and_broker", (gateway.ownCpuMillis() - ownCpu) / (double) count);
        report.figure("rss_mb", gateway.residentMb());
        report.figure("fsyncs_per_message", (gateway.syncs() - syncs) / (double) count);
        report.figure("commits_per_message", (gateway.commits() - commits) / (double) count);
        report.figure("statements_per_message", gateway.statements() / (double) count);
        statements(postgres, options.number("statements", 0), count);
        sink.requireEachOnce("mail", count);
        long sent =
            gateway.number(
                "SELECT count(*) FROM outbound_submission WHERE status = 'sent' AND submission_id LIKE 'mail%'");
        if (sent != count) {
          throw new IllegalStateException(sent + " of " + count + " have the status sent");
        }
        return rate;
      }
    }
  }

  static void send(StompProducer producer, String prefix, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      producer.send(
          GatewayWithAccounts.submission(
              prefix + i, "agent" + i % ACCOUNTS + "@bench.test", "to" + i + "@example.test"));
    }
    producer.finish();
  }

  /** Prints what the database spent most time with. */
  private static void statements(PostgresProcess postgres, int most, int count) throws Exception {
    try (Connection connection = postgres.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT calls, rows, total_exec_time, left(regexp_replace(query, '\\s+', ' ', 'g'), 160)"
                    + " FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT "
                    + most)) {
      while (rows.next()) {
        System.out.printf(
            "  %8.3f calls/message %8d rows %7.1f us/message  %s%n",
            rows.getLong(1) / (double) count,
            rows.getLong(2),
            rows.getDouble(3) * 1000 / count,
            rows.getString(4));
      }
    }
  }
}
