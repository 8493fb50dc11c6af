package org.byoemail.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.Services;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Two nodes that watch mailboxes between them, of which one is killed and later stopped: how long
 * until the other watches all, while mail goes on arriving.
 */
final class TakeoverBench implements Bench {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int MAILS_A_SECOND = 20;

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int mailboxes = options.number("mailboxes", 2_000);
    int ttl = options.number("ttl", 30);
    try (Services services = Services.start(dir.resolve("services"));
        StubImapProcess stub = StubImapProcess.start(Duration.ZERO);
        GatewayProcess a = node("a", dir, services, ttl);
        GatewayProcess b = node("b", dir, services, ttl)) {
      Run run = new Run(JdbcClient.create(services.postgres().dataSource()), stub, mailboxes);
      a.start();
      b.start();
      report.figure("mailboxes", mailboxes);
      report.figure("ttl.s", ttl);
      report.figure("pacing", "64 logins at once a host, none kept waiting");

      List<String> logins =
          new StubAccounts(services.postgres().dataSource()).create(mailboxes, stub.tlsPort());
      report.figure("first watched.s", seconds(() -> run.awaitWatched("a", "b")));
      report.figure("first shares", run.shares().toString());
      try (Arrivals arrivals = new Arrivals(stub, logins)) {
        report.atMost(
            "watched again after a kill.s",
            seconds(
                () -> {
                  a.kill();
                  run.awaitWatched("b");
                }),
            ttl + 15.0);
        a.start();
        report.figure("balanced after a start.s", seconds(() -> run.awaitBalance()));
        report.atMost(
            "watched again after a stop.s",
            seconds(
                () -> {
                  CompletableFuture<Void> stopping = CompletableFuture.runAsync(a::stop);
                  run.awaitWatched("b");
                  stopping.join();
                }),
            10);
        arrivals.close();
        run.awaitIngested(arrivals.subjects());
        report.figure("mails that arrived meanwhile", arrivals.subjects().size());
      }
    }
  }

  private static double seconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static GatewayProcess node(String name, Path dir, Services services, int ttl) {
    Map<String, String> settings = new HashMap<>(RealAccounts.gatewaySettings());
    settings.put("BYO_SECRET_KEYSET", AccountFixtures.KEY);
    settings.put("BYO_LEASE_NODE", name);
    settings.put("BYO_LEASE_TTL", ttl + "s");
    settings.put("BYO_MAILBOX_LOGIN_INTERVAL", "0ms");
    settings.put("BYO_MAILBOX_LOGINS_PER_HOST", "64");
    return new GatewayProcess(dir.resolve(name), services, settings).heap("-Xmx768m");
  }

  /** What the database and the server say of who watches what. */
  private record Run(JdbcClient jdbc, StubImapProcess stub, int mailboxes) {

    /** How many each node has. */
    Map<String, Integer> shares() {
      Map<String, Integer> shares = new HashMap<>();
      jdbc.sql("SELECT n.name FROM mailbox m JOIN node n ON n.id = m.held_by")
          .query(String.class)
          .list()
          .forEach(name -> shares.merge(name, 1, Integer::sum));
      return shares;
    }

    /** Waits until those nodes have all, and each login waits by IDLE, once. */
    void awaitWatched(String... nodes) {
      Awaitility.await("all watched by " + List.of(nodes))
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> {
                Map<String, Integer> shares = shares();
                List<String> watched = stub.watched();
                return shares.keySet().equals(new HashSet<>(List.of(nodes)))
                    && shares.values().stream().mapToInt(Integer::intValue).sum() == mailboxes
                    && watched.size() == mailboxes
                    && new HashSet<>(watched).size() == mailboxes;
              });
    }

    void awaitBalance() {
      Awaitility.await("balance")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                Map<String, Integer> shares = shares();
                return shares.getOrDefault("a", 0) >= mailboxes / 2
                    && shares.getOrDefault("b", 0) >= mailboxes / 2;
              });
      awaitWatched("a", "b");
    }

    /** Each mail became one message. */
    void awaitIngested(List<String> subjects) {
      Awaitility.await("all ingested")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .until(() -> messages().size() >= subjects.size());
      List<String> found = new ArrayList<>(messages());
      if (found.size() != subjects.size()
          || !new HashSet<>(found).equals(new HashSet<>(subjects))) {
        throw new IllegalStateException(
            subjects.size() + " mails arrived, " + found.size() + " messages were made of them");
      }
    }

    private List<String> messages() {
      return jdbc.sql("SELECT subject FROM message WHERE direction = 'inbound'")
          .query(String.class)
          .list();
    }
  }

  /** Mail for one mailbox after another. */
  private static final class Arrivals implements AutoCloseable {
    private final List<String> subjects = new ArrayList<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

    Arrivals(StubImapProcess stub, List<String> logins) {
      thread.scheduleAtFixedRate(
          () -> {
            int number = subjects.size();
            String subject = "mail-" + number;
            stub.deliver(logins.get(number * 7 % logins.size()), subject);
            subjects.add(subject);
          },
          0,
          1000 / MAILS_A_SECOND,
          TimeUnit.MILLISECONDS);
    }

    /** Of all mails; once it is closed. */
    List<String> subjects() {
      return subjects;
    }

    @Override
    public void close() throws InterruptedException {
      thread.shutdown();
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the server takes no more mail");
      }
    }
  }
}
