package org.byoemail.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.byoemail.support.ApiClient;
import org.byoemail.support.DovecotServer;
import org.byoemail.support.MailUser;
import org.byoemail.support.PostfixServer;
import org.byoemail.support.RealAccounts;
import org.byoemail.support.RelayServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reports that real servers write, through the whole system: the jar, and each of them in turn. Run
 * at the gateway of {@link MainJobIT}.
 */
abstract class RealReports {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final DovecotServer DOVECOT = DovecotServer.shared();
  @RegisterExtension static final PostfixServer POSTFIX = PostfixServer.shared();
  @RegisterExtension static final RelayServer EXIM = RelayServer.exim();
  @RegisterExtension static final RelayServer SENDMAIL = RelayServer.sendmail();

  private static ApiClient api;

  @BeforeAll
  static void useGateway() {
    api = MainJobIT.api();
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
    return Stream.of(byPostfix(), by(EXIM), by(SENDMAIL));
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

    MainJobIT.awaitStatus(lost, "failed");

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
    awaitEvent(lost, "message.bounced");
    assertThat(api.get("/messages/" + arrived).text("status")).isEqualTo("sent");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void oneOfTwoRecipientsFailsAlone(Sender sender) {
    MailUser known = DOVECOT.freshUser("ben");
    String nobody = "nobody-" + UUID.randomUUID() + "@example.test";

    String id = submit(sender, known.address(), nobody);

    MainJobIT.awaitStatus(id, "partially_failed");
    JsonNode recipients = api.get("/messages/" + id).body().path("recipients");
    assertThat(states(recipients))
        .containsEntry(known.address(), "sent")
        .containsEntry(nobody, "failed");
    DOVECOT.awaitMessage(known, mail -> true);
  }

  @Test
  void domainWithoutARouteFailsByEximsReport() {
    String id = submit(by(EXIM), "someone@nowhere-" + UUID.randomUUID() + ".test");

    MainJobIT.awaitStatus(id, "failed");
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

  @Test
  void deliveryThatWasAskedForIsToldByPostfix() {
    MailUser known = DOVECOT.freshUser("ben");
    Sender sender = byPostfix();

    String id = submit(sender, Map.of("requestDeliveryReport", true), known.address());

    MainJobIT.awaitStatus(id, "delivered");
    JsonNode message = api.get("/messages/" + id).body();
    assertThat(message.at("/attempts/0/status").asText()).isEqualTo("DELIVERED");
    assertThat(message.at("/recipients/0/status").asText()).isEqualTo("delivered");
    assertThat(message.at("/reports/0/kind").asText()).isEqualTo("success");
    assertThat(message.at("/reports/0/matchedBy").asText()).isEqualTo("envelope-id");
    awaitEvent(id, "message.delivered");
  }

  @Test
  void eximsAutomaticAnswerTouchesNoAttempt() {
    Sender sender = by(EXIM);

    String id = submit(sender, "away@example.test");

    JsonNode answer = awaitInbound(sender);
    assertThat(answer.path("from").asText()).isEqualTo("away@example.test");
    assertThat(inbound(answer).path("kind").asText()).isEqualTo("auto-reply");
    JsonNode message = api.get("/messages/" + id).body();
    assertThat(message.at("/attempts/0/status").asText()).isEqualTo("SENT");
    assertThat(message.path("reports")).isEmpty();
  }

  /** What a mail that arrives says of one that was sent, and what that changes. */
  enum Arriving {
    FREE_TEXT("qmail/no-mailbox", "attempt-header", "failed", "FAILED", "message.bounced", false),
    REFUSED_BY_SIEVE(
        "disposition-notification/sieve-reject",
        "message-id",
        "failed",
        "FAILED",
        "message.bounced",
        false),
    REFUSED_IN_PROSE(
        "auto-reply/sieve-rejected", "recipient", "failed", "FAILED", "message.bounced", false),
    COMPLAINT(
        "feedback-report/abuse", "attempt-header", "sent", "SENT", "message.complained", true);

    private final String sample;
    private final String matchedBy;
    private final String message;
    private final String attempt;
    private final String event;
    private final boolean suppresses;

    Arriving(
        String sample,
        String matchedBy,
        String message,
        String attempt,
        String event,
        boolean suppresses) {
      this.sample = sample;
      this.matchedBy = matchedBy;
      this.message = message;
      this.attempt = attempt;
      this.event = event;
      this.suppresses = suppresses;
    }
  }

  @ParameterizedTest
  @EnumSource
  void mailAboutAMailThatArrivesHasItsEffect(Arriving arriving) throws IOException {
    MailUser known = DOVECOT.freshUser("ben");
    Sender sender = byPostfix();
    String id = sent(sender, known);

    DOVECOT.deliver(sender.user().address(), about(id, known, arriving.sample));

    awaitEvent(id, arriving.event);
    JsonNode message = api.get("/messages/" + id).body();
    assertThat(message.path("status").asText()).isEqualTo(arriving.message);
    assertThat(message.at("/attempts/0/status").asText()).isEqualTo(arriving.attempt);
    assertThat(message.at("/reports/0/matchedBy").asText()).isEqualTo(arriving.matchedBy);
    assertThat(message.at("/reports/0/address").asText()).isEqualTo(known.address());
    assertThat(api.get("/suppressions?address=" + known.address()).body().path("items"))
        .hasSize(arriving.suppresses ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({
    "disposition-notification/displayed, mdn, 1",
    "auto-reply/sieve-vacation, auto-reply, 0"
  })
  void mailForTheAgentIsShownAndTouchesNoAttempt(String sample, String kind, int reports)
      throws IOException {
    MailUser known = DOVECOT.freshUser("ben");
    Sender sender = byPostfix();
    String id = sent(sender, known);

    DOVECOT.deliver(sender.user().address(), about(id, known, sample));

    assertThat(inbound(awaitInbound(sender)).path("kind").asText()).isEqualTo(kind);
    JsonNode message = api.get("/messages/" + id).body();
    assertThat(message.at("/attempts/0/status").asText()).isEqualTo("SENT");
    assertThat(message.path("reports")).hasSize(reports);
  }

  private static Sender byPostfix() {
    MailUser user = DOVECOT.freshUser("ada");
    return sender("postfix", user, RealAccounts.smtp(POSTFIX, user));
  }

  private static String sent(Sender sender, MailUser to) {
    String id = submit(sender, to.address());
    MainJobIT.awaitStatus(id, "sent");
    return id;
  }

  /** A mail of the samples, as if it spoke of this message. */
  private static byte[] about(String id, MailUser to, String sample) throws IOException {
    String attempt = api.get("/messages/" + id).body().at("/attempts/0/id").asText();
    return Files.readString(Path.of("src/test/resources/bounce", sample + ".eml"))
        .replace("nora@example.net", to.address())
        .replace(
            "\nMessage-ID: <offer-1@",
            "\nX-Gobii-Message-ID: " + attempt + "\nMessage-ID: <offer-1@")
        .replace("<offer-1@example.org>", "<" + id + "@example.test>")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode awaitInbound(Sender sender) {
    return await("a mail for " + sender.account())
        .atMost(PATIENCE)
        .until(
            () ->
                api.get("/messages?direction=inbound&account=" + sender.account())
                    .body()
                    .at("/items/0"),
            item -> !item.isMissingNode());
  }

  private static JsonNode inbound(JsonNode item) {
    return api.get("/messages/" + item.path("id").asText()).body();
  }

  private static String submit(Sender sender, String... to) {
    return submit(sender, Map.of(), to);
  }

  private static String submit(Sender sender, Map<String, ?> more, String... to) {
    Map<String, Object> submission =
        new HashMap<>(
            Map.of(
                "id", UUID.randomUUID().toString(),
                "from", sender.user().address(),
                "to", List.of(to),
                "subject", "About reports",
                "body", "Hello **you**."));
    submission.putAll(more);
    return ApiClient.expect(202, api.post("/messages", submission)).text("messageId");
  }

  /** Events are told a moment after what they tell of can be seen. */
  private static void awaitEvent(String message, String type) {
    await(type + " of " + message).atMost(PATIENCE).until(() -> eventTypes(message).contains(type));
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
