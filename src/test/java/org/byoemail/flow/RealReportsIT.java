package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.byoemail.support.ApiClient;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.GatewayProcess;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.RelayServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reports that real servers write, through the whole system: the jar, and each of them in turn. */
class RealReportsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();
  @RegisterExtension static final RelayServer EXIM = RelayServer.exim();
  @RegisterExtension static final RelayServer SENDMAIL = RelayServer.sendmail();

  @TempDir static Path dir;

  private static GatewayProcess gateway;
  private static ApiClient api;

  @BeforeAll
  static void start() {
    gateway = new GatewayProcess(dir, RealAccounts.gatewaySettings());
    gateway.start();
    api = gateway.api();
  }

  @AfterAll
  static void stop() {
    if (gateway != null) {
      gateway.close();
    }
  }

  /** A user with an account that sends by one of the servers. */
  record Sender(String server, MailUser user, String account) {
    @Override
    public String toString() {
      return server;
    }
  }

  private static Sender sender(String server, MailUser user, Map<String, ?> smtp) {
    String account =
        api.account(
            api.openAgent(user.address()), user.address(), smtp, RealAccounts.imap(DOVECOT, user));
    return new Sender(server, user, account);
  }

  private static Sender by(RelayServer relay) {
    Map<String, ?> smtp =
        Map.of("host", "localhost", "port", relay.port(), "security", "none", "auth", "none");
    return sender(relay.toString(), DOVECOT.freshUser("ada"), smtp);
  }

  static Stream<Sender> servers() {
    MailUser user = DOVECOT.freshUser("ada");
    return Stream.of(
        sender("postfix", user, RealAccounts.smtp(POSTFIX, user)), by(EXIM), by(SENDMAIL));
  }

  static Stream<Sender> serversThatWarn() {
    return Stream.of(by(EXIM), by(SENDMAIL));
  }

  @ParameterizedTest
  @MethodSource("servers")
  void unknownUserFailsItsAttemptAndNoOther(Sender sender) {
    MailUser known = DOVECOT.freshUser("ben");
    String nobody = "nobody-" + UUID.randomUUID() + "@example.test";
    String lost = submit(sender, nobody);
    String arrived = submit(sender, known.address());

    awaitStatus(lost, "failed");

    JsonNode message = api.get("/messages/" + lost).body();
    assertThat(message.at("/attempts/0/status").asText()).isEqualTo("FAILED");
    assertThat(message.at("/recipients/0/enhancedStatus").asText()).isEqualTo("5.1.1");
    JsonNode bounce = message.at("/reports/0");
    assertThat(bounce.path("matchedBy").asText()).isEqualTo("envelope-id");
    assertThat(bounce.path("reason").asText()).isEqualTo("no-such-user");
    assertThat(bounce.path("permanent").asBoolean()).isTrue();
    assertThat(bounce.path("changed").asBoolean()).isTrue();
    assertThat(bounce.path("address").asText()).isEqualTo(nobody);
    assertThat(api.get("/bounces/" + bounce.path("id").asText()).body()).isEqualTo(bounce);
    assertThat(api.get("/suppressions?address=" + nobody).body().path("items")).hasSize(1);
    assertThat(eventTypes(lost)).contains("message.bounced");
    assertThat(api.get("/messages/" + arrived).text("status")).isEqualTo("sent");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void oneOfTwoRecipientsFailsAlone(Sender sender) {
    MailUser known = DOVECOT.freshUser("ben");
    String nobody = "nobody-" + UUID.randomUUID() + "@example.test";

    String id = submit(sender, known.address(), nobody);

    awaitStatus(id, "partially_failed");
    JsonNode recipients = api.get("/messages/" + id).body().path("recipients");
    assertThat(states(recipients))
        .containsEntry(known.address(), "sent")
        .containsEntry(nobody, "failed");
    DOVECOT.awaitMessage(known, mail -> true);
  }

  @Test
  void domainWithoutARouteFailsByEximsReport() {
    String id = submit(by(EXIM), "someone@nowhere-" + UUID.randomUUID() + ".test");

    awaitStatus(id, "failed");
    assertThat(api.get("/messages/" + id).body().at("/reports/0/action").asText())
        .isEqualTo("failed");
  }

  @ParameterizedTest
  @MethodSource("serversThatWarn")
  void warningIsADelayAndNoFailure(Sender sender) {
    String id = submit(sender, "someone@slow.test");

    await("a warning about " + id)
        .atMost(PATIENCE)
        .until(() -> !api.get("/messages/" + id).body().path("reports").isEmpty());

    JsonNode message = api.get("/messages/" + id).body();
    assertThat(message.at("/reports/0/kind").asText()).isEqualTo("delayed");
    assertThat(message.path("status").asText()).isEqualTo("sent");
    assertThat(message.at("/attempts/0/status").asText()).isEqualTo("SENT");
    assertThat(message.at("/recipients/0/delayedSince").asText()).isNotBlank();
  }

  private static String submit(Sender sender, String... to) {
    return ApiClient.expect(
            202,
            api.post(
                "/messages",
                Map.of(
                    "id", UUID.randomUUID().toString(),
                    "from", sender.user().address(),
                    "to", List.of(to),
                    "subject", "About reports",
                    "body", "Hello **you**.")))
        .text("messageId");
  }

  private static void awaitStatus(String message, String status) {
    await("message " + message + " is " + status)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> api.get("/messages/" + message).text("status"), status::equals);
  }

  private static Map<String, String> states(JsonNode recipients) {
    return StreamSupport.stream(recipients.spliterator(), false)
        .collect(
            java.util.stream.Collectors.toMap(
                one -> one.path("address").asText(), one -> one.path("status").asText()));
  }

  private static List<String> eventTypes(String message) {
    return StreamSupport.stream(
            api.get("/events?after=0").body().path("items").spliterator(), false)
        .filter(event -> event.path("messageId").asText().equals(message))
        .map(event -> event.path("type").asText())
        .toList();
  }
}
