package org.byoemail.outbound.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.byoemail.account.connection.GatewayMail;
import org.byoemail.account.registry.Account;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.Ids;
import org.byoemail.format.mail.NamedAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.format.mail.StoredMessageId;
import org.byoemail.outbound.outbox.ReviewDesk;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Permission;
import org.byoemail.platform.conversation.Attachment;
import org.byoemail.platform.conversation.Attachments;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.support.ScriptedSmtpServer;
import org.byoemail.support.SettableClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import org.springframework.util.unit.DataSize;

/** Mail of senders without an account, by Postmark's API. */
@SendingTest
@TestPropertySource(
    properties = {
      "byo.transport.postmark.token=the-server-token",
      "byo.transport.postmark.organizations.acme=example.test",
      "byo.transport.postmark.timeout=5s",
      "byo.transport.postmark.max-message-size=100KB"
    })
// Its backoff would be met by the next test class with the same settings.
@DirtiesContext
class PostmarkTest {
  private static final PostmarkStub POSTMARK = new PostmarkStub();

  private final OutboundFixtures fixtures;
  private final SendingSteps steps;
  private final PostmarkSender postmark;
  private final AccountSender accountSender;
  private final SendRecording recording;
  private final Attachments attachments;
  private final ContentStore content;
  private final ReviewDesk desk;
  private final JdbcClient jdbc;
  private final SettableClock clock;

  @Autowired private PlatformMails platform;

  @Autowired
  PostmarkTest(
      OutboundFixtures fixtures,
      SendingSteps steps,
      PostmarkSender postmark,
      AccountSender accountSender,
      SendRecording recording,
      Attachments attachments,
      ContentStore content,
      ReviewDesk desk,
      JdbcClient jdbc,
      SettableClock clock) {
    this.fixtures = fixtures;
    this.steps = steps;
    this.postmark = postmark;
    this.accountSender = accountSender;
    this.recording = recording;
    this.attachments = attachments;
    this.content = content;
    this.desk = desk;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  @DynamicPropertySource
  static void settings(DynamicPropertyRegistry registry) {
    registry.add("byo.transport.postmark.base-url", POSTMARK::url);
  }

  @BeforeEach
  void clear() {
    fixtures.clear();
    POSTMARK.reset();
    clock.advance(Duration.ofHours(2));
  }

  @AfterEach
  void forgetFailures() throws Exception {
    // A mail that is taken ends the backoff.
    POSTMARK.reset();
    clock.advance(Duration.ofHours(2));
    fixtures.clear();
    fixtures.message(null, "ben@example.test");
    send();
  }

  @AfterAll
  static void close() {
    POSTMARK.close();
  }

  @Test
  void mailOfASenderWithoutAccountLeavesByPostmark() throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");

    send();

    assertThat(fixtures.attempts(message)).containsExactly("SENT accepted");
    assertThat(fixtures.lastAttempt(message)).containsEntry("provider", "postmark");
    assertThat(fixtures.events(message)).containsExactly("message.sent");
    PostmarkStub.Request request = POSTMARK.requests().get(0);
    assertThat(request.path()).isEqualTo("/email");
    assertThat(request.token()).isEqualTo("the-server-token");
    assertThat(request.mail().path("To").asText()).isEqualTo("ben@example.test");
    assertThat(request.mail().path("Subject").asText()).isEqualTo("Hello");
    assertThat(request.mail().path("TextBody").asText()).isEqualTo("Text.");
    assertThat(request.mail().path("MessageStream").asText()).isEqualTo("outbound");
    assertThat(header(request.mail(), "Message-ID")).isEqualTo("<" + message + "@example.test>");
    assertThat(header(request.mail(), "X-PM-KeepID")).isEqualTo("true");
    assertThat(header(request.mail(), "X-Gobii-Message-ID"))
        .isEqualTo(String.valueOf(fixtures.lastAttempt(message).get("id")));
  }

