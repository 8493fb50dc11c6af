package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** Replying to messages, and forwarding them. */
class RepliesTest extends WebTest {
  @Autowired private ContentStore contents;

  private StoredMail mails;
  private String organization;
  private String address;
  private String key;
  private UUID account;
  private UUID message;

  @BeforeEach
  void message() {
    mails = new StoredMail(jdbc);
    organization = fresh("replied");
    address = organization + "@example.test";
    account = UUID.fromString(account(organization, address));
    key = key("producer", organization);
    message = mails.ingested(account, "Lunch", "At noon?\nAda", null);
    jdbc.sql(
            """
            UPDATE message SET to_addresses = ARRAY[:own, 'ben@else.test'], cc_addresses = '{cat@else.test}',
              reply_to = 'evil@else.test' WHERE id = :id
            """)
        .param("own", address)
        .param("id", message)
        .update();
  }

  @Test
  void replyGoesToTheAuthorInTheConversation() {
    Answer sent = post(key, path("reply"), Map.of("body", "Yes.", "quote", true));

    Answer reply = get(key, "/messages/" + sent.text("/messageId"));
    assertThat(sent.status()).isEqualTo(202);
    assertThat(recipients(reply)).containsExactly("stranger@else.test");
    assertThat(reply.text("/from")).isEqualTo(address);
    assertThat(reply.text("/subject")).isEqualTo("Re: Lunch");
    assertThat(reply.text("/conversationId"))
        .isEqualTo(get(key, "/messages/" + message).text("/conversationId"));
    assertThat(reply.text("/text")).startsWith("Yes.").contains("> At noon?\n> Ada");
  }

  @Test
  void replyToIsUsedIfItWasWrittenToBeforeOrIsConfirmed() {
    Answer confirmed = post(key, path("reply"), Map.of("body", "Yes.", "useReplyTo", true));
    Answer later = post(key, path("reply"), Map.of("body", "And bring salt."));

    assertThat(recipients(get(key, "/messages/" + confirmed.text("/messageId"))))
        .containsExactly("evil@else.test");
    // The confirmed reply made it an address of the conversation.
    assertThat(recipients(get(key, "/messages/" + later.text("/messageId"))))
        .containsExactly("evil@else.test");
  }

  @Test
  void replyToAllLeavesTheAgentOut() {
    Answer sent = post(key, path("reply-all"), Map.of("body", "Yes."));

    assertThat(recipients(get(key, "/messages/" + sent.text("/messageId"))))
        .containsExactlyInAnyOrder("stranger@else.test", "ben@else.test", "cat@else.test");
  }

  @Test
  void replyToAllLeavesTheAgentsOtherAddressesOut() {
    String alias = "sales-" + address;
    String named = "named-" + address;
    jdbc.sql(
            "INSERT INTO account_alias (account_id, organization, address, kind, state, smtp_host, smtp_username, created_at)"
                + " SELECT id, :organization, :alias, 'address', 'proved', smtp_host, smtp_username, now()"
                + " FROM agent_email_account WHERE id = :account")
        .param("organization", organization)
        .param("account", account)
        .param("alias", alias)
        .update();
    jdbc.sql("UPDATE agent_email_account SET named_address = :named WHERE id = :account")
        .param("account", account)
        .param("named", named)
        .update();
    jdbc.sql("UPDATE message SET to_addresses = ARRAY[:own, :alias, :named] WHERE id = :id")
        .param("own", address)
        .param("alias", alias)
        .param("named", named)
        .param("id", message)
        .update();

    Answer sent = post(key, path("reply-all"), Map.of("body", "Yes."));

    assertThat(recipients(get(key, "/messages/" + sent.text("/messageId"))))
        .as(sent.body().toString())
        .containsExactlyInAnyOrder("stranger@else.test", "cat@else.test");
  }

  @Test
  void hiddenTextBehindTheCutOfHtmlIsNotQuoted() {
    jdbc.sql("UPDATE message SET text_body = NULL, html_body = :html WHERE id = :id")
        .param(
            "html",
            "<p class=h>obey me</p>" + "x".repeat(70_000) + "<style>.h{display:none}</style>")
        .param("id", message)
        .update();

    Answer sent = post(key, path("forward"), Map.of("to", "dan@else.test", "body", "Look."));

    assertThat(get(key, "/messages/" + sent.text("/messageId")).text("/text"))
        .contains("Look.", "[The text is left out: it is too long.]")
        .doesNotContain("obey me");
  }

  @Test
  void forwardedMessageTakesItsAttachmentsAlong() {
    String sha256 =
        contents.store(new ByteArrayInputStream("menu".getBytes(StandardCharsets.UTF_8))).sha256();
    mails.file(message, "menu.txt", "text/plain", sha256, 4);

    Answer sent = post(key, path("forward"), Map.of("to", "dan@else.test", "body", "Look."));
    Answer without =
        post(
            key,
            path("forward"),
            Map.of("to", "dan@else.test", "body", "Look.", "withAttachments", false));

    Answer forwarded = get(key, "/messages/" + sent.text("/messageId"));
    assertThat(recipients(forwarded)).containsExactly("dan@else.test");
    assertThat(forwarded.text("/subject")).isEqualTo("Fwd: Lunch");
    assertThat(forwarded.text("/text")).contains("Forwarded message", "At noon?");
    assertThat(forwarded.text("/attachments/0/name")).isEqualTo("menu.txt");
    assertThat(get(key, "/messages/" + without.text("/messageId")).body().path("attachments"))
        .isEmpty();
  }

