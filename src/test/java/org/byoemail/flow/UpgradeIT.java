package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.Ingested;
import org.byoemail.support.MailStream;
import org.byoemail.support.MailUser;
import org.byoemail.support.OlderProgram;
import org.byoemail.support.OutboundAccounts;
import org.byoemail.support.ProgramUnderTest;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.Services;
import org.byoemail.support.SmtpSink;
import org.byoemail.support.SmtpSink.Arrived;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes of the release before are upgraded one after the other while mail comes in and goes
 * out: nothing is lost and nothing doubled. Run by the Maven profile {@code faults}.
 */
@Tag("faults")
@RequiresPrograms("smtp-sink")
class UpgradeIT {
  private static final int SUBMISSIONS = 400;
  private static final int MAILS = 120;
  private static final int MAILBOXES = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(240);

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();

  @TempDir Path dir;

  @Test
  void nodesAreUpgradedOneAfterTheOtherUnderLoad() {
    try (Services services = Services.start(dir.resolve("services"));
        SmtpSink sink = new SmtpSink(dir.resolve("sink"));
        GatewayProcess a = older(new GatewayProcess(dir.resolve("a"), services, settings("a")));
        GatewayProcess b = older(new GatewayProcess(dir.resolve("b"), services, settings("b")))) {
      a.start();
      b.start();
      String sender = "sender@example.test";
      OutboundAccounts.make(a.api(), sender, sink.port());
      List<MailUser> users = new ArrayList<>();
      for (int i = 0; i < MAILBOXES; i++) {
        users.add(DOVECOT.freshUser("upgrade"));
        RealAccounts.receiving(a.api(), DOVECOT, users.get(i));
      }
      SentMails sent = new SentMails(services.postgres().dataSource(), sink);
      Ingested ingested = new Ingested(services.postgres().dataSource());

      try (MailStream mails = MailStream.start(DOVECOT, users, MAILS, Duration.ofSeconds(60));
          Submitting before = submit(services, "before", sender)) {
        awaitSome(sent, "before");
        upgrade(a);
        try (Submitting between = submit(services, "between", sender)) {
          // Both releases accept, claim, send and receive side by side.
          awaitSome(sent, "between");
          upgrade(b);
          between.await();
        }
        before.await();
        try (Submitting after = submit(services, "after", sender)) {
          after.await();
        }
        mails.finish();

        for (String name : List.of("before", "between", "after")) {
          await("all " + name)
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(500))
              .until(() -> sent.statuses(name).equals(Map.of("sent", (long) SUBMISSIONS)));
          assertThat(sent.arrived(name))
              .extracting((Arrived mail) -> mail.field("Subject"))
              .doesNotHaveDuplicates()
              .hasSize(SUBMISSIONS);
          assertThat(sent.tries(name)).isEqualTo(SUBMISSIONS);
        }
        List<String> subjects = mails.subjects(0, mails.delivered());
        await("all mails are taken in")
            .atMost(PATIENCE)
            .until(() -> ingested.subjects(mails.name()).size() >= subjects.size());
        assertThat(ingested.received(mails.name())).containsExactlyInAnyOrderElementsOf(subjects);
      }
      // The release before repeats a transaction whose cached plan a new column ended, and logs it.
      for (GatewayProcess node : List.of(a, b)) {
        assertThat(node.outputOfLastStart().lines().filter(line -> line.contains(" ERROR ")))
            .isEmpty();
      }
    }
  }

  private static void upgrade(GatewayProcess node) {
    node.stop();
    node.jar(ProgramUnderTest.jar())
        .setting("BYO_ROUTES_DIR", ProgramUnderTest.routes().toString());
    node.start();
  }

  private static GatewayProcess older(GatewayProcess node) {
    Path jar = OlderProgram.jar();
    return node.jar(jar)
        .setting("BYO_ROUTES_DIR", ProgramUnderTest.routesOf(jar).toString())
        .heap("-Xmx384m");
  }

  private static Submitting submit(Services services, String name, String sender) {
    return Submitting.start(services.broker().stompPort(), name, SUBMISSIONS, number -> sender);
  }

  private static void awaitSome(SentMails sent, String name) {
    await("some of " + name)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> sent.arrived(name).size() > SUBMISSIONS / 10);
  }

  private static Map<String, String> settings(String name) {
    Map<String, String> settings = new HashMap<>(RealAccounts.gatewaySettings());
    settings.put("BYO_LEASE_NODE", name);
    settings.put("BYO_LEASE_TTL", "4s");
    settings.put("BYO_LEASE_TRANSACTION_TIMEOUT", "2s");
    settings.put("BYO_MAILBOX_RECONCILE_INTERVAL", "1s");
    settings.put("BYO_OUTBOUND_WORKERS", "4");
    return settings;
  }
}
