package org.byoemail.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.byoemail.account.registry.AccountFixtures;
import org.byoemail.support.ApiClient;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.DovecotServer.Storage;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.MailUser;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.Services;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Mail to a few of many idle mailboxes at a Dovecot: how much later its event is heard at the
 * broker than a raw client, waiting by IDLE beside the gateway, hears of it from the server.
 */
final class PushBench implements Bench {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int PAGE = 100;

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int mailboxes = options.number("mailboxes", 1_000);
    int busy = options.number("busy", 200);
    int rate = options.number("rate", 20);
    int mails = rate * options.number("seconds", 60);
    DovecotServer dovecot = DovecotServer.separate(Storage.SDBOX);
    dovecot.start();
    try (Services services = Services.start(dir.resolve("services"));
        GatewayProcess node = node(dir, services)) {
      node.start();
      List<MailUser> users =
          new StubAccounts(services.postgres().dataSource())
                  .create(mailboxes, dovecot.imapsPort(), login -> dovecot.user(login).password())
                  .stream()
                  .map(dovecot::user)
                  .toList();
      report.figure("mailboxes", mailboxes);
      report.figure("of_which_get_mail", busy);
      report.figure("mails_per_second", rate);
      awaitIdle(node.api(), mailboxes);
      List<MailUser> receivers = users.subList(0, busy);
      // One mail to each mailbox warms up.
      int all = busy + mails;
      long[] sent;
      JdbcClient jdbc = JdbcClient.create(services.postgres().dataSource());
      var statements = new StatementStatistics(services.postgres().dataSource());
      statements.reset();
      long cpu = ProcessTimes.millis(node.pid());
      try (PushNotices notices = new PushNotices(dovecot, receivers, all);
          PushEvents events = new PushEvents(services.broker(), all)) {
        sent = send(dovecot, receivers, all, rate);
        Awaitility.await("all events")
            .atMost(PATIENCE)
            .until(() -> events.heard() == all && notices.heard() == all);
        long[] notice = notices.nanos();
        long[] event = events.nanos();
        report.figure("cpu_ms_per_mail", (ProcessTimes.millis(node.pid()) - cpu) / (double) all);
        report.figure("statements_per_mail", statements.calls() / (double) all);
        statements.print(options.number("statements", 0), all);
        report.figure("rss_mb", ProcessSize.of(node.pid()).residentMb());
        verify(jdbc, all);
        figures(report, "raw_notice_after_delivery", millis(sent, notice, busy));
        figures(report, "event_after_delivery", millis(sent, event, busy));
        double[] behind = millis(notice, event, busy);
        figures(report, "event_after_raw_notice", behind);
        report.atMost("event_after_raw_notice_p99_ms", quantile(behind, 0.99), 100);
      }
    } finally {
      dovecot.stop();
    }
  }

  private static GatewayProcess node(Path dir, Services services) {
    Map<String, String> settings = new HashMap<>(RealAccounts.gatewaySettings());
    settings.put("BYO_SECRET_KEYSET", AccountFixtures.KEY);
    settings.put("BYO_MAILBOX_LOGIN_INTERVAL", "0ms");
    settings.put("BYO_MAILBOX_LOGINS_PER_HOST", "64");
    return new GatewayProcess(dir.resolve("gateway"), services, settings);
  }

  private static void awaitIdle(ApiClient api, int mailboxes) {
    Awaitility.await("all mailboxes idle")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> idle(api) == mailboxes);
  }

  private static int idle(ApiClient api) {
    int idle = 0;
    String cursor = "";
    do {
      JsonNode page = ApiClient.expect(200, api.get("/accounts?limit=" + PAGE + cursor)).body();
      for (JsonNode account : page.path("items")) {
        idle += account.at("/lease/state").asText().equals("idle") ? 1 : 0;
      }
      cursor = page.path("next").isTextual() ? "&cursor=" + page.path("next").asText() : "";
    } while (!cursor.isEmpty());
    return idle;
  }

  /** Delivers to one mailbox after another; when each mail was given to the server. */
  private static long[] send(DovecotServer dovecot, List<MailUser> receivers, int count, int rate)
      throws Exception {
    long[] sent = new long[count];
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    ArrayList<Integer> done = new ArrayList<>();
    var task =
        clock.scheduleAtFixedRate(
            () -> {
              int number = done.size();
              if (number < count) {
                MailUser user = receivers.get(number % receivers.size());
                sent[number] = System.nanoTime();
                dovecot.deliver("ann@else.test", user.address(), List.of(mail(number)));
                done.add(number);
              } else {
                clock.shutdown();
              }
            },
            0,
            1_000_000 / rate,
            TimeUnit.MICROSECONDS);
    if (!clock.awaitTermination(count / rate + 60, TimeUnit.SECONDS)) {
      clock.shutdownNow();
      throw new IllegalStateException(
          done.size() + " of " + count + " mails were delivered: " + task);
    }
    return sent;
  }

  private static byte[] mail(int number) {
    return String.join(
            "\r\n",
            "From: Ann Other <ann@else.test>",
            "To: agent@example.test",
            "Subject: " + PushEvents.SUBJECT + number,
            "Message-ID: <push." + number + "@else.test>",
            "Date: Tue, 24 Nov 2026 10:00:00 +0000",
            "",
            "The quick brown fox jumps over the lazy dog, and goes on.",
            "")
        .getBytes(US_ASCII);
  }

  /** Each mail became one message. */
  private static void verify(JdbcClient jdbc, int mails) {
    for (String what : List.of("count(*)", "count(DISTINCT subject)")) {
      long found = jdbc.sql("SELECT " + what + " FROM message").query(Long.class).single();
      if (found != mails) {
        throw new IllegalStateException(found + " messages of " + mails + " mails: " + what);
      }
    }
  }

  private static double[] millis(long[] from, long[] to, int first) {
    return IntStream.range(first, from.length).mapToDouble(i -> (to[i] - from[i]) / 1e6).toArray();
  }

  private static void figures(Report report, String name, double[] millis) {
    report.figure(name + "_median_ms", quantile(millis, 0.5));
    report.figure(name + "_max_ms", quantile(millis, 1));
  }

  private static double quantile(double[] values, double part) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  }
}
