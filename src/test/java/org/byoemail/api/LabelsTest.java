package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.byoemail.platform.search.SearchIndexing;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Labels and metadata of messages and conversations. */
class LabelsTest extends WebTest {
  @Autowired private SearchIndexing indexing;

  private StoredMail mails;
  private String organization;
  private String address;
  private String key;
  private UUID account;

  @BeforeEach
  void account() {
    mails = new StoredMail(jdbc);
    organization = fresh("labelled");
    address = organization + "@example.test";
    account = UUID.fromString(account(organization, address));
    key = key("producer", organization);
  }

  @Test
  void labelsAreAddedAndRemovedAndShown() {
    UUID message = mails.ingested(account, "Lunch", "At noon?", null);

    Answer first = label("/messages/" + message, List.of("VIP", "order/4711", "new"), List.of());
    Answer again = label("/messages/" + message, List.of("vip"), List.of("New"));

    assertThat(first.body().path("labels").toString())
        .isEqualTo("[\"new\",\"order/4711\",\"vip\"]");
    assertThat(again.body().path("labels").toString()).isEqualTo("[\"order/4711\",\"vip\"]");
    assertThat(get(key, "/messages/" + message).body().path("labels"))
        .isEqualTo(again.body().path("labels"));
    assertThat(get(key, "/messages").body().at("/items/0/labels"))
        .isEqualTo(again.body().path("labels"));
  }

  @Test
  void metadataIsMerged() {
    UUID message = mails.ingested(account, "Lunch", "At noon?", null);
    String path = "/messages/" + message;
    patch(key, path, JSON.createObjectNode().set("metadata", json("{'a':1,'b':{'c':2,'d':3}}")));

    Answer changed =
        patch(
            key,
            path,
            JSON.createObjectNode().set("metadata", json("{'a':null,'b':{'c':4},'e':[5]}")));

    assertThat(changed.body().path("metadata")).isEqualTo(json("{'b':{'c':4,'d':3},'e':[5]}"));
    assertThat(get(key, path).body().path("metadata")).isEqualTo(changed.body().path("metadata"));
  }

  @Test
  void outboundMessageHasLabelsButItsOwnMetadata() {
    String message =
        post(
                key,
                "/messages",
                Map.of("from", address, "to", "ben@else.test", "subject", "Hi", "body", "Hi"))
            .text("/messageId");

    Answer labelled = label("/messages/" + message, List.of("sent"), List.of());
    Answer refused = patch(key, "/messages/" + message, Map.of("metadata", Map.of("a", 1)));

    assertThat(labelled.status()).isEqualTo(200);
    assertThat(refused.fields()).containsExactly("metadata");
    assertThat(items(key, "/messages"))
        .extracting(one -> one.path("labels").toString())
        .containsExactly("[\"sent\"]");
  }

  @Test
  void listsAndSearchFindLabels() {
    UUID vip = mails.ingested(account, "Lunch", "At noon?", null);
    UUID both = mails.ingested(account, "Dinner", "At noon?", null);
    UUID none = mails.ingested(account, "Breakfast", "At noon?", null);
    label("/messages/" + vip, List.of("vip"), List.of());
    label("/messages/" + both, List.of("vip", "late"), List.of());
    for (int i = 0; i < 100 && !isIndexed(none); i++) {
      indexing.step();
    }

    assertThat(found("/messages?label=VIP")).containsExactlyInAnyOrder(vip, both);
    assertThat(found("/messages?q=noon%20label:vip")).containsExactlyInAnyOrder(vip, both);
    assertThat(found("/messages?q=label:vip")).containsExactlyInAnyOrder(vip, both);
    assertThat(found("/messages?q=label:vip%20label:late")).containsExactly(both);
    assertThat(found("/messages?q=label:vip%20-label:late")).containsExactly(vip);
    assertThat(found("/messages?q=noon%20-label:vip")).containsExactly(none);
    assertThat(get(key, "/messages?q=label:vip").body().at("/items/0/labels").toString())
        .contains("vip");
    assertThat(get(key, "/messages?q=-label:vip").status()).isEqualTo(400);
    assertThat(get(key, "/messages?q=label:%22a%20b%22").fields()).containsExactly("q");
    assertThat(get(key, "/messages?label=a%20b").fields()).containsExactly("label");
  }