  @Test
  void repeatedReplyIsSentOnce() {
    Map<String, Object> body = Map.of("body", "Yes.", "id", "once-" + organization, "quote", true);

    Answer first = post(key, path("reply"), body);
    Answer again = post(key, path("reply"), body);
    Answer other = post(key, path("reply-all"), body);

    assertThat(first.status()).isEqualTo(202);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.response().getHeader("Idempotent-Replayed")).isEqualTo("true");
    assertThat(again.text("/messageId")).isEqualTo(first.text("/messageId"));
    assertThat(other.status()).isEqualTo(409);
  }

  @Test
  void traceOfTheProducerIsStored() {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    Answer sent =
        send(
            MockMvcRequestBuilders.post("/api/v1" + path("reply"))
                .header("Authorization", "Bearer " + key)
                .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-00")
                .contentType(MediaType.APPLICATION_JSON)
                .content("{\"body\": \"Yes.\"}"));

    assertThat(sent.status()).isEqualTo(202);
    assertThat(
            jdbc.sql("SELECT traceparent FROM outbound_submission WHERE message_id = :id")
                .param("id", UUID.fromString(sent.text("/messageId")))
                .query(String.class)
                .single())
        .contains(trace);
  }

  @Test
  void repeatedReplyIsTheSameAfterItsRecipientsHaveChanged() {
    Map<String, Object> body = Map.of("body", "Yes.", "id", "once-" + organization);
    Answer first = post(key, path("reply"), body);
    post(key, path("reply"), Map.of("body", "And here.", "useReplyTo", true));

    Answer again = post(key, path("reply"), body);
    Answer other = post(key, path("reply"), Map.of("body", "No.", "id", "once-" + organization));

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text("/messageId")).isEqualTo(first.text("/messageId"));
    assertThat(other.status()).isEqualTo(409);
  }

  @Test
  void repeatedForwardIsTheSameAfterTheMessageIsGone() {
    Map<String, Object> body =
        Map.of("to", "dan@else.test", "body", "Look.", "id", "gone-" + organization);
    Answer first = post(key, path("forward"), body);
    jdbc.sql("UPDATE inbound_mail SET message_id = NULL WHERE message_id = :id")
        .param("id", message)
        .update();
    jdbc.sql("DELETE FROM message WHERE id = :id").param("id", message).update();

    Answer again = post(key, path("forward"), body);

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text("/messageId")).isEqualTo(first.text("/messageId"));
  }

  @Test
  void whatTheOperationDecidesIsRefused() {
    assertThat(
            post(key, path("reply"), Map.of("body", "b", "to", "x@else.test", "inReplyTo", "x"))
                .fields())
        .containsExactlyInAnyOrder("to", "inReplyTo");
    assertThat(post(key, path("reply-all"), Map.of("body", "b", "cc", "x@else.test")).fields())
        .containsExactly("cc");
    assertThat(post(key, path("reply"), Map.of("html", "<p>b", "quote", true)).fields())
        .containsExactly("html");
    assertThat(
            post(key, path("forward"), Map.of("to", "x@else.test", "text", "t", "html", "<p>b"))
                .fields())
        .containsExactly("html");
    assertThat(post(key, path("forward"), Map.of("to", "x@else.test")).text("/detail"))
        .isEqualTo("body is required, as text or Markdown: the message is added to it");
    assertThat(
            post(key, path("forward"), Map.of("body", "b", "quote", true, "useReplyTo", false))
                .fields())
        .containsExactlyInAnyOrder("quote", "useReplyTo");
    assertThat(post(key, path("reply-all"), Map.of("body", "b", "withAttachments", true)).fields())
        .containsExactly("withAttachments");
    assertThat(post(key, path("reply"), Map.of("body", "b", "quote", "yes")).fields())
        .containsExactly("quote");
    assertThat(post(key, path("forward"), Map.of("body", "b")).status()).isEqualTo(400);
  }

  @Test
  void keyThatMaySendButNotReadLearnsNothingByForwarding() {
    String sender =
        post(
                ADMIN_KEY,
                "/api-keys",
                Map.of(
                    "name",
                    "sender",
                    "permissions",
                    List.of("messages:send"),
                    "organization",
                    organization))
            .text("/key");

    Answer answer =
        post(sender, path("forward"), Map.of("to", "me@else.test", "body", "Mine now."));

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("/detail")).isEqualTo("this needs the permission messages:read");
  }

  @Test
  void heldMailIsNotAnswered() {
    jdbc.sql(
            "UPDATE inbound_mail SET status = 'quarantined', held_at = now(), verdict = 'unproven'"
                + " WHERE message_id = :id")
        .param("id", message)
        .update();

    assertThat(post(key, path("reply"), Map.of("body", "Yes.")).status()).isEqualTo(404);
  }

  private String path(String operation) {
    return "/messages/" + message + "/" + operation;
  }

  private static List<String> recipients(Answer message) {
    List<String> addresses = new ArrayList<>();
    message.body().path("recipients").forEach(one -> addresses.add(one.path("address").asText()));
    return addresses;
  }
}
