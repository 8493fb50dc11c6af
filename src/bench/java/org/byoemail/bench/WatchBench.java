package org.byoemail.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.Services;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Idle mailboxes on one node, over TLS and in the clear: how long until all are watched, and what
 * they cost above the same node without any. The server tells its idle clients every 2 min that it
 * is there, as Dovecot does.
 */
final class WatchBench implements Bench {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration SERVER_KEEPS_ALIVE = Duration.ofMinutes(2);
  private static final int MAILS = 200;

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int mailboxes = options.number("mailboxes", 10_000);
    int seconds = options.number("seconds", 60);
    String heap = options.text("heap", "1g");
    report.figure("mailboxes", mailboxes);
    report.figure("pacing", "64 logins at once a host, none kept waiting");
    try (Services services = Services.start(dir.resolve("services"));
        StubImapProcess stub = StubImapProcess.start(SERVER_KEEPS_ALIVE)) {
      JdbcClient jdbc = JdbcClient.create(services.postgres().dataSource());
      double idle;
      try (GatewayProcess node = node(dir, services, heap)) {
        node.start();
        rest(seconds / 2);
        long cpu = ProcessTimes.millis(node.pid());
        rest(seconds / 2);
        report.figure(
            "idle_node_cpu_percent_of_a_core",
            (ProcessTimes.millis(node.pid()) - cpu) / (seconds * 5.0));
        ProcessSize size = ProcessSize.of(node.pid());
        idle = size.residentMb();
        report.figure("idle_node_rss_mb", idle);
        report.figure("idle_node_threads", size.threads());
      }
      List<String> logins =
          new StubAccounts(services.postgres().dataSource()).create(mailboxes, stub.tlsPort());
      for (String security : options.text("security", "ssl,none").split(",")) {
        jdbc.sql(
                "UPDATE agent_email_account SET imap_security = :security, imap_port = :port,"
                    + " imap_verified_at = statement_timestamp()")
            .param("security", security)
            .param("port", security.equals("ssl") ? stub.tlsPort() : stub.port())
            .update();
        try (GatewayProcess node = node(dir, services, heap)) {
          long before = System.nanoTime();
          node.start();
          double ready = (System.nanoTime() - before) / 1e9;
          awaitWatched(stub, mailboxes);
          double watched = (System.nanoTime() - before) / 1e9;
          report.figure(security + "_ready_s", ready);
          report.atMost(security + "_all_watched_s", watched, 180);
          rest(seconds / 2);
          long cpu = ProcessTimes.millis(node.pid());
          rest(seconds);
          double used = (ProcessTimes.millis(node.pid()) - cpu) / (seconds * 10.0);
          ProcessSize size = ProcessSize.of(node.pid());
          report.figure(security + "_rss_mb", size.residentMb());
          report.atMost(
              security + "_rss_above_idle_mb",
              size.residentMb() - idle,
              security.equals("ssl") ? 1_200 : 600);
          report.atMost(security + "_threads", size.threads(), 64);
          report.atMost(security + "_cpu_percent_of_a_core", used, 5);
          if (options.number("detail", 0) > 0) {
            detail(node.pid(), report);
          }
          mailStillComes(stub, jdbc, logins, security);
        }
      }
    }
  }

  private static GatewayProcess node(Path dir, Services services, String heap) {
    Map<String, String> settings = new HashMap<>(RealAccounts.gatewaySettings());
    settings.put("BYO_SECRET_KEYSET", AccountFixtures.KEY);
    settings.put("BYO_MAILBOX_LOGININTERVAL", "0ms");
    settings.put("BYO_MAILBOX_LOGINSPERHOST", "64");
    return new GatewayProcess(dir.resolve("gateway"), services, settings).heap("-Xmx" + heap);
  }

  private static void rest(int seconds) throws InterruptedException {
    TimeUnit.SECONDS.sleep(seconds);
  }

  private static void awaitWatched(StubImapProcess stub, int mailboxes) {
    Awaitility.await("all watched")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> stub.figures().idling() == mailboxes);
    List<String> watched = stub.watched();
    if (new HashSet<>(watched).size() != mailboxes) {
      throw new IllegalStateException("some mailboxes are watched twice, others not at all");
    }
  }

  /** Each mail comes through, once. */
  private static void mailStillComes(
      StubImapProcess stub, JdbcClient jdbc, List<String> logins, String security) {
    for (int i = 0; i < MAILS; i++) {
      stub.deliver(logins.get(i * logins.size() / MAILS), security + "-" + i);
    }
    Awaitility.await("all mail")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> messages(jdbc, security).size() >= MAILS);
    List<String> found = messages(jdbc, security);
    if (found.size() != MAILS || new HashSet<>(found).size() != MAILS) {
      throw new IllegalStateException(found.size() + " messages of " + MAILS + " mails");
    }
  }

  private static List<String> messages(JdbcClient jdbc, String security) {
    return jdbc.sql("SELECT subject FROM message WHERE subject LIKE :like")
        .param("like", security + "-%")
        .query(String.class)
        .list();
  }

  /** What threads there are, and what fills the heap after a collection. */
  private static void detail(long pid, Report report) throws IOException {
    Map<String, Integer> threads = new TreeMap<>();
    for (String line : ask(pid, "Thread.print")) {
      if (line.startsWith("\"")) {
        threads.merge(line.replaceFirst("^\"([^\"]*?)[-#0-9]*\".*", "$1"), 1, Integer::sum);
      }
    }
    threads.forEach((name, count) -> report.figure("threads", count + " " + name));
    ask(pid, "GC.class_histogram").stream()
        .limit(40)
        .forEach(line -> report.figure("heap", line.strip()));
    report.figure("rss_after_collection_mb", ProcessSize.of(pid).residentMb());
  }

  private static List<String> ask(long pid, String command) throws IOException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(pid),
                command)
            .redirectErrorStream(true)
            .start();
    return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList();
  }
}
