package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.byoemail.support.ApiClient;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.RequiresPrograms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A script in Python that has nothing but the OpenAPI document and the docs does what a platform
 * does, while the jar is killed at random moments and started again: nothing is lost, and nothing
 * is sent twice. Once at each build; the Maven profile {@code faults} kills more often.
 */
class BlackBoxIT {
  private static final int KILLS = Integer.getInteger("byo.faults.kills", 1);
  private static final int STEPS = 11;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();

  @TempDir Path dir;

  @Test
  @RequiresPrograms("/usr/bin/python3")
  void scriptDoesTheMainJobByApiAndToolsWhileTheGatewayIsKilled() throws Exception {
    long seed = Long.getLong("byo.blackbox.seed", System.nanoTime());
    Random random = new Random(seed);
    Map<String, String> settings = new HashMap<>(RealAccounts.gatewaySettings());
    settings.put("BYO_MCP_ENABLED", "true");
    settings.put("BYO_OUTBOUND_CLAIM_TTL", "3s");
    settings.put("BYO_OUTBOUND_UNKNOWN_DELAY", "1s");
    MailUser ada = DOVECOT.freshUser("ada");
    MailUser ben = DOVECOT.freshUser("ben");
    try (GatewayProcess gateway = new GatewayProcess(dir, settings)) {
      gateway.start();
      Process script = script(gateway, ada, ben);
      String result = "";
      try {
        result = killedMeanwhile(gateway, script, random);
        assertThat(script.waitFor(1, TimeUnit.MINUTES)).isTrue();
      } finally {
        script.destroyForcibly();
      }

      assertThat(script.exitValue()).as("seed %d: %s", seed, result).isZero();
      JsonNode sent = JSON.readTree(result.substring(result.lastIndexOf("{\"sent\""))).path("sent");
      assertThat(sent).hasSize(5);
      assertArrivedOnce(sent, ada, ben);
      assertTakenInOnce(sent, gateway.api());
    }
  }

  private static Process script(GatewayProcess gateway, MailUser ada, MailUser ben)
      throws IOException {
    return new ProcessBuilder(
            "/usr/bin/python3",
            "src/test/clients/black_box.py",
            JSON.writeValueAsString(
                Map.of(
                    "url",
                    "http://localhost:" + gateway.httpPort(),
                    "key",
                    GatewayProcess.ADMIN_KEY,
                    "name",
                    "box-" + UUID.randomUUID().toString().substring(0, 8),
                    "mailboxes",
                    List.of(mailbox(ada), mailbox(ben)))))
        .redirectErrorStream(true)
        .start();
  }

  private static Map<String, ?> mailbox(MailUser user) {
    return Map.of(
        "address",
        user.address(),
        "smtp",
        RealAccounts.smtp(POSTFIX, user),
        "imap",
        RealAccounts.imap(DOVECOT, user));
  }

  /** What the script prints; the gateway is killed at random moments behind random steps. */
  private static String killedMeanwhile(GatewayProcess gateway, Process script, Random random)
      throws Exception {
    TreeSet<Integer> steps = new TreeSet<>();
    while (steps.size() < Math.min(KILLS, STEPS - 1)) {
      steps.add(1 + random.nextInt(STEPS - 1));
    }
    ScheduledExecutorService killer = Executors.newScheduledThreadPool(2);
    ScheduledFuture<?> tooLong =
        killer.schedule(script::destroyForcibly, PATIENCE.toSeconds(), TimeUnit.SECONDS);
    List<ScheduledFuture<?>> kills = new ArrayList<>();
    StringBuilder printed = new StringBuilder();
    try (BufferedReader lines = script.inputReader()) {
      int step = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        printed.append(line).append('\n');
        if (line.startsWith("at ") && steps.contains(++step)) {
          kills.add(
              killer.schedule(
                  () -> killAndStart(gateway), random.nextInt(1500), TimeUnit.MILLISECONDS));
        }
      }
      for (ScheduledFuture<?> kill : kills) {
        kill.get(PATIENCE.toMinutes(), TimeUnit.MINUTES);
      }
      assertThat(kills).as(printed.toString()).hasSize(steps.size());
    } finally {
      tooLong.cancel(false);
      killer.shutdownNow();
    }
    return printed.toString();
  }

  private static void killAndStart(GatewayProcess gateway) {
    synchronized (gateway) {
      gateway.kill();
      gateway.start();
    }
  }

  private static void assertArrivedOnce(JsonNode sent, MailUser ada, MailUser ben)
      throws MessagingException {
    int doubled = 0;
    for (MailUser user : List.of(ada, ben)) {
      Map<String, TreeSet<String>> ids = new HashMap<>();
      for (MimeMessage mail : DOVECOT.messages(user)) {
        boolean isNew =
            ids.computeIfAbsent(mail.getSubject(), any -> new TreeSet<>()).add(mail.getMessageID());
        doubled += isNew ? 0 : 1;
      }
      sent.properties()
          .forEach(
              one -> {
                if (one.getValue().asText().equals(user.address())) {
                  assertThat(ids.get(one.getKey())).as(one.getKey()).hasSize(1);
                }
              });
    }
    // Killed after the server's answer and before it was recorded, a mail is sent again as itself.
    assertThat(doubled).isLessThanOrEqualTo(KILLS);
  }

  private static void assertTakenInOnce(JsonNode sent, ApiClient api) {
    List<String> subjects = new ArrayList<>();
    ApiClient.expect(200, api.get("/messages?direction=inbound&status=ingested&limit=200"))
        .body()
        .path("items")
        .forEach(one -> subjects.add(one.path("subject").asText()));
    sent.fieldNames()
        .forEachRemaining(subject -> assertThat(subjects).as(subject).containsOnlyOnce(subject));
  }
}