  @Test
  void approvedMailHasTheBodiesThatWereApproved() throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");
    String text = "Grüße\n" + "A line of some words.\n".repeat(3_200);
    jdbc.sql("UPDATE message SET text_body = :text, html_body = '<p>Rich' WHERE id = :id")
        .param("text", text)
        .param("id", message)
        .update();
    attach(message, "note.txt", "text/plain", null);
    jdbc.sql(
            """
            INSERT INTO organization_sending_policy
            VALUES ('acme', '{"review":{"when":"always"}}'::jsonb, statement_timestamp())
            """)
        .update();
    try {
      send();
      assertThat(POSTMARK.requests()).isEmpty();
      desk.approve(
          new Caller(
              "one",
              null,
              Set.of(Permission.REVIEWS_DECIDE),
              new OrganizationId("acme"),
              Caller.Kind.KEY,
              UUID.randomUUID(),
              null,
              null),
          desk.last(new StoredMessageId(message)).orElseThrow(),
          1,
          new ReviewDesk.Edits(null, null, null),
          false);
      jdbc.sql("UPDATE message SET html_body = '<p>Other' WHERE id = :id")
          .param("id", message)
          .update();
      send();
    } finally {
      jdbc.sql("DELETE FROM organization_sending_policy").update();
    }

