package org.byoemail.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.GatewayBeans;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.Ingested;
import org.byoemail.support.MailStream;
import org.byoemail.support.MailUser;
import org.byoemail.support.RequiresPrograms;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mail that arrives by LMTP at many mailboxes while the nodes that watch them are killed, frozen,
 * stopped and started again: each mail is taken in, and once, and mail is taken in during each
 * fault; a webhook gets each event at least once, in the order of its message. A share of it runs
 * at each build; the Maven profile {@code faults} runs all of it.
 */
class ClusterFaultsIT {
  private static final int MAILS = Integer.getInteger("byo.faults.mails", 250);
  private static final int MAILBOXES = Integer.getInteger("byo.faults.mailboxes", 10);
  private static final int ROUNDS = Integer.getInteger("byo.faults.rounds", 1);
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  /** The default of Prometheus. */
  private static final Duration SCRAPE_TIMEOUT = Duration.ofSeconds(10);

  private static final String DATABASE_AWAY = "byo_service_up\\{.*service=\"database\".*} 0\\.0";

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();

  @TempDir static Path dir;

  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = Cluster.start(dir, ClusterAccounts.settings());
    ClusterAccounts.BALANCER.to(cluster::ports);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** Further tests on the same nodes. */
  @Nested
  class Accounts extends ClusterAccounts {
    Accounts() {
      super(cluster);
    }
  }

  /** Their routes, stopped and started by an operator. */
  @Nested
  class Routes extends ClusterRoutes {
    Routes() {
      super(cluster);
    }
  }

  /** The same nodes as browsers see them. */
  @Nested
  @RequiresPrograms("chromium")
  class InABrowser extends ClusterBrowser {
    InABrowser() {
      super(cluster);
    }
  }

  /** The traces of mail that several nodes work on. */
  @Nested
  @Tag("faults")
  class Traces extends ClusterTraces {
    Traces() {
      super(cluster);
    }
  }

  /** What is shown while they do all that. */
  @Nested
  class Secrets extends ClusterSecrets {
    Secrets() {
      super(cluster);
    }
  }

  @Test
  void everyMailIsTakenInOnceWhileNodesFailInTurn() throws Exception {
    List<MailUser> users = List.copyOf(accounts("faults").keySet());
    GatewayProcess a = cluster.node("a");
    GatewayProcess b = cluster.node("b");
    cluster.awaitHolders("a", "b", "c");

    try (WebhookStream hook =
            WebhookStream.start(
                cluster.node("c").api(), cluster.services().postgres().dataSource());
        MailStream mails =
            MailStream.start(DOVECOT, users, MAILS, Duration.ofSeconds(45L * ROUNDS))) {
      cluster.services().redis().kill();
      awaitFlow("without Redis", mails);
      cluster.services().redis().start();
      for (int round = 0; round < ROUNDS; round++) {
        cluster.services().redis().empty();
        awaitFlow("after the loss of what Redis held", mails);
        a.kill();
        b.freeze();
        cluster.awaitHolders("c");
        awaitFlow("with one node killed and one frozen", mails);
        hook.awaitFlow("with one node killed and one frozen");
        b.thaw();
        a.start();
        cluster.awaitHolders("a", "b", "c");
        try (GatewayBeans beans = GatewayBeans.of(a.pid())) {
          beans.invoke("routes", "\"inbound-deliver\"", "stop");
          cluster.awaitHolders("b", "c");
          awaitFlow("with a route stopped", mails);
          beans.invoke("routes", "\"inbound-deliver\"", "start");
        }
        try (GatewayBeans beans = GatewayBeans.of(b.pid())) {
          beans.invoke("consumers", "MailboxConsumer*", "stop");
          cluster.awaitHolders("a", "c");
          awaitFlow("with a consumer stopped", mails);
          beans.invoke("consumers", "MailboxConsumer*", "start");
        }
        cluster.awaitHolders("a", "b", "c");
      }
      mails.finish();

      assertTakenInOnce(mails, () -> {});
      hook.assertEachAtLeastOnceInOrder();
    }
  }

  @Test
  void everyMailIsTakenInOnceWhileTheDatabaseIsKilledAndStopped() throws Exception {
    Map<MailUser, String> accounts = accounts("database");
    List<MailUser> users = List.copyOf(accounts.keySet());
    cluster.awaitHolders("a", "b", "c");

    try (WebhookStream hook =
            WebhookStream.start(
                cluster.node("c").api(), cluster.services().postgres().dataSource());
        MailStream mails =
            MailStream.start(DOVECOT, users, MAILS, Duration.ofSeconds(30L * ROUNDS))) {
      for (int round = 0; round < ROUNDS; round++) {
        awaitFlow("before the database is killed", mails);
        cluster.services().postgres().freeze();
        assertMonitored("frozen");
        cluster.services().postgres().thaw();
        awaitFlow("after the database was frozen", mails);
        cluster.services().postgres().kill();
        mails.awaitDelivered(mails.delivered() + MAILBOXES);
        assertMonitored("killed");
        cluster.services().postgres().start();
        assertThat(ingested().cursorsApart(accounts.values())).isEmpty();
        awaitFlow("after the database was killed", mails);
        cluster.services().postgres().stop();
        cluster.services().postgres().start();
      }
      mails.finish();

      // Trouble of the database is nobody's mailbox's: it is met again by itself.
      assertTakenInOnce(mails, () -> {});
      hook.assertEachAtLeastOnceInOrder();
      assertThat(ingested().cursorsApart(accounts.values())).isEmpty();
      for (String node : List.of("a", "b", "c")) {
        assertThat(cluster.node(node).outputOfLastStart().lines())
            .as("stack frames of " + node)
            .noneMatch(line -> line.startsWith("\tat "));
      }
    }
  }

