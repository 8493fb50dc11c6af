package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** What Postmark posts reaches the attempt that it is about. */
class PostmarkWebhookTest extends WebTest {
  private static final String BEN = "ben@else.test";
  private static final String NORA = "nora@else.test";

  private String ours;
  private String operator;
  private UUID message;
  private UUID attempt;

  @BeforeEach
  void sentByPostmark() {
    ours = fresh("ours");
    operator = key("operator", ours);
    String address = fresh("ada") + "@example.test";
    account(ours, address);
    message =
        UUID.fromString(
            post(
                    operator,
                    "/messages",
                    Map.of(
                        "from",
                        address,
                        "to",
                        List.of(BEN, NORA),
                        "subject",
                        "Hello",
                        "body",
                        "Text.",
                        "metadata",
                        Map.of("ticket", "T-1")))
                .text("/messageId"));
    attempt =
        jdbc.sql(
                """
                UPDATE outbound_message_attempt SET status = 'SENT', provider = 'postmark', outcome = 'accepted',
                  sent_at = statement_timestamp() WHERE message_id = :id RETURNING id
                """)
            .param("id", message)
            .query(UUID.class)
            .single();
    jdbc.sql(
            "UPDATE message_recipient SET status = 'sent', attempt_id = :attempt WHERE message_id = :id")
        .param("attempt", attempt)
        .param("id", message)
        .update();
    jdbc.sql("DELETE FROM outbound_delivery WHERE message_id = :id").param("id", message).update();
  }

  private Map<String, Object> report(String recordType) {
    Map<String, Object> report = new HashMap<>();
    report.put("RecordType", recordType);
    report.put("MessageID", UUID.randomUUID().toString());
    report.put("ID", Math.abs(UUID.randomUUID().getMostSignificantBits()));
    report.put("Metadata", Map.of("attempt", attempt.toString()));
    return report;
  }

  private Map<String, Object> bounce(String type, String address, String details) {
    Map<String, Object> report = report("Bounce");
    report.put("Type", type);
    report.put("Email", address);
    report.put("Details", details);
    report.put("Description", "The server was unable to deliver your message.");
    return report;
  }

  private Answer posted(Object report) {
    return posted("hook:" + POSTMARK_SECRET, json(report).getBytes(StandardCharsets.UTF_8));
  }

