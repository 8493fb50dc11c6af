package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** Batches of submissions. */
class BatchesTest extends WebTest {
  private String organization;
  private String address;
  private String key;

  @BeforeEach
  void account() {
    organization = fresh("batched");
    address = organization + "@example.test";
    account(organization, address);
    key = key("producer", organization);
  }

  @Test
  void eachItemGetsTheAnswerThatItWouldGetAlone() {
    post(key, "/messages", mail("known", "Hello"));
    Map<String, Object> toNobody = mail("nobody", "Hello");
    toNobody.put("to", "ben");
    Map<String, Object> foreign = mail("foreign", "Hello");
    foreign.put("from", "ada@else.test");

    Answer answer =
        batch(
            mail("new", "Hello"),
            mail("known", "Hello"),
            mail("known", "Something else"),
            toNobody,
            foreign,
            "no submission",
            7);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(outcomes(answer))
        .containsExactly(
            "accepted 202",
            "replayed 200",
            "rejected 409",
            "rejected 400",
            "rejected 400",
            "rejected 400",
            "rejected 400");
    assertThat(answer.text("/results/2/problem/code")).isEqualTo("id_reused");
    assertThat(answer.body().at("/results/3/problem")).isEqualTo(refusalOf(toNobody));
    assertThat(answer.body().at("/results/4/problem")).isEqualTo(refusalOf(foreign));
    assertThat(answer.text("/results/3/id")).isEqualTo("nobody-" + organization);
    assertThat(answer.text("/results/4/problem/errors/0/field")).isEqualTo("from");
    assertThat(get(key, "/messages/" + answer.text("/results/0/messageId")).text("/subject"))
        .isEqualTo("Hello");
  }

  @Test
  void repeatedBatchSendsEachMailOnce() {
    List<Object> mails = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      mails.add(mail("mail-" + i, "Hello " + i));
    }

    Answer first = batch(mails.toArray());
    Answer again = batch(mails.toArray());

    assertThat(outcomes(first)).containsOnly("accepted 202").hasSize(100);
    assertThat(outcomes(again)).containsOnly("replayed 200").hasSize(100);
    assertThat(again.body().findValuesAsText("messageId"))
        .isEqualTo(first.body().findValuesAsText("messageId"));
    assertThat(stored()).isEqualTo(100);
  }

  @Test
  void ofTwoItemsWithOneIdTheFirstIsNew() {
    Answer answer =
        batch(mail("same", "Hello"), mail("same", "Hello"), mail("same", "Something else"));

    assertThat(outcomes(answer)).containsExactly("accepted 202", "replayed 200", "rejected 409");
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void malformedItemLeavesTheOthers() {
    String good = json(mail("good", "Hello"));
    Answer answer =
        raw(
            "{\"messages\": [%s, {\"id\": \"a\", \"id\": \"b\"}, %s, {\"attachments\": [{\"content\": \"!\"}]}, %s]}"
                .formatted(good, "[".repeat(100) + "]".repeat(100), json(mail("last", "Hello"))));

    assertThat(outcomes(answer))
        .containsExactly(
            "accepted 202", "rejected 400", "rejected 400", "rejected 400", "accepted 202");
  }

  @Test
  void whatIsNoBatchIsRefusedAsAWhole() {
    assertThat(raw("{\"messages\": [").status()).isEqualTo(400);
    assertThat(raw("[]").status()).isEqualTo(400);
    assertThat(raw("{\"messages\": []}").fields()).containsExactly("messages");
    assertThat(raw("{\"mesages\": []}").fields()).containsExactly("mesages");
    assertThat(raw("{\"messages\": 1}").fields()).containsExactly("messages");
    assertThat(batch(Collections.nCopies(101, Map.of()).toArray()).fields())
        .containsExactly("messages");
    assertThat(
            send(MockMvcRequestBuilders.post("/api/v1/messages/batch")
                    .header("Authorization", "Bearer " + key)
                    .header("Idempotency-Key", "one-for-all")
                    .contentType(MediaType.APPLICATION_JSON)
                    .content(json(Map.of("messages", List.of(mail("a", "Hello"))))))
                .fields())
        .containsExactly("Idempotency-Key");
    assertThat(stored()).isZero();
  }

  @Test
  void boundKeySendsForItsOwnOnly() {
    String other = fresh("other") + "@example.test";
    String otherAccount = account(organization, other);
    String bound =
        post(
                ADMIN_KEY,
                "/api-keys",
                Map.of(
                    "name", fresh("bound"),
                    "permissions", List.of("messages:send"),
                    "organization", organization,
                    "accounts", List.of(otherAccount)))
            .text("/key");
    Map<String, Object> own = mail("own", "Hello");
    own.put("from", other);

    Answer answer =
        post(bound, "/messages/batch", Map.of("messages", List.of(own, mail("foreign", "Hello"))));

    assertThat(outcomes(answer)).containsExactly("accepted 202", "rejected 400");
  }

  /** The problem of a submission that comes alone, without the path of its request. */
  private JsonNode refusalOf(Map<String, Object> mail) {
    return ((ObjectNode) post(key, "/messages", mail).body()).without("instance");
  }

  private Map<String, Object> mail(String id, String subject) {
    return new HashMap<>(
        Map.of(
            "id",
            id + "-" + organization,
            "from",
            address,
            "to",
            "ben@else.test",
            "subject",
            subject,
            "body",
            "Text."));
  }

  private Answer batch(Object... items) {
    return post(key, "/messages/batch", Map.of("messages", List.of(items)));
  }

  private Answer raw(String body) {
    return send(
        MockMvcRequestBuilders.post("/api/v1/messages/batch")
            .header("Authorization", "Bearer " + key)
            .contentType(MediaType.APPLICATION_JSON)
            .content(body));
  }

  private long stored() {
    return jdbc.sql("SELECT count(*) FROM outbound_submission WHERE organization = :organization")
        .param("organization", organization)
        .query(Long.class)
        .single();
  }

  private static List<String> outcomes(Answer answer) {
    List<String> outcomes = new ArrayList<>();
    for (JsonNode one : answer.body().path("results")) {
      outcomes.add(one.path("outcome").asText() + " " + one.path("status").asInt());
      assertThat(one.path("index").asInt()).isEqualTo(outcomes.size() - 1);
      if (one.hasNonNull("messageId")) {
        UUID.fromString(one.path("messageId").asText());
      }
    }
    return outcomes;
  }
}