  /** Metrics and health of each node say it before a Prometheus would give up. */
  private static void assertMonitored(String what) {
    for (int port : cluster.ports()) {
      await("the database is " + what + " at " + port)
          .atMost(PATIENCE)
          .until(
              () ->
                  answer(port, "/actuator/prometheus")
                          .body()
                          .lines()
                          .anyMatch(line -> line.matches(DATABASE_AWAY))
                      && answer(port, "/actuator/health").statusCode() == 503);
    }
  }

  private static HttpResponse<String> answer(int port, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + GatewayProcess.ADMIN_KEY)
                .timeout(SCRAPE_TIMEOUT)
                .build(),
            HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  @Test
  void everyMailIsTakenInOnceWhileItIsCopiedAndMovedAndNodesAreKilled() {
    List<MailUser> users = new ArrayList<>();
    List<String> accounts = new ArrayList<>();
    for (int i = 0; i < MAILBOXES; i++) {
      MailUser user = DOVECOT.freshUser("folders");
      DOVECOT.doveadm("mailbox", "create", "-u", user.address(), "Second");
      users.add(user);
      accounts.add(cluster.receiving(DOVECOT, user, List.of("INBOX", "Second")));
    }
    cluster.awaitHolders("a", "b", "c");

    try (MailStream mails =
        MailStream.start(DOVECOT, users, MAILS, Duration.ofSeconds(30L * ROUNDS))) {
      for (int round = 0; round < ROUNDS; round++) {
        for (String name : ROUNDS > 1 ? List.of("a", "b") : List.of("a")) {
          mails.awaitDelivered(mails.delivered() + 2 * MAILBOXES);
          copy("copy", users);
          cluster.node(name).kill();
          copy("move", users);
          awaitFlow("with a node killed", mails);
          cluster.node(name).start();
          cluster.awaitHolders("a", "b", "c");
        }
      }
      mails.finish();
      copy("copy", users);

      assertTakenInOnce(mails, () -> accounts.forEach(cluster::poll));
      assertThat(ingested().subjectsOf("duplicate", mails.name()))
          .hasSizeGreaterThanOrEqualTo(MAILBOXES);
    }
  }

  /** Copies or moves what lies in the inboxes to the second folder. */
  private static void copy(String command, List<MailUser> users) {
    for (MailUser user : users) {
      DOVECOT.doveadm(command, "-u", user.address(), "Second", "mailbox", "INBOX", "all");
    }
  }

  @Test
  void everyMailIsTakenInOnceWhileFoldersAreNumberedAnew() {
    Map<MailUser, String> accounts = accounts("anew");
    List<MailUser> users = List.copyOf(accounts.keySet());
    long validity = 4_000_000_000L;

    try (MailStream mails =
        MailStream.start(DOVECOT, users, MAILS, Duration.ofSeconds(10L * ROUNDS))) {
      for (int part = 1; part < 4; part++) {
        mails.awaitDelivered(MAILS * part / 4);
        for (MailUser user : users) {
          DOVECOT.doveadm(
              "mailbox",
              "update",
              "--uid-validity",
              String.valueOf(validity++),
              "-u",
              user.address(),
              "INBOX");
        }
      }
      mails.finish();

      // The server has closed the watching connections; without a poll they come back after
      // minutes.
      assertTakenInOnce(mails, () -> accounts.values().forEach(cluster::poll));
      assertThat(ingested().accountsReset()).containsAll(accounts.values());
    }
  }

  /** Of the mails that arrive from now on, one to each mailbox has been taken in. */
  private static void awaitFlow(String fault, MailStream mails) {
    int first = mails.delivered();
    List<String> next = mails.subjects(first, first + MAILBOXES);
    await("mails " + fault)
        .atMost(PATIENCE)
        .until(() -> new HashSet<>(ingested().subjects(mails.name())).containsAll(next));
  }

  private static void assertTakenInOnce(MailStream mails, Runnable hastened) {
    Ingested ingested = ingested();
    List<String> subjects = mails.subjects(0, mails.delivered());
    await("every mail of " + subjects.size())
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () -> {
              hastened.run();
              return ingested.subjects(mails.name()).size() >= subjects.size();
            });
    assertThat(ingested.subjects(mails.name())).containsExactlyInAnyOrderElementsOf(subjects);
    assertThat(ingested.received(mails.name())).containsExactlyInAnyOrderElementsOf(subjects);
    assertThat(ingested.markedWithoutReason()).isEmpty();
    assertThat(mails.failures()).isEmpty();
  }

  private static Ingested ingested() {
    return new Ingested(cluster.services().postgres().dataSource());
  }

  /** Mailboxes that are watched, with the ids of their accounts. */
  private static Map<MailUser, String> accounts(String name) {
    Map<MailUser, String> accounts = new LinkedHashMap<>();
    for (int i = 0; i < MAILBOXES; i++) {
      MailUser user = DOVECOT.freshUser(name);
      accounts.put(user, cluster.receiving(DOVECOT, user));
    }
    return accounts;
  }
}
