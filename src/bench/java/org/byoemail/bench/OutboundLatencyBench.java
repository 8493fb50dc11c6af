package org.byoemail.bench;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.byoemail.support.CertificateAuthority;
import org.byoemail.support.PostgresProcess;
import org.byoemail.support.StompProducer;

/**
 * Submissions to a server that is 20 ms away and asks for TLS; against a connection for each mail,
 * as many at a time.
 */
final class OutboundLatencyBench implements Bench {
  private static final int ACCOUNTS = 50;
  private static final int ONE_WAY_MILLIS = 10;

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int count = options.number("count", 6_000);
    int warmup = options.number("warmup", 50_000);
    int workers = options.number("workers", 64);
    double gateway;
    try (TlsSink server = new TlsSink();
        DelayingProxy far = new DelayingProxy(server.port(), ONE_WAY_MILLIS);
        PostgresProcess postgres = PostgresProcess.started(dir.resolve("database"));
        GatewayWithAccounts under =
            new GatewayWithAccounts(
                dir.resolve("gateway"),
                postgres,
                Map.of("BYO_OUTBOUND_WORKERS", String.valueOf(workers)))) {
      for (int i = 0; i < ACCOUNTS; i++) {
        under.account("agent" + i + "@bench.test", far.port(), "starttls");
      }
      // A connection of its own: the broker closes one that has been silent for a minute.
      try (StompProducer producer = under.producer()) {
        OutboundBench.send(producer, "warm", warmup);
      }
      under.awaitSent(warmup);
      try (StompProducer producer = under.producer()) {
        under.resetStatements();
        long cpu = under.cpuMillis();
        long machine = ProcessTimes.machineMillis();
        long start = System.currentTimeMillis();
        OutboundBench.send(producer, "mail", count);
        under.awaitSent(warmup + count);
        long took = under.lastSentMillis() - start;
        gateway = count * 1000.0 / took;
        cpu = under.cpuMillis() - cpu;
        machine = ProcessTimes.machineMillis() - machine;
        report.figure("cpu_ms_per_message", cpu / (double) count);
        report.figure("statements_per_message", under.statements() / (double) count);
        report.figure("rss_mb", under.residentMb());
        report.figure("cores_busy_server_included", machine / (double) took);
      }
      server.requireEachOnce("mail", count);
    }
    report.figure("per_second", gateway);
    if (!options.references()) {
      return;
    }
    double perSend;
    try (TlsSink server = new TlsSink();
        DelayingProxy far = new DelayingProxy(server.port(), ONE_WAY_MILLIS)) {
      Properties properties = new Properties();
      properties.put("mail.smtp.host", "localhost");
      properties.put("mail.smtp.port", String.valueOf(far.port()));
      properties.put("mail.smtp.starttls.enable", "true");
      properties.put("mail.smtp.starttls.required", "true");
      properties.put(
          "mail.smtp.ssl.socketFactory",
          CertificateAuthority.shared().clientContext().getSocketFactory());
      int few = Math.min(count, 3_000);
      new BarePool(properties, workers, workers, false).rate(500, ACCOUNTS, workers, "warm");
      perSend =
          new BarePool(properties, workers, workers, false).rate(few, ACCOUNTS, workers, "bare");
      server.requireEachOnce("bare", few);
    }
    report.figure("connection_per_send_per_second", perSend);
    report.atLeast("of_connection_per_send", gateway / perSend, 2.5);
  }
}
