package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.Cookie;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** What answers leave out says so, and is had whole elsewhere. */
class AnswersTest extends WebTest {
  /** Two chars of Java, four bytes of UTF-8. */
  private static final String SMILE = "\uD83D\uDE00";

  private String ours;
  private String key;
  private StoredMail mails;
  private UUID account;

  @BeforeEach
  void organization() {
    ours = fresh("ours");
    key = key("operator", ours);
    mails = new StoredMail(jdbc);
    account = UUID.fromString(account(ours, fresh("ada") + "@example.test"));
  }

  @Test
  void longTextIsCutInItsConversationAndWholeInItsMessage() {
    String text = "a" + SMILE.repeat(300_000) + "z";
    UUID message = mails.ingested(account, "Long", text, "<p>" + text + "</p>");

    JsonNode shown = get(key, "/messages/" + message).body();
    JsonNode cut = get(key, "/conversations/" + conversation(message)).body().at("/messages/0");

    assertThat(shown.path("text").asText()).isEqualTo(text);
    assertThat(shown.path("html").asText()).isEqualTo("<p>" + text + "</p>");
    assertThat(shown.path("newText").asText()).isEqualTo("a" + SMILE.repeat(65_535));
    assertThat(shown.path("newTextTruncated").asBoolean()).isTrue();
    assertThat(cut.path("text").asText()).isEqualTo("a" + SMILE.repeat(9_999));
    assertThat(cut.path("textTruncated").asBoolean()).isTrue();
  }

  @Test
  void shortTextIsWholeEverywhere() {
    UUID message = mails.ingested(account, "Short", SMILE.repeat(10_000), null);

    JsonNode shown = get(key, "/messages/" + message).body();
    JsonNode cut = get(key, "/conversations/" + conversation(message)).body().at("/messages/0");

    assertThat(shown.path("html").isNull()).isTrue();
    assertThat(shown.path("newTextTruncated").asBoolean()).isFalse();
    assertThat(cut.path("text").asText()).isEqualTo(SMILE.repeat(10_000));
    assertThat(cut.path("textTruncated").asBoolean()).isFalse();
    assertThat(cut.path("toTruncated").asBoolean()).isFalse();
  }

  @Test
  void recipientsBeyondAHundredAreLeftOutOfAConversation() {
    UUID message = mails.ingested(account, "Many", "Text.", null);
    jdbc.sql(
            "UPDATE message SET to_addresses = (SELECT array_agg(n || '@x.test') FROM generate_series(1, 101) n) WHERE id = :id")
        .param("id", message)
        .update();

    JsonNode cut = get(key, "/conversations/" + conversation(message)).body().at("/messages/0");

    assertThat(cut.path("to")).hasSize(100);
    assertThat(cut.path("toTruncated").asBoolean()).isTrue();
    assertThat(get(key, "/messages/" + message).body().path("to")).hasSize(101);
  }

  @Test
  void pageOfAConversationEndsWhereItIsLargeAndTheNextGoesOn() {
    UUID first = mails.ingested(account, "Large", SMILE.repeat(10_000), null);
    UUID conversation = conversation(first);
    jdbc.sql(
            """
            INSERT INTO message (id, organization, conversation_id, endpoint_id, direction, from_address, subject,
              text_body, created_at)
            SELECT gen_random_uuid(), organization, conversation_id, endpoint_id, direction, from_address, subject,
              text_body, created_at FROM message, generate_series(1, 99) WHERE id = :first
            """)
        .param("first", first)
        .update();
    List<String> seen = new ArrayList<>();
    int pages = 0;
    String next = "";
    do {
      JsonNode page = get(key, "/conversations/" + conversation + "?cursor=" + next).body();
      page.path("messages").forEach(message -> seen.add(message.path("id").asText()));
      next = page.path("next").asText("");
      pages++;
    } while (!next.isEmpty() && !next.equals("null") && pages < 50);

    assertThat(seen).hasSize(100).doesNotHaveDuplicates();
    assertThat(pages).isBetween(2, 10);
  }

  @Test
  void pageOfEventsEndsWhereTheyAreLarge() {
    jdbc.sql(
            """
            INSERT INTO event (id, position, organization, type, body, created_at, published_at)
            SELECT gen_random_uuid(), (SELECT coalesce(max(position), 0) FROM event) + n, :ours, 'message.sent',
              jsonb_build_object('note', repeat('x', 100000)), now(), now() FROM generate_series(1, 5) n
            """)
        .param("ours", ours)
        .update();

    JsonNode first = get(key, "/events").body();
    JsonNode second = get(key, "/events?after=" + first.path("next").asText()).body();

    assertThat(first.path("items")).hasSize(2);
    assertThat(second.path("items")).hasSize(2);
    assertThat(second.at("/items/0/position").asLong())
        .isGreaterThan(first.at("/items/1/position").asLong());
  }

  @Test
  void agentHasItsFirstContactsInListsAndAllByItself() {
    List<String> contacts =
        IntStream.rangeClosed(1, 101).mapToObj(n -> "c" + n + "@x.test").toList();
    String agent =
        post(key, "/agents", Map.of("name", "Ada", "contactPolicy", Map.of("contacts", contacts)))
            .text("/id");

    JsonNode listed = get(key, "/agents").body().at("/items/1");
    JsonNode alone = get(key, "/agents/" + agent).body();

    assertThat(listed.at("/contactPolicy/contacts")).hasSize(100);
    assertThat(listed.path("contactsTruncated").asBoolean()).isTrue();
    assertThat(alone.at("/contactPolicy/contacts")).hasSize(101);
    assertThat(alone.path("contactsTruncated").asBoolean()).isFalse();
  }

  @Test
  void consoleShowsTheStartOfALongTextAndGivesAllOfIt() throws Exception {
    String text = "a".repeat(70_000) + "the end";
    UUID message = mails.ingested(account, "Long", text, null);
    var session = login();

    String page = console("/console/inbox/" + message, session);
    String all = console("/console/messages/" + message + "/text", session);
    String conversation = console("/console/conversations/" + conversation(message), session);

    assertThat(page).contains("The whole text").doesNotContain("the end");
    assertThat(all).isEqualTo(text);
    assertThat(conversation).doesNotContain("the end");
  }

  private String console(String path, Cookie session) throws Exception {
    var response =
        mvc.perform(MockMvcRequestBuilders.get(path).cookie(session)).andReturn().getResponse();
    assertThat(response.getStatus()).isEqualTo(200);
    return response.getContentAsString();
  }

  private UUID conversation(UUID message) {
    return jdbc.sql("SELECT conversation_id FROM message WHERE id = :id")
        .param("id", message)
        .query(UUID.class)
        .single();
  }
}