  private Answer posted(@Nullable String login, byte[] body) {
    MockHttpServletRequestBuilder request =
        MockMvcRequestBuilders.post("/hooks/postmark")
            .contentType("application/json")
            .content(body);
    if (login != null) {
      request.header(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }
    return send(request);
  }

  private String status(String recipient) {
    return jdbc.sql(
            "SELECT status FROM message_recipient WHERE message_id = :id AND address = :address")
        .param("id", message)
        .param("address", recipient)
        .query(String.class)
        .single();
  }

  private boolean isSuppressed(String address) {
    return get(operator, "/suppressions").body().at("/items").findValuesAsText("address").stream()
        .anyMatch(address::equals);
  }

  private List<String> events() {
    return jdbc.sql("SELECT type FROM event WHERE message_id = :id ORDER BY sequence")
        .param("id", message)
        .query(String.class)
        .list();
  }

  @Test
  void hardBounceFailsItsRecipientAndSuppressesIt() {
    Answer answer =
        posted(bounce("HardBounce", BEN, "smtp;550 5.1.1 No such user ben@else.test here"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(status(BEN)).isEqualTo("failed");
    assertThat(status(NORA)).isEqualTo("sent");
    assertThat(isSuppressed(BEN)).isTrue();
    assertThat(isSuppressed(NORA)).isFalse();
    assertThat(events()).containsExactly("message.bounced");
    Answer bounces = get(operator, "/bounces?message=" + message);
    assertThat(bounces.text("/items/0/matchedBy")).isEqualTo("provider");
    assertThat(bounces.text("/items/0/submissionId"))
        .isEqualTo(get(operator, "/messages/" + message).text("/submissionId"));
    assertThat(bounces.text("/items/0/attemptId")).isEqualTo(attempt.toString());
    assertThat(bounces.text("/items/0/status")).isEqualTo("5.1.1");
    assertThat(bounces.text("/items/0/reason")).isEqualTo("no-such-user");
    assertThat(bounces.body().at("/items/0/inboundMail").isNull()).isTrue();
    assertThat(get(key("operator", fresh("theirs")), "/bounces").body().at("/items")).isEmpty();
    String id = bounces.text("/items/0/id");
    assertThat(page("/console/bounces/" + id)).contains(BEN, "provider");
  }

  @Test
  void repeatedReportChangesNothing() {
    Map<String, Object> report = bounce("HardBounce", BEN, "smtp;550 5.1.1 No such user");
    posted(report);

    Answer again = posted(report);

    assertThat(again.status()).isEqualTo(200);
    assertThat(events()).containsExactly("message.bounced");
    assertThat(get(operator, "/bounces?message=" + message).body().at("/items")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "SoftBounce, 452 4.2.2 Mailbox full",
    "Blocked, 554 5.7.1 Blocked by policy",
    "DMARCPolicy, 550 5.7.26 Unauthenticated mail",
    "Unknown, 550 5.1.1 No such user",
  })
  void bounceForAnotherReasonSuppressesNobody(String type, String details) {
    posted(bounce(type, BEN, details));

    assertThat(status(BEN)).isEqualTo("failed");
    assertThat(isSuppressed(BEN)).isFalse();
  }

  @Test
  void delayLowersNoState() {
    posted(bounce("Transient", BEN, "451 4.4.1 No answer from host"));

    assertThat(status(BEN)).isEqualTo("sent");
    assertThat(get(operator, "/bounces?message=" + message).text("/items/0/kind"))
        .isEqualTo("delayed");
  }

  @Test
  void complaintSuppressesWhoComplained() {
    Map<String, Object> report = report("SpamComplaint");
    report.put("Email", NORA);

    posted(report);

    assertThat(status(NORA)).isEqualTo("sent");
    assertThat(isSuppressed(NORA)).isTrue();
    assertThat(isSuppressed(BEN)).isFalse();
    assertThat(events()).containsExactly("message.complained");
  }

  @Test
  void deliveryIsRecordedForItsRecipient() {
    Map<String, Object> report = report("Delivery");
    report.put("Recipient", BEN);
    report.put("Details", "smtp;250 2.0.0 OK");

    posted(report);

    assertThat(status(BEN)).isEqualTo("delivered");
    assertThat(status(NORA)).isEqualTo("sent");
    assertThat(events()).containsExactly("message.delivered");
  }

  @Test
  void reportWithoutMetadataIsMatchedByPostmarksId() {
    String postmarkId = UUID.randomUUID().toString();
    jdbc.sql(
            "INSERT INTO message_rfc_id (rfc_message_id, message_id, learnt_at) VALUES (:rfc, :id, now())")
        .param("rfc", postmarkId + "@mtasv.net")
        .param("id", message)
        .update();
    Map<String, Object> report = bounce("HardBounce", BEN, "550 5.1.1 No such user");
    report.remove("Metadata");
    report.put("MessageID", postmarkId);

    posted(report);

    assertThat(status(BEN)).isEqualTo("failed");
  }

  @Test
  void reportAboutMailOfAnotherSystemIsTakenAndChangesNothing() {
    Map<String, Object> report = bounce("HardBounce", BEN, "550 5.1.1 No such user");
    report.put("Metadata", Map.of("attempt", UUID.randomUUID().toString()));

    assertThat(posted(report).status()).isEqualTo(200);
    assertThat(status(BEN)).isEqualTo("sent");
  }

  @Test
  void attemptByAnotherTransportIsNotFound() {
    jdbc.sql("UPDATE outbound_message_attempt SET provider = 'smtp' WHERE id = :id")
        .param("id", attempt)
        .update();

    posted(bounce("HardBounce", BEN, "550 5.1.1 No such user"));

    assertThat(status(BEN)).isEqualTo("sent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Open", "Click", "SubscriptionChange", "AnythingNew"})
  void otherRecordsAreTakenAndIgnored(String type) {
    assertThat(posted(report(type)).status()).isEqualTo(200);
    assertThat(events()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hook:wrong", "hook:", ":", "no colon"})
  void wrongSecretIsRefused(String login) {
    byte[] report =
        json(bounce("HardBounce", BEN, "550 5.1.1 No such user")).getBytes(StandardCharsets.UTF_8);

    Answer answer = posted(login, report);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(posted(null, report).status()).isEqualTo(401);
    assertThat(status(BEN)).isEqualTo("sent");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{\"RecordType\":\"Bounce\",\"Type\":\"HardBounce\",\"ID\":1}"
      })
  void unreadableReportIsRefused(String body) {
    Answer answer = posted("hook:" + POSTMARK_SECRET, body.getBytes(StandardCharsets.UTF_8));

    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void deeplyNestedReportIsRefused() {
    String nested = "[".repeat(500_000);

    assertThat(posted("hook:" + POSTMARK_SECRET, nested.getBytes(StandardCharsets.UTF_8)).status())
        .isEqualTo(400);
  }
}
