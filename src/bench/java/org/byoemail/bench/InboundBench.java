package org.byoemail.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.byoemail.support.ApiClient;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.DovecotServer.Storage;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.MailUser;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.Services;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/**
 * Mails that wait in mailboxes at a Dovecot, to the last one ingested: row, raw bytes,
 * conversation, event, cursor. Beside it a plain loop a mailbox over Angus Mail that fetches,
 * parses and commits one row a mail to the same PostgreSQL, and reading without keeping anything.
 * All after a round of warming up.
 */
final class InboundBench implements Bench {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int mailboxes = options.number("mailboxes", 20);
    int mails = options.number("mails", 20_000) / mailboxes;
    int warm = options.number("warm", 4_000) / mailboxes;
    int size = options.number("size", 5_000);
    DovecotServer dovecot = DovecotServer.separate(Storage.SDBOX);
    dovecot.start();
    try (Services services = Services.start(dir.resolve("services"));
        GatewayProcess gateway = gateway(dir, services)) {
      gateway.start();
      List<MailUser> users = new ArrayList<>();
      for (int i = 0; i < mailboxes; i++) {
        users.add(dovecot.freshUser("inbound"));
      }
      Round round = new Round(services, gateway, accounts(gateway.api(), dovecot, users));
      PlainLoop loop = new PlainLoop(dovecot.imapPort(), services.postgres().dataSource());
      deliver(dovecot, users, warm, size);
      if (options.references()) {
        loop.run(users, 1);
      }
      round.ingest(warm * mailboxes);
      deliver(dovecot, users, mails, size);
      int all = mails * mailboxes;
      report.figure("mails", all);
      double plain = Double.NaN;
      if (options.references()) {
        report.figure("raw_fetch_mails_per_second", all / loop.discard(users, warm + 1));
        plain = all / loop.run(users, warm + 1);
        report.figure("plain_loop_mails_per_second", plain);
      }
      round.count();
      double ours = all / round.ingest(all);
      report.figure("mails_per_second", ours);
      round.figures(report, all);
      report.figure("rss_mb", ProcessSize.of(gateway.pid()).residentMb());
      if (options.references()) {
        report.atLeast("ratio_to_plain_loop", ours / plain, 0.8);
      }
      round.verify((mails + warm) * mailboxes);
      if (options.number("webhook", 0) > 0) {
        deliver(dovecot, users, mails, size);
        besideWebhook(round, all, ours, report);
        round.verify((2 * mails + warm) * mailboxes);
      }
      if (options.number("detail", 0) > 0) {
        round.detail(report, all);
      }
    } finally {
      dovecot.stop();
      FileSystemUtils.deleteRecursively(dir.resolve("gateway"));
    }
  }

  /** As many mails again while a webhook tells of each. */
  private static void besideWebhook(Round round, int mails, double without, Report report)
      throws IOException {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      ApiClient.expect(
          201,
          round
              .gateway
              .api()
              .post(
                  "/webhooks",
                  Map.of(
                      "url", receiver.url(),
                      "organization", "flow",
                      "types", List.of("message.received"))));
      long start = System.nanoTime();
      double beside = mails / round.ingest(mails);
      Awaitility.await("all deliveries")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> receiver.arrived().size() >= mails);
      long last =
          receiver.arrived().values().stream().mapToLong(Long::longValue).max().orElseThrow();
      report.figure("beside_webhook_mails_per_second", beside);
      report.atLeast("ratio_beside_webhook", beside / without, 0.8);
      double deliveries = mails / ((last - start) / 1e9);
      report.figure("deliveries_a_second_beside_inbound", deliveries);
      report.atLeast("deliveries_to_500_a_second", deliveries / 500, 1);
    }
  }

  private static GatewayProcess gateway(Path dir, Services services) {
    Map<String, String> settings = new HashMap<>(RealAccounts.gatewaySettings());
    // All of them are at one host.
    settings.put("BYO_MAILBOX_LOGININTERVAL", "0ms");
    settings.put("BYO_MAILBOX_LOGINSPERHOST", "32");
    return new GatewayProcess(dir.resolve("gateway"), services, settings);
  }

  private static List<String> accounts(ApiClient api, DovecotServer dovecot, List<MailUser> users) {
    List<String> ids = new ArrayList<>();
    for (MailUser user : users) {
      String agent = api.openAgent(user.address());
      Map<String, Object> imap = new HashMap<>(RealAccounts.imap(dovecot, user));
      imap.put("port", dovecot.imapPort());
      imap.put("security", "none");
      JsonNode account =
          ApiClient.expect(
                  201,
                  api.post(
                      "/accounts", Map.of("agent", agent, "address", user.address(), "imap", imap)))
              .body();
      String id = account.path("id").asText();
      ApiClient.expect(200, api.post("/accounts/" + id + "/test-imap"));
      ApiClient.expect(200, api.patch("/accounts/" + id, Map.of("inboundEnabled", true)));
      ApiClient.expect(202, api.post("/accounts/" + id + "/pause"));
      ids.add(id);
    }
    return ids;
  }

  /** Puts mails into the mailboxes, many by one command (RFC 3502, RFC 7888). */
  private static void deliver(DovecotServer dovecot, List<MailUser> users, int mails, int size)
      throws IOException {
    for (MailUser user : users) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), dovecot.imapPort())) {
        OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
        out.write(
            ("a LOGIN " + user.address() + " " + user.password() + "\r\n").getBytes(US_ASCII));
        out.write("b APPEND INBOX".getBytes(US_ASCII));
        for (int i = 0; i < mails; i++) {
          byte[] mail = mail(user, size);
          out.write((" {" + mail.length + "+}\r\n").getBytes(US_ASCII));
          out.write(mail);
        }
        out.write("\r\nc LOGOUT\r\n".getBytes(US_ASCII));
        out.flush();
        String said = new String(socket.getInputStream().readAllBytes(), US_ASCII);
        if (!said.contains("\r\nb OK")) {
          throw new IOException("the server did not take the mails: " + said);
        }
      }
    }
  }

  private static byte[] mail(MailUser user, int size) {
    RandomGenerator random = RandomGenerator.getDefault();
    String number = Long.toHexString(random.nextLong());
    StringBuilder mail =
        new StringBuilder(
            """
            Return-Path: <ann@else.test>
            Received: from relay.else.test (relay.else.test [192.0.2.7])
             by mx.example.test with ESMTPS id %1$s
            Authentication-Results: mx.example.test; dmarc=pass header.from=else.test
            From: Ann Other <ann@else.test>
            To: %2$s
            Subject: Order %1$s
            Message-ID: <%1$s@else.test>
            Date: Tue, 24 Nov 2026 10:00:00 +0000
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8

            """
                .formatted(number, user.address()));
    while (mail.length() < size) {
      for (int word = 0; word < 10; word++) {
        mail.append(Long.toString(random.nextLong(1L << 30), 36)).append(' ');
      }
      mail.append('\n');
    }
    return mail.toString().replace("\n", "\r\n").getBytes(US_ASCII);
  }

  /** The gateway at work. */
  private static final class Round {
    private final GatewayProcess gateway;
    private final List<String> accounts;
    private final JdbcClient jdbc;
    private final long database;
    private Duration cpu = Duration.ZERO;
    private long databaseMillis;
    private double fsyncs;
    private long logged;

    Round(Services services, GatewayProcess gateway, List<String> accounts) {
      this.gateway = gateway;
      this.accounts = accounts;
      this.jdbc = JdbcClient.create(services.postgres().dataSource());
      this.database = services.postgres().pid();
      services.postgres().execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
    }

    /** Seconds from the first mailbox let loose to the last mail ingested. */
    double ingest(int mails) {
      long before = cursors();
      long start = System.nanoTime();
      accounts.forEach(id -> gateway.api().post("/accounts/" + id + "/resume"));
      Awaitility.await("all mails ingested")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> cursors() - before >= mails);
      double seconds = (System.nanoTime() - start) / 1e9;
      accounts.forEach(id -> gateway.api().post("/accounts/" + id + "/pause"));
      return seconds;
    }

    private long cursors() {
      return number("SELECT sum(last_uid) FROM mailbox");
    }

    void count() {
      jdbc.sql("SELECT pg_stat_statements_reset()").query(row -> {});
      cpu = cpu();
      databaseMillis = ProcessTimes.millis(database);
      fsyncs = walFsyncs();
      logged = walBytes();
    }

    void figures(Report report, int mails) {
      report.figure("gateway_cpu_ms_per_mail", (cpu().minus(cpu).toNanos() / 1e6) / mails);
      report.figure(
          "database_cpu_ms_per_mail",
          (double) (ProcessTimes.millis(database) - databaseMillis) / mails);
      report.figure("wal_fsyncs_per_mail", (walFsyncs() - fsyncs) / mails);
      report.figure("wal_bytes_per_mail", (double) (walBytes() - logged) / mails);
      report.figure(
          "statements_per_mail",
          (double)
                  number(
                      "SELECT sum(calls) FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid"
                          + " WHERE query ILIKE ANY (ARRAY['%inbound_mail%', '%into message%', '%mailbox%',"
                          + " '%conversation%', '%from agent%', '%into event%', 'commit%', 'begin%'])")
              / mails);
    }

    private Duration cpu() {
      return ProcessHandle.of(gateway.pid())
          .flatMap(process -> process.info().totalCpuDuration())
          .orElse(Duration.ZERO);
    }

    private double walFsyncs() {
      return number("SELECT coalesce(sum(fsyncs), 0) FROM pg_stat_io WHERE object = 'wal'");
    }

    private long walBytes() {
      return number("SELECT wal_bytes FROM pg_stat_wal");
    }

    /** Everything is there, once. */
    void verify(int mails) {
      require("SELECT count(*) FROM inbound_mail WHERE status = 'ingested'", mails);
      require("SELECT count(DISTINCT rfc_message_id) FROM message", mails);
      require("SELECT count(*) FROM message WHERE length(text_body) > 1000", mails);
      require("SELECT count(*) FROM event WHERE type = 'message.received'", mails);
      require(
          "SELECT count(*) FROM inbound_mail WHERE raw_sha256 IS NOT NULL"
              + " AND coalesce(raw_length, size) = size",
          mails);
      require("SELECT count(*) FROM inbound_mail WHERE status <> 'ingested'", 0);
    }

    private void require(String sql, long expected) {
      long found = number(sql);
      if (found != expected) {
        throw new IllegalStateException(found + " instead of " + expected + ": " + sql);
      }
    }

    private long number(String sql) {
      return jdbc.sql(sql).query(Long.class).single();
    }

    /** The statements that took longest. */
    void detail(Report report, int mails) {
      jdbc.sql(
              "SELECT calls, rows, wal_bytes, total_exec_time, left(regexp_replace(query, '\\s+', ' ', 'g'), 110) AS query"
                  + " FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 60")
          .query(
              row -> {
                report.figure(
                    "statement",
                    "%d calls, %d rows, %.1f us and %.0f bytes of the log a mail: %s"
                        .formatted(
                            row.getLong("calls"),
                            row.getLong("rows"),
                            row.getDouble("total_exec_time") * 1000 / mails,
                            row.getDouble("wal_bytes") / mails,
                            row.getString("query")));
              });
    }
  }
}
