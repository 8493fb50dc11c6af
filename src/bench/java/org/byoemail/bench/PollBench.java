package org.byoemail.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.byoemail.bench.WireTap.Tally;
import org.byoemail.support.ApiClient;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.DovecotServer.Storage;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.MailUser;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.Services;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What one look into a mailbox of 20,000 mails costs at a Dovecot, with nothing new and with 10 new
 * mails: commands, bytes and time on the wire, beside a raw client that asks the same.
 */
final class PollBench implements Bench {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int NEW = 10;

  /** New mails at each look that warms up: the JVM compiles what a look runs within 100 of them. */
  private static final int WARM_NEW = 50;

  private static final int SIZE = 5_000;
  private static final double AROUND = 2_048;

  @Override
  public void run(Path dir, Options options, Report report) throws Exception {
    int mails = options.number("mails", 20_000);
    int times = options.number("times", 200);
    int warmup = options.number("warmup", 100);
    DovecotServer dovecot = DovecotServer.separate(Storage.SDBOX);
    dovecot.start();
    MailUser user = dovecot.freshUser("poll");
    try (Services services = Services.start(dir.resolve("services"));
        WireTap tap = new WireTap(dovecot.imapPort());
        WireTap rawTap = new WireTap(dovecot.imapPort());
        GatewayProcess gateway =
            new GatewayProcess(dir.resolve("gateway"), services, RealAccounts.gatewaySettings());
        RawImapClient sender = new RawImapClient(dovecot.imapPort(), user)) {
      JdbcClient jdbc = JdbcClient.create(services.postgres().dataSource());
      for (int done = 0; done < mails; done += 1000) {
        sender.append(mails(1000, user));
      }
      gateway.start();
      String account = account(gateway.api(), tap.port(), user);
      settle(tap, 4);
      tap.clear();
      ApiClient.expect(202, gateway.api().post("/accounts/" + account + "/resume"));
      Tally first = settle(tap, 3);
      report.figure("mails", mails);
      report.figure(
          "commands",
          first.commands().stream()
              .map(command -> command.replaceFirst("^(AUTHENTICATE \\S+) .*", "$1"))
              .collect(Collectors.joining(" | ")));
      report.atMost("new_connection_commands", first.commands().size(), 5);
      for (int i = 0; i < warmup; i++) {
        sender.append(mails(WARM_NEW, user));
        poll(gateway.api(), account, tap, 4);
        poll(gateway.api(), account, tap, 2);
      }
      long last = mails + (long) warmup * WARM_NEW;

      List<Tally> empty = new ArrayList<>();
      List<Tally> full = new ArrayList<>();
      List<Double> rawEmpty = new ArrayList<>();
      List<Double> rawFull = new ArrayList<>();
      var statements = new StatementStatistics(services.postgres().dataSource());
      statements.reset();
      long cpu = ProcessTimes.millis(gateway.pid());
      try (RawImapClient raw = new RawImapClient(rawTap.port(), user)) {
        for (int i = 0; i < times; i++) {
          empty.add(poll(gateway.api(), account, tap, 2));
          rawEmpty.add(ask(raw, rawTap, last, false));
          sender.append(mails(NEW, user));
          full.add(poll(gateway.api(), account, tap, 4));
          rawFull.add(ask(raw, rawTap, last, true));
          last += NEW;
        }
      }
      figures(report, "nothing_new", empty, rawEmpty, 2, AROUND);
      figures(report, "ten_new", full, rawFull, 4, AROUND + NEW * (SIZE + 1_000.0));
      double looks = 2.0 * times;
      report.figure("cpu_ms_per_look", (ProcessTimes.millis(gateway.pid()) - cpu) / looks);
      report.figure("statements_per_look", statements.calls() / looks);
      statements.print(options.number("statements", 0), 2 * times);
      report.figure("rss_mb", ProcessSize.of(gateway.pid()).residentMb());
      verify(jdbc, (long) NEW * times + (long) WARM_NEW * warmup);
    } finally {
      dovecot.stop();
    }
  }