    JsonNode mail = POSTMARK.requests().get(0).mail();
    assertThat(mail.path("TextBody").asText()).isEqualTo(text);
    assertThat(mail.path("HtmlBody").asText()).contains("<p>Rich").doesNotContain("Other");
    assertThat(mail.path("Attachments")).hasSize(1);
  }

  @Test
  void idThatPostmarkGaveIsLearnt() throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");

    send();

    assertThat(
            jdbc.sql("SELECT rfc_message_id FROM message_rfc_id WHERE message_id = :id")
                .param("id", message)
                .query(String.class)
                .list())
        .containsExactly("b7bc2f4a-e38e-4336-af7d-e6c392c2f817@mtasv.net");
  }

  @Test
  void mailOfTheGatewayItselfHasTheNameOfItsSender() throws Exception {
    EmailAddress from = new EmailAddress("reviews@example.test");
    EmailAddress to = new EmailAddress("eva@people.test");
    GatewayMail mail =
        new GatewayMail(
            new NamedAddress("gateway.test (reviews)", from), to, "Hello", "Text.", Instant.EPOCH);

    String refusal = platform.send(mail.composed("byo-review.1"), from, to);

    assertThat(refusal).isNull();
    assertThat(POSTMARK.requests().get(0).mail().path("From").asText())
        .isEqualTo("\"gateway.test (reviews)\" <reviews@example.test>");
  }

  @Test
  void hiddenRecipientsAndFilesGoWithIt() throws Exception {
    UUID message = fixtures.message(null, "ben@example.test", "eve@example.test");
    jdbc.sql(
            """
            UPDATE message SET to_addresses = ARRAY['"Ben, B" <ben@example.test>'], from_name = 'Jörg',
              html_body = '<p>Text. <img src="cid:logo">', reply_to = 'desk@example.test',
              headers = '[{"name": "X-Note", "value": "süß"}]'::jsonb
            WHERE id = :id
            """)
        .param("id", message)
        .update();
    attach(message, "Grüße.pdf", "application/pdf", null);
    attach(message, "logo.png", "image/png", "logo");

    send();

    JsonNode mail = POSTMARK.requests().get(0).mail();
    assertThat(mail.path("From").asText()).startsWith("Jörg <nobody-");
    assertThat(mail.path("To").asText()).isEqualTo("\"Ben, B\" <ben@example.test>");
    assertThat(mail.path("Bcc").asText()).isEqualTo("eve@example.test");
    assertThat(mail.path("ReplyTo").asText()).isEqualTo("desk@example.test");
    assertThat(mail.path("HtmlBody").asText()).contains("cid:logo");
    assertThat(header(mail, "X-Note")).isEqualTo("süß");
    JsonNode files = mail.path("Attachments");
    assertThat(files.at("/0/Name").asText()).isEqualTo("Grüße.pdf");
    assertThat(Base64.getDecoder().decode(files.at("/0/Content").asText())).hasSize(1000);
    assertThat(files.at("/0").has("ContentID")).isFalse();
    assertThat(files.at("/1/ContentID").asText()).isEqualTo("cid:logo");
    assertThat(fixtures.recipients(message)).containsExactly("sent", "sent");
  }

  @Test
  void manyRecipientsGoInPartsAndEachKeepsItsOutcome() throws Exception {
    UUID message =
        fixtures.message(
            null,
            IntStream.range(0, 60)
                .mapToObj("n%02d@example.test"::formatted)
                .toArray(String[]::new));
    POSTMARK.answers(PostmarkStub.TAKEN, PostmarkStub.error(422, 300, "Invalid"));

    send();

    assertThat(POSTMARK.requests()).hasSize(2);
    assertThat(fixtures.recipients(message).subList(0, 50)).containsOnly("sent");
    assertThat(fixtures.recipients(message).subList(50, 60)).containsOnly("failed");
    assertThat(fixtures.status(message)).isEqualTo("partially_failed");
  }

  @Test
  void inactiveRecipientThatItLeavesOutIsFailed() throws Exception {
    UUID message = fixtures.message(null, "a@example.test", "ba@example.test");
    POSTMARK.answers(
        new PostmarkStub.Answer(
            200,
            "{\"ErrorCode\":0,\"MessageID\":\"x\",\"Message\":\"Message OK, but will not deliver to"
                + " these inactive addresses: ba@example.test.\"}"));

    send();

    assertThat(fixtures.recipients(message)).containsExactly("sent", "failed");
  }

  @ParameterizedTest
  @CsvSource({
    "422, 300, rejected, failed",
    "422, 411, rejected, failed",
    "422, 406, rejected, failed",
    "413, 0, rejected, failed",
    "500, 0, unknown, deferred",
    "502, 0, unknown, deferred",
    "422, 701, deferred, deferred",
    "418, 0, deferred, deferred"
  })
  void answerDecidesTheOutcome(int status, int code, String outcome, String recipient)
      throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");
    POSTMARK.answers(PostmarkStub.error(status, code, "its words"));

    send();

    assertThat(fixtures.attempts(message).get(0)).isEqualTo("FAILED " + outcome);
    assertThat(fixtures.recipients(message)).containsExactly(recipient);
    assertThat(
            jdbc.sql("SELECT error FROM outbound_message_attempt WHERE try_number = 1")
                .query(String.class)
                .single())
        .contains("its words")
        .doesNotContain("the-server-token");
  }

  @Test
  void noAnswerIsOfUnknownFate() throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");
    POSTMARK.answers(PostmarkStub.CUT);

    send();

    assertThat(fixtures.attempts(message)).containsExactly("FAILED unknown", "QUEUED");
    assertThat(fixtures.untilDue(message)).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  @Timeout(60)
  void answerThatDoesNotEndIsOfUnknownFateAndFreesItsWorker() throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");
    POSTMARK.answers(PostmarkStub.STALLED);

    send();

    assertThat(fixtures.attempts(message)).containsExactly("FAILED unknown", "QUEUED");
  }

  @ParameterizedTest
  @CsvSource({"401, 10", "422, 10", "422, 400", "422, 405", "422, 412", "429, 0", "503, 100"})
  void troubleOfThePlatformIsNoTryAndHoldsItsOtherMail(int status, int code) throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");
    POSTMARK.answers(PostmarkStub.error(status, code, "not now"));

    send();
    UUID other = fixtures.message(null, "eve@example.test");
    send();

    assertThat(fixtures.attempts(message)).containsExactly("QUEUED");
    assertThat(fixtures.recipients(message)).containsExactly("queued");
    assertThat(String.valueOf(fixtures.lastAttempt(message).get("error"))).contains("not now");
    assertThat(fixtures.untilDue(message)).isEqualTo(Duration.ofMinutes(1));
    assertThat(fixtures.untilDue(other)).isEqualTo(Duration.ofMinutes(1));
    assertThat(POSTMARK.requests()).hasSize(1);
    clock.advance(Duration.ofMinutes(1));
    send();
    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(fixtures.status(other)).isEqualTo("sent");
  }

  @ParameterizedTest
  @CsvSource({"429, 300, 300", "503, 20, 60", "503, 99999999, 3600", "429, soon, 60"})
  void retryAfterLetsMailOfThePlatformWaitWithinBounds(int status, String stated, long seconds)
      throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");
    POSTMARK.answers(PostmarkStub.error(status, 0, "not now").withRetryAfter(stated));

    send();

    assertThat(fixtures.attempts(message)).containsExactly("QUEUED");
    assertThat(fixtures.untilDue(message)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void retryAfterOfOneMailPostponesItsNextAttempt() throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");
    POSTMARK.answers(PostmarkStub.error(408, 0, "too slow").withRetryAfter("1200"));

    send();

    assertThat(fixtures.attempts(message)).containsExactly("FAILED deferred", "QUEUED");
    // Jitter of a tenth.
    assertThat(fixtures.untilDue(message))
        .isBetween(Duration.ofMinutes(18), Duration.ofMinutes(22));
  }

  @Test
  void mailThatIsTooLargeForPostmarkFailsWithAReason() throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");
    jdbc.sql("UPDATE message SET text_body = repeat('a', 200000) WHERE id = :id")
        .param("id", message)
        .update();

    send();

    assertThat(POSTMARK.requests()).isEmpty();
    assertThat(fixtures.lastAttempt(message)).containsEntry("error_code", "5.3.4");
  }

  @Test
  void mailOfUnknownFateStaysWithPostmarkThoughAnAccountIsMade() throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");
    POSTMARK.answers(PostmarkStub.CUT);
    send();
    try (ScriptedSmtpServer server = new ScriptedSmtpServer()) {
      Account account = fixtures.account(server.port(), null);
      jdbc.sql("UPDATE outbound_delivery SET account_id = :account")
          .param("account", account.id().value())
          .update();
      clock.advance(Duration.ofMinutes(15));

      send();

      assertThat(server.mails()).isEmpty();
    }
    assertThat(fixtures.status(message)).isEqualTo("sent");
    assertThat(fixtures.lastAttempt(message)).containsEntry("provider", "postmark");
    assertThat(header(POSTMARK.requests().get(1).mail(), "Message-ID"))
        .isEqualTo(header(POSTMARK.requests().get(0).mail(), "Message-ID"));
  }

  @Test
  void accountGoesBeforeThePlatform() throws Exception {
    try (ScriptedSmtpServer server = new ScriptedSmtpServer()) {
      UUID message = fixtures.message(fixtures.account(server.port(), null), "ben@example.test");

      send();

      assertThat(fixtures.lastAttempt(message)).containsEntry("provider", "smtp");
      assertThat(server.mails()).hasSize(1);
    }
    assertThat(POSTMARK.requests()).isEmpty();
  }

  @Test
  void domainThatIsNotListedHasNoTransport() throws Exception {
    UUID message = fixtures.message(null, "ben@example.test");
    jdbc.sql("UPDATE message SET from_address = 'nobody@sub.example.test' WHERE id = :id")
        .param("id", message)
        .update();

    send();

    assertThat(fixtures.lastAttempt(message)).containsEntry("error_code", "no_transport");
    assertThat(POSTMARK.requests()).isEmpty();
  }

  @Test
  void settingsThatCannotWorkAreRefused() {
    assertThatThrownBy(() -> settings("t", List.of(), "https://api.postmarkapp.com"))
        .hasMessageContaining("byo.transport.postmark.domains");
    assertThatThrownBy(() -> settings("t", List.of("*"), "http://api.postmarkapp.com"))
        .hasMessageContaining("https");
    assertThat(settings("t0ken", List.of("*"), "https://x.test").toString())
        .doesNotContain("t0ken");
  }

  private static TransportSettings.Postmark settings(
      @Nullable String token, List<String> domains, String url) {
    return new TransportSettings.Postmark(
        token,
        domains,
        Map.of(),
        URI.create(url),
        "outbound",
        DataSize.ofMegabytes(10),
        Duration.ofSeconds(1));
  }

  private void attach(UUID message, String name, String type, @Nullable String contentId) {
    ContentStore.Stored stored = content.store(new ByteArrayInputStream(new byte[1000]));
    attachments.store(
        new Attachment(
            Ids.next(),
            new OrganizationId("acme"),
            new StoredMessageId(message),
            name,
            type,
            contentId != null,
            contentId,
            stored.size(),
            stored.sha256(),
            null),
        contentId == null ? 0 : 1);
  }

  private static @Nullable String header(JsonNode mail, String name) {
    for (JsonNode header : mail.path("Headers")) {
      if (header.path("Name").asText().equals(name)) {
        return header.path("Value").asText();
      }
    }
    return null;
  }

  private void send() throws Exception {
    for (OutgoingMail mail : steps.begin(fixtures.claim(16, 3))) {
      switch (mail.getTransport()) {
        case "postmark" -> postmark.send(mail);
        case "smtp" -> accountSender.send(mail);
        default -> assertThat(mail.envelope()).isEmpty();
      }
      recording.record(mail);
    }
  }
}
