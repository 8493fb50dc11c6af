package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.byoemail.format.mail.AccountId;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.report.Classification;
import org.byoemail.format.report.MailClassifier;
import org.byoemail.outbound.bounce.BounceRecorder;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** Bounces as the API and the console show them, and which account they arrive in. */
class BouncesApiTest extends WebTest {
  private static final String BEN = "ben@else.test";

  @Autowired private BounceRecorder recorder;
  @Autowired private TransactionTemplate transaction;
  @Autowired private ContentStore contents;

  private String ours;
  private String operator;
  private String foreign;
  private String address;
  private UUID account;

  @BeforeEach
  void organizations() {
    ours = fresh("ours");
    operator = key("operator", ours);
    foreign = key("operator", fresh("theirs"));
    address = fresh("ada") + "@example.test";
    account = UUID.fromString(account(ours, address));
  }

  /** The id of a message that a server took. */
  private UUID sent() {
    UUID message =
        UUID.fromString(
            post(
                    operator,
                    "/messages",
                    Map.of(
                        "id",
                        fresh("id"),
                        "from",
                        address,
                        "to",
                        List.of(BEN),
                        "subject",
                        "Hello",
                        "body",
                        "Text."))
                .text("/messageId"));
    jdbc.sql(
            "UPDATE outbound_message_attempt SET status = 'SENT', provider = 'smtp', sent_at = now() WHERE message_id = :id")
        .param("id", message)
        .update();
    jdbc.sql(
            """
            UPDATE message_recipient r SET status = 'sent', attempt_id = a.id
            FROM outbound_message_attempt a WHERE a.message_id = r.message_id AND r.message_id = :id
            """)
        .param("id", message)
        .update();
    jdbc.sql("DELETE FROM outbound_delivery WHERE message_id = :id").param("id", message).update();
    return message;
  }

  /** A report about a message, as it arrives. */
  private void reported(UUID message, String action, String status, String words) {
    UUID attempt =
        jdbc.sql("SELECT id FROM outbound_message_attempt WHERE message_id = :id")
            .param("id", message)
            .query(UUID.class)
            .single();
    byte[] raw =
        """
        Return-Path: <>
        From: MAILER-DAEMON@mx.else.test
        Subject: Returned <b>mail</b>
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: text/plain

        Words for people <script>
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.else.test

        Final-Recipient: rfc822; %s
        Action: %s
        Status: %s
        Diagnostic-Code: smtp; %s
        --b
        Content-Type: text/rfc822-headers

        X-Gobii-Message-ID: %s
        --b--
        """
            .formatted(BEN, action, status, words, attempt)
            .getBytes(StandardCharsets.UTF_8);
    String sha256 = contents.store(new ByteArrayInputStream(raw)).sha256();
    UUID mail =
        new StoredMail(jdbc).mail(account, "report", "Returned <b>mail</b>", null, null, sha256);
    Classification found = new MailClassifier().classify(new MailParser().parse(raw));
    AccountId receiver = new AccountId(account);
    transaction.executeWithoutResult(
        done ->
            recorder.record(
                recorder.match(List.of(found), receiver), found, mail, receiver, Optional.empty()));
  }

  @Test
  void bounceIsShownWithAllThatIsKnown() {
    UUID message = sent();
    reported(message, "failed", "5.1.1", "550 5.1.1 no such user");

    Answer list = get(operator, "/bounces?message=" + message);
    Answer shown = get(operator, "/messages/" + message);

    assertThat(list.text("/items/0/messageId")).isEqualTo(message.toString());
    assertThat(list.text("/items/0/kind")).isEqualTo("failed");
    assertThat(list.text("/items/0/reason")).isEqualTo("no-such-user");
    assertThat(list.text("/items/0/permanent")).isEqualTo("true");
    assertThat(list.text("/items/0/matchedBy")).isEqualTo("attempt-header");
    assertThat(list.text("/items/0/recipientMatch")).isEqualTo("final");
    assertThat(list.text("/items/0/changed")).isEqualTo("true");
    assertThat(list.text("/items/0/rule")).isEqualTo("rfc3464");
    assertThat(shown.body().at("/reports/0")).isEqualTo(list.body().at("/items/0"));
    assertThat(shown.text("/status")).isEqualTo("failed");
  }