  private static String account(ApiClient api, int port, MailUser user) {
    String agent = api.openAgent(user.address());
    Map<String, Object> imap = new HashMap<>();
    imap.put("host", "localhost");
    imap.put("port", port);
    imap.put("security", "none");
    imap.put("auth", "plain");
    imap.put("username", user.address());
    imap.put("password", user.password());
    imap.put("idle", false);
    imap.put("pollInterval", 86_400);
    String id =
        ApiClient.expect(
                201,
                api.post(
                    "/accounts", Map.of("agent", agent, "address", user.address(), "imap", imap)))
            .body()
            .path("id")
            .asText();
    ApiClient.expect(200, api.post("/accounts/" + id + "/test-imap"));
    ApiClient.expect(200, api.patch("/accounts/" + id, Map.of("inboundEnabled", true)));
    ApiClient.expect(202, api.post("/accounts/" + id + "/pause"));
    return id;
  }

  private static Tally poll(ApiClient api, String account, WireTap tap, int commands) {
    tap.clear();
    ApiClient.expect(202, api.post("/accounts/" + account + "/poll"));
    return settle(tap, commands);
  }

  /** Waits until so many commands were answered, and no more come. */
  private static Tally settle(WireTap tap, int commands) {
    Awaitility.await("an answer")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .during(Duration.ofMillis(60))
        .until(
            () -> {
              Tally now = tap.tally();
              return now.answers() >= commands && now.answers() >= now.commands().size();
            });
    return tap.tally();
  }

  private static double ask(RawImapClient raw, WireTap tap, long last, boolean fetch)
      throws Exception {
    tap.clear();
    raw.ask("NOOP");
    raw.ask("UID SEARCH UID " + (last + 1) + ":*");
    if (fetch) {
      String set = (last + 1) + ":" + (last + NEW);
      raw.ask("UID FETCH " + set + " (UID RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER])");
      raw.ask("UID FETCH " + set + " (UID BODY.PEEK[])");
    }
    return settle(tap, fetch ? 4 : 2).seconds();
  }

  private static void figures(
      Report report, String name, List<Tally> polls, List<Double> raw, int commands, double bytes) {
    long most =
        polls.stream()
            .mapToLong(
                poll -> poll.commands().stream().filter(c -> !c.startsWith("UID STORE")).count())
            .max()
            .orElseThrow();
    report.atMost(name + "_commands", most, commands);
    report.atMost(
        name + "_bytes", median(polls.stream().map(poll -> (double) poll.bytes()).toList()), bytes);
    double ours = median(polls.stream().map(Tally::seconds).toList());
    report.figure(name + "_ms", ours * 1000);
    report.figure(name + "_raw_ms", median(raw) * 1000);
    report.figure(name + "_pauses_ms", pauses(polls));
    report.atMost(name + "_ratio_to_raw", ours / median(raw), 2);
  }

  /** Before which commands the server waited for the gateway, and how long. */
  private static String pauses(List<Tally> polls) {
    List<String> commands = polls.get(0).commands();
    List<Tally> alike =
        polls.stream().filter(poll -> poll.commands().size() == commands.size()).toList();
    return IntStream.range(0, commands.size())
        .mapToObj(
            i ->
                "%s %.2f"
                    .formatted(
                        commands.get(i).replaceFirst("^(UID \\S+|\\S+).*", "$1"),
                        median(alike.stream().map(poll -> poll.pauses().get(i)).toList()) * 1000))
        .collect(Collectors.joining(", "));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static void verify(JdbcClient jdbc, long mails) {
    long found =
        jdbc.sql("SELECT count(DISTINCT rfc_message_id) FROM message WHERE direction = 'inbound'")
            .query(Long.class)
            .single();
    long rows = jdbc.sql("SELECT count(*) FROM inbound_mail").query(Long.class).single();
    if (found != mails || rows != mails) {
      throw new IllegalStateException(
          found + " messages of " + mails + " mails, " + rows + " rows");
    }
  }

  private static List<byte[]> mails(int count, MailUser user) {
    List<byte[]> mails = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String head =
          "From: Ann Other <ann@else.test>\r\nTo: %s\r\nSubject: poll\r\nMessage-ID: <%s@else.test>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n\r\n"
              .formatted(user.address(), UUID.randomUUID());
      String line = "The quick brown fox jumps over the lazy dog, and goes on.\r\n";
      mails.add((head + line.repeat((SIZE - head.length()) / line.length())).getBytes(US_ASCII));
    }
    return mails;
  }
}
