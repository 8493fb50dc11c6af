package org.byoemail.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.GreenMailServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.Services;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the commands of {@code docs/rollout.md}, from step 1 to 4 and back, against the jar, which
 * is started with the environment of the Kubernetes manifest.
 */
class RolloutIT {
  @RegisterExtension static final GreenMailServer MAIL = GreenMailServer.shared();

  private static final Pattern COMMANDS = Pattern.compile("(?s)```sh\n(.*?)```");
  private static final String END = "--- end of the block ---";
  private static final Duration BLOCK = Duration.ofSeconds(120);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path dir;

  @Test
  void commandsOfTheDocumentLeadThroughAllStepsAndBack() throws Exception {
    List<String> blocks =
        COMMANDS
            .matcher(Files.readString(Path.of("docs/rollout.md")))
            .results()
            .map(block -> block.group(1))
            .toList();
    MailUser ada = MAIL.freshUser("rollout");
    Path flag = dir.resolve("etc/rollout.yaml");
    try (Services services = Services.start(dir.resolve("services"));
        GatewayProcess gateway = gateway(services, flag)) {
      gateway.start();
      Map<String, String> variables =
          Map.of(
              "URL", "http://127.0.0.1:" + gateway.httpPort(),
              "KEY", GatewayProcess.ADMIN_KEY,
              "FLAG", flag.toString(),
              "ADDRESS", ada.address(),
              "PASSWORD", ada.password(),
              "SMTP", server(MAIL.smtpPort()),
              "IMAP", server(MAIL.imapPort()));
      try (Shell shell = new Shell(variables)) {
        for (String block : blocks) {
          if (block.contains("is_received()")) {
            MAIL.deliver(ada, mail("welcome"));
          }
          shell.run(block);
        }
      }
    }
    assertThat(blocks).hasSizeGreaterThan(10);
  }

  private static String server(int port) {
    return "\"host\": \"localhost\", \"port\": " + port + ", \"security\": \"none\"";
  }

  private static byte[] mail(String subject) {
    return ("From: Ben <ben@else.test>\r\nTo: ada@example.test\r\nSubject: "
            + subject
            + "\r\nMessage-ID: <welcome@else.test>\r\nDate: Mon, 30 Nov 2026 04:00:00 +0000\r\n\r\nHello\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * The jar with exactly what the manifest gives it, but for intervals and where its services are.
   */
  private GatewayProcess gateway(Services services, Path flag) throws IOException {
    Manifests base = Manifests.base();
    Map<String, String> real = services.with(Map.of("BYO_API_ADMIN_KEY", GatewayProcess.ADMIN_KEY));
    Map<String, String> environment = new HashMap<>();
    Files.createDirectories(flag.getParent());
    Files.writeString(
        flag, Manifests.string(base.get("ConfigMap/byo-email-rollout"), "data", "rollout.yaml"));
    for (Map.Entry<String, String> each : base.environment("byo-email").entrySet()) {
      String name = each.getKey();
      if (name.equals("BYO_EMAIL_FLAG_FILE")) {
        environment.put(name, flag.toString());
      } else if (name.endsWith("_FILE")) {
        String setting = name.substring(0, name.length() - "_FILE".length());
        Path secret = dir.resolve("etc").resolve(Path.of(each.getValue()).getFileName());
        Files.writeString(secret, real.get(setting) + "\n");
        environment.put(name, secret.toString());
      } else if (!name.equals("BYO_DATA_DIR")) {
        environment.put(name, real.getOrDefault(name, each.getValue()));
      }
    }
    environment.put("BYO_LEASE_NODE", "byo-email-5d9c-x2x");
    // Each step of the document waits for them.
    environment.put("BYO_EMAIL_FLAG_INTERVAL", "1s");
    environment.put("BYO_MAILBOX_RECONCILE_INTERVAL", "1s");
    environment.put("BYO_CONNECTION_ALLOWED_NETWORKS", "127.0.0.0/8,::1/128");
    // As Kubernetes would without enableServiceLinks: false.
    environment.put("BYO_EMAIL_PORT", "tcp://10.0.0.1:80");
    return new GatewayProcess(dir.resolve("gateway"), environment)
        .without("BYO_API_ADMIN_KEY")
        .without("BYO_BROKER_PRODUCER_PASSWORD")
        .without("BYO_BROKER_AMQP_PORT")
        .without("BYO_BROKER_STOMP_PORT");
  }

  /**
   * One bash for all blocks, so that variables and functions stay; a command that fails ends it.
   */
  private static final class Shell implements AutoCloseable {
    private final Process process;
    private final Writer commands;
    private final BufferedReader output;

    Shell(Map<String, String> variables) throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder("bash", "-euo", "pipefail", "-s").redirectErrorStream(true);
      builder.environment().putAll(variables);
      process = builder.start();
      commands = process.outputWriter(StandardCharsets.UTF_8);
      output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    void run(String block) throws Exception {
      commands.write(block + "echo '" + END + "'\n");
      commands.flush();
      StringBuilder said = new StringBuilder();
      boolean ended =
          CompletableFuture.supplyAsync(() -> readToTheEnd(said))
              .get(BLOCK.toSeconds(), TimeUnit.SECONDS);
      assertThat(ended).as("%s%nwhich said:%n%s", block, said).isTrue();
    }

    private boolean readToTheEnd(StringBuilder said) {
      return output.lines().peek(line -> said.append(line).append('\n')).anyMatch(END::equals);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