  @Test
  void delayIsShownAtTheRecipientUntilItsFateIsKnown() {
    UUID message = sent();
    reported(message, "delayed", "4.4.1", "no answer");
    String delayed = get(operator, "/messages/" + message).text("/recipients/0/delayedSince");
    reported(message, "failed", "5.4.7", "expired");

    assertThat(delayed).endsWith("Z");
    assertThat(
            get(operator, "/messages/" + message).body().at("/recipients/0/delayedSince").isNull())
        .isTrue();
  }

  @Test
  void listIsFilteredAndTheOrganizationsOwn() {
    UUID message = sent();
    reported(message, "failed", "5.2.2", "552 5.2.2 mailbox full");
    String id = get(operator, "/bounces").text("/items/0/id");

    assertThat(get(operator, "/bounces?kind=failed&reason=mailbox-full").body().at("/items"))
        .hasSize(1);
    assertThat(get(operator, "/bounces?account=" + account).body().at("/items")).hasSize(1);
    assertThat(get(operator, "/bounces?kind=arf").body().at("/items")).isEmpty();
    assertThat(get(operator, "/bounces?reason=refused").body().at("/items")).isEmpty();
    assertThat(get(operator, "/bounces?reason=bad-mood").fields()).containsExactly("reason");
    assertThat(get(operator, "/bounces/" + id).status()).isEqualTo(200);
    assertThat(get(foreign, "/bounces/" + id).status()).isEqualTo(404);
    assertThat(get(foreign, "/bounces").body().at("/items")).isEmpty();
  }

  @Test
  void consoleShowsTheReportBesideTheMessage() throws Exception {
    UUID message = sent();
    reported(message, "failed", "5.1.1", "550 5.1.1 <script>alert(1)</script>");
    String id = get(operator, "/bounces").text("/items/0/id");

    String page = page("/console/bounces/" + id);
    String list = page("/console/bounces?kind=failed");

    assertThat(page)
        .contains("Words for people &lt;script&gt;", "Hello", BEN, "attempt-header", "no-such-user")
        .contains("Final-Recipient: rfc822; " + BEN)
        .doesNotContain("<script>alert", "<b>mail");
    assertThat(list).contains("/console/bounces/" + id);
    assertThat(page("/console/outbox/" + message)).contains("/console/bounces/" + id);
  }

  @Test
  void bounceAccountIsAnotherOneOfTheOrganization() {
    String path = "/accounts/" + account;
    String other = account(ours, fresh("bounces") + "@example.test");
    String stranger = account(fresh("theirs"), fresh("eve") + "@example.test");
    Map<String, Object> none = new HashMap<>();
    none.put("bounceAccount", null);

    Answer set = patch(operator, path, Map.of("bounceAccount", other));
    Answer kept = patch(operator, path, Map.of("displayName", "Ada"));
    Answer theirs = patch(operator, path, Map.of("bounceAccount", stranger));
    Answer itself = patch(operator, path, Map.of("bounceAccount", account.toString()));
    Answer malformed = patch(operator, path, Map.of("bounceAccount", "nobody"));
    Answer unset = patch(operator, path, none);

    assertThat(set.text("/bounceAccount")).isEqualTo(other);
    assertThat(kept.text("/bounceAccount")).isEqualTo(other);
    assertThat(theirs.fields()).containsExactly("bounceAccount");
    assertThat(itself.fields()).containsExactly("bounceAccount");
    assertThat(malformed.fields()).containsExactly("bounceAccount");
    assertThat(unset.body().at("/bounceAccount").isNull()).isTrue();
  }
}
