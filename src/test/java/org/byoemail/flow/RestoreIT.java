package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.byoemail.support.ApiClient;
import org.byoemail.support.Command;
import org.byoemail.support.GatewayBeans;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.InstalledPostgres;
import org.byoemail.support.OutboundAccounts;
import org.byoemail.support.RequiresPrograms;
import org.byoemail.support.SmtpSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A dump with mail that waits is restored after that mail has left, by the commands of {@code
 * docs/operations.md}: on the oldest PostgreSQL that is supported, by a user without other rights
 * than those that the document names.
 */
@RequiresPrograms({InstalledPostgres.PROGRAM, "smtp-sink"})
class RestoreIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern COMMANDS = Pattern.compile("(?s)```sh\n((?:pg_|psql )[^`]*)```");
  private static final int MAILS = 10;
  private static final String SENDER = "sender@example.test";
  private static final String CLAIMS = "\"outbound-claim\"";

  @TempDir Path dir;

  private SentMails sent;

  @Test
  void mailThatWaitedInADumpIsNotSentAgain() throws IOException {
    List<String> commands =
        COMMANDS
            .matcher(Files.readString(Path.of("docs/operations.md")))
            .results()
            .map(block -> block.group(1))
            .toList();
    assertThat(commands).hasSize(2);
    try (SmtpSink sink = new SmtpSink(dir.resolve("sink"));
        InstalledPostgres database =
            new InstalledPostgres(Files.createDirectories(dir.resolve("database")));
        GatewayProcess gateway =
            new GatewayProcess(dir.resolve("gateway"), settings(database, sink))) {
      sent = new SentMails(source(database), sink);
      gateway.start();
      OutboundAccounts.make(gateway.api(), SENDER, sink.port());
      try (GatewayBeans beans = GatewayBeans.of(gateway.pid())) {
        beans.invoke("routes", CLAIMS, "stop");
        submit(gateway.api(), "waiting", MAILS);
        run(commands.get(0), database);
        beans.invoke("routes", CLAIMS, "start");
      }
      awaitStatuses("waiting", Map.of("sent", (long) MAILS));
      submit(gateway.api(), "unknown", 1);
      awaitStatuses("unknown", Map.of("sent", 1L));
      gateway.stop();

      run(commands.get(1), database);
      gateway.start();

      submit(gateway.api(), "later", 1);
      assertThat(gateway.metrics()).contains("byo_database_restored 1.0");
      ApiClient.expect(202, gateway.api().post("/restore/reconcile"));
      awaitStatuses("later", Map.of("sent", 1L));
      // What waited in the dump is held for a person; what came later is not known to it at all.
      assertThat(sent.statuses("waiting")).isEqualTo(Map.of("held", (long) MAILS));
      assertThat(sent.statuses("unknown")).isEmpty();
      assertThat(gateway.metrics()).contains("byo_database_restored 0.0");
      sink.requireEachOnce("waiting-", MAILS);
      sink.requireEachOnce("unknown-", 1);
    }
  }

  private void awaitStatuses(String name, Map<String, Long> statuses) {
    await(name + " are " + statuses)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> sent.statuses(name).equals(statuses));
  }

  private static void submit(ApiClient api, String name, int count) {
    for (int i = 0; i < count; i++) {
      String id = name + "-" + i;
      ApiClient.expect(
          202,
          api.post(
              "/messages",
              Map.of(
                  "id", id,
                  "from", SENDER,
                  "to", List.of("to@partner.test"),
                  "subject", id,
                  "body", "Text.")));
    }
  }

  private void run(String commands, InstalledPostgres database) {
    Path programs = Path.of(InstalledPostgres.program("pg_dump")).getParent();
    Command.run(
        List.of("bash", "-euo", "pipefail", "-c", commands),
        Map.of(
            "PATH", programs + ":" + System.getenv("PATH"),
            "DATABASE", database.uri(),
            "ADMINISTRATOR", database.administratorUri(),
            "DUMP", dir.resolve("byo-email.dump").toString()));
  }

  private static DataSource source(InstalledPostgres database) {
    return new DriverManagerDataSource(database.jdbcUrl(), database.user(), database.password());
  }

  private static Map<String, String> settings(InstalledPostgres database, SmtpSink sink) {
    Map<String, String> settings = new HashMap<>();
    settings.put("SPRING_DATASOURCE_URL", database.jdbcUrl());
    settings.put("SPRING_DATASOURCE_USERNAME", database.user());
    settings.put("SPRING_DATASOURCE_PASSWORD", database.password());
    settings.put("BYO_EMBEDDED_SINGLE_NODE", "true");
    settings.put("BYO_CONSOLE_PASSWORD", "test-console-0123456789");
    settings.put("BYO_SECRET_KEYSET", Base64.getEncoder().encodeToString(new byte[32]));
    settings.put("BYO_CONNECTION_ALLOWED_NETWORKS", "127.0.0.1:" + sink.port() + ",::1");
    return settings;
  }
}