  @Test
  void conversationHasLabelsOfItsOwn() {
    UUID message = mails.ingested(account, "Lunch", "At noon?", null);
    mails.ingested(account, "Dinner", "At noon?", null);
    String conversation = get(key, "/messages/" + message).text("/conversationId");

    Answer changed =
        patch(
            key,
            "/conversations/" + conversation,
            Map.of("addLabels", List.of("follow-up"), "metadata", Map.of("ticket", 42)));

    assertThat(changed.status()).isEqualTo(200);
    Answer listed = get(key, "/conversations?label=follow-up");
    assertThat(listed.body().path("items").findValuesAsText("id")).containsExactly(conversation);
    assertThat(listed.body().at("/items/0/metadata")).isEqualTo(json("{'ticket':42}"));
    assertThat(get(key, "/conversations/" + conversation).body().path("labels").toString())
        .isEqualTo("[\"follow-up\"]");
    assertThat(get(key, "/messages/" + message).body().path("labels")).isEmpty();
  }

  @Test
  void whatIsTooMuchOrNoLabelIsRefused() {
    UUID message = mails.ingested(account, "Lunch", "At noon?", null);
    String path = "/messages/" + message;
    List<String> twenty = IntStream.range(0, 20).mapToObj(i -> "label-" + i).toList();

    assertThat(label(path, List.of("a b"), List.of()).fields()).containsExactly("addLabels[0]");
    assertThat(label(path, List.of("a"), List.of("A")).fields()).containsExactly("removeLabels");
    assertThat(label(path, twenty, List.of()).status()).isEqualTo(200);
    assertThat(label(path, List.of("one-more"), List.of()).fields()).containsExactly("addLabels");
    assertThat(label(path, List.of("other"), List.of("label-0")).status()).isEqualTo(200);
    assertThat(patch(key, path, Map.of("metadata", Map.of("a", "a".repeat(17_000)))).fields())
        .containsExactly("metadata");
    assertThat(patch(key, path, Map.of("metadata", List.of())).fields())
        .containsExactly("metadata");
    assertThat(patch(key, path, Map.of("subject", "Dinner")).fields()).containsExactly("subject");
    assertThat(get(key, path).body().path("labels")).hasSize(20);
  }

  @Test
  void labelsGoWithTheMessage() {
    UUID message = mails.ingested(account, "Lunch", "At noon?", null);
    label("/messages/" + message, List.of("vip"), List.of());
    jdbc.sql("UPDATE inbound_mail SET message_id = NULL WHERE message_id = :id")
        .param("id", message)
        .update();

    jdbc.sql("DELETE FROM message WHERE id = :id").param("id", message).update();

    assertThat(
            jdbc.sql("SELECT count(*) FROM message_label WHERE message_id = :id")
                .param("id", message)
                .query(Long.class)
                .single())
        .isZero();
  }

  private boolean isIndexed(UUID message) {
    return jdbc.sql("SELECT EXISTS (SELECT 1 FROM message_search WHERE message_id = :id)")
        .param("id", message)
        .query(Boolean.class)
        .single();
  }

  private Answer label(String path, List<String> add, List<String> remove) {
    return patch(key, path, Map.of("addLabels", add, "removeLabels", remove));
  }

  private List<UUID> found(String path) {
    List<UUID> ids = new ArrayList<>();
    Answer answer = get(key, path);
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    for (JsonNode item : answer.body().path("items")) {
      ids.add(UUID.fromString(item.path("id").asText()));
    }
    return ids;
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
