package org.byoemail.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.byoemail.outbound.draft.Drafts;
import org.byoemail.platform.conversation.UploadCleanup;
import org.byoemail.support.SenderWebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;

/** Drafts: kept, changed, and sent once. */
class DraftsTest extends SenderWebTest {
  @Autowired private UploadCleanup uploads;

  @Test
  void draftIsStoredAsItWasGivenAndListed() {
    Map<String, Object> content =
        Map.of(
            "from",
            "Ada <" + address + ">",
            "subject",
            "Lunch",
            "cc",
            List.of("ben@else.test", "Cleo <cleo@else.test>"),
            "metadata",
            Map.of("order", 4711, "none", List.of()));

    Answer created = post(producer, "/drafts", content);

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.response().getHeader("ETag")).isEqualTo("\"1\"");
    Answer read = get(producer, "/drafts/" + created.text("/id"));
    assertThat(read.body().path("content")).isEqualTo(JSON.valueToTree(content));
    assertThat(read.text("/account")).isEqualTo(account);
    assertThat(read.text("/status")).isEqualTo("open");
    Answer list = get(producer, "/drafts");
    assertThat(list.body().path("items")).hasSize(1);
    assertThat(list.text("/items/0/subject")).isEqualTo("Lunch");
    assertThat(list.text("/items/0/from")).isEqualTo(address);
    assertThat(list.body().at("/items/0/recipients").toString())
        .isEqualTo("[\"ben@else.test\",\"cleo@else.test\"]");
  }

  @Test
  void listGoesOnAfterItsPage() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(0, draft(Map.of("from", address)));
    }

    Answer first = get(producer, "/drafts?limit=3");
    Answer second = get(producer, "/drafts?limit=3&cursor=" + first.text("/next"));

    assertThat(first.body().path("items").findValuesAsText("id")).isEqualTo(ids.subList(0, 3));
    assertThat(second.body().path("items").findValuesAsText("id")).isEqualTo(ids.subList(3, 5));
    assertThat(second.body().path("next").isNull()).isTrue();
  }

  @Test
  void whatNoSubmissionCouldHaveIsRefused() {
    assertThat(post(producer, "/drafts", Map.of()).fields()).containsExactly("from");
    assertThat(post(producer, "/drafts", Map.of("from", "ada@else.test")).fields())
        .containsExactly("from");
    assertThat(post(producer, "/drafts", Map.of("from", address, "id", "mine")).fields())
        .containsExactly("id");
    assertThat(post(producer, "/drafts", Map.of("from", address, "colour", "red")).fields())
        .containsExactly("colour");
    assertThat(post(producer, "/drafts", Map.of("from", address, "to", "ben")).fields())
        .containsExactly("to");
    assertThat(
            post(
                    producer,
                    "/drafts",
                    Map.of(
                        "from",
                        address,
                        "attachments",
                        List.of(Map.of("name", "a.txt", "content", "YQ=="))))
                .fields())
        .containsExactly("attachments[0].content");
    assertThat(
            post(producer, "/drafts", Map.of("from", address, "text", "a".repeat(270_000)))
                .status())
        .isEqualTo(400);
    assertThat(get(producer, "/drafts").body().path("items")).isEmpty();
  }

  @Test
  void changeNeedsThePresentVersion() {
    String id = draft(Map.of("from", address, "subject", "One"));

    Answer blind = put(id, null, Map.of("from", address));
    Answer second = put(id, "\"1\"", Map.of("from", address, "subject", "Two"));
    Answer late = put(id, "\"1\"", Map.of("from", address, "subject", "Three"));
    Answer odd = put(id, "W/\"2\"", Map.of("from", address));

    assertThat(blind.fields()).containsExactly("If-Match");
    assertThat(odd.fields()).containsExactly("If-Match");
    assertThat(second.response().getHeader("ETag")).isEqualTo("\"2\"");
    assertThat(late.status()).isEqualTo(412);
    assertThat(late.text("/code")).isEqualTo("version_conflict");
    assertThat(get(producer, "/drafts/" + id).text("/content/subject")).isEqualTo("Two");
  }

  @Test
  void changeMakesItNoDraftOfAnAgentThatHasTooMany() {
    String full = fresh("full") + "@example.test";
    account(organization, full);
    String one = post(producer, "/drafts", Map.of("from", full)).text("/id");
    jdbc.sql(
            """
            INSERT INTO draft (id, organization, agent_id, from_address, content, created_at, changed_at)
            SELECT gen_random_uuid(), organization, agent_id, from_address, content, created_at, changed_at
            FROM draft, generate_series(2, :count) WHERE id = :one::uuid
            """)
        .param("count", Drafts.MAX_OF_AGENT)
        .param("one", one)
        .update();
    String id = draft(Map.of("from", address));

    assertThat(put(id, "\"1\"", Map.of("from", full)).status()).isEqualTo(409);
    assertThat(put(one, "\"1\"", Map.of("from", full, "subject", "Lunch")).status()).isEqualTo(200);
  }

  @Test
  void draftIsSentOnceUnderItsId() {
    String id = draft(mail("Lunch"));

    Answer sent = post(producer, "/drafts/" + id + "/send", null);
    Answer again = post(producer, "/drafts/" + id + "/send", null);

    assertThat(sent.status()).isEqualTo(202);
    assertThat(sent.text("/id")).isEqualTo(id);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.response().getHeader("Idempotent-Replayed")).isEqualTo("true");
    assertThat(again.text("/messageId")).isEqualTo(sent.text("/messageId"));
    assertThat(get(producer, "/messages/" + sent.text("/messageId")).text("/subject"))
        .isEqualTo("Lunch");
    Answer after = get(producer, "/drafts/" + id);
    assertThat(after.text("/status")).isEqualTo("sent");
    assertThat(after.text("/messageId")).isEqualTo(sent.text("/messageId"));
    assertThat(after.body().path("content").isNull()).isTrue();
    assertThat(put(id, after.response().getHeader("ETag"), mail("Dinner")).status()).isEqualTo(409);
  }

  @Test
  void incompleteDraftStays() {
    String id = draft(Map.of("from", address, "subject", "Lunch"));

    Answer refused = post(producer, "/drafts/" + id + "/send", null);
    put(id, "\"1\"", mail("Lunch"));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.fields()).containsExactlyInAnyOrder("to", "body");
    assertThat(sent(id, "\"1\"").status()).isEqualTo(412);
    assertThat(sent(id, "\"2\"").status()).isEqualTo(202);
  }

  @Test
  void manyWhoSendAndChangeItAtOnceSendOneMail() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (int round = 0; round < 5; round++) {
        String id = draft(mail("Lunch"));
        CyclicBarrier start = new CyclicBarrier(8);
        List<Future<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          boolean changes = i % 4 == 3;
          answers.add(
              threads.submit(
                  () -> {
                    start.await(10, TimeUnit.SECONDS);
                    return changes
                        ? put(id, "\"1\"", mail("Dinner"))
                        : post(producer, "/drafts/" + id + "/send", null);
                  }));
        }

        List<Answer> all = new ArrayList<>();
        for (Future<Answer> answer : answers) {
          all.add(answer.get(30, TimeUnit.SECONDS));
        }

        assertThat(all).extracting(Answer::status).isSubsetOf(200, 202, 409, 412);
        assertThat(all).filteredOn(one -> one.status() == 202).hasSizeLessThanOrEqualTo(1);
        Answer last = post(producer, "/drafts/" + id + "/send", null);
        assertThat(last.status()).isIn(200, 202);
        assertThat(all)
            .filteredOn(one -> one.body().has("messageId") && !one.body().has("version"))
            .extracting(one -> one.text("/messageId"))
            .allMatch(last.text("/messageId")::equals);
        assertThat(
                jdbc.sql("SELECT count(*) FROM outbound_submission WHERE submission_id = :id")
                    .param("id", id)
                    .query(Long.class)
                    .single())
            .isEqualTo(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void deletedDraftIsGoneAndItsMailStays() {
    String id = draft(mail("Lunch"));
    String message = post(producer, "/drafts/" + id + "/send", null).text("/messageId");
    String other = draft(mail("Dinner"));

    assertThat(delete(producer, "/drafts/" + id).status()).isEqualTo(204);
    assertThat(delete(producer, "/drafts/" + other).status()).isEqualTo(204);

    assertThat(post(producer, "/drafts/" + id + "/send", null).status()).isEqualTo(404);
    assertThat(post(producer, "/drafts/" + other + "/send", null).status()).isEqualTo(404);
    assertThat(get(producer, "/messages/" + message).status()).isEqualTo(200);
  }

  @Test
  void uploadedFileIsKeptForTheDraft() {
    String file = upload("menu");
    String unused = upload("other");
    Map<String, Object> mail = mail("Lunch");
    mail.put("attachments", List.of(Map.of("id", file)));
    String id = draft(mail);
    jdbc.sql(
            "UPDATE attachment SET created_at = now() - interval '30 days' WHERE id IN (:file::uuid, :unused::uuid)")
        .param("file", file)
        .param("unused", unused)
        .update();

    uploads.removeUnused(Duration.ofDays(7));
    Answer sent = post(producer, "/drafts/" + id + "/send", null);

    assertThat(get(producer, "/attachments/" + unused).status()).isEqualTo(404);
    assertThat(get(producer, "/messages/" + sent.text("/messageId")).text("/attachments/0/name"))
        .isEqualTo("menu.txt");
  }

  @Test
  void keyWithoutPermissionToSendDraftsOnly() {
    String drafting = permitted("drafts:write", "messages:read");

    Answer created = post(drafting, "/drafts", mail("Lunch"));

    assertThat(created.status()).isEqualTo(201);
    assertThat(post(drafting, "/drafts/" + created.text("/id") + "/send", null).status())
        .isEqualTo(403);
    assertThat(post(drafting, "/messages", mail("Lunch")).status()).isEqualTo(403);
    assertThat(sent(created.text("/id"), null).status()).isEqualTo(202);
  }

  @Test
  void boundKeyHasTheDraftsOfItsAgentsOnly() {
    String other = fresh("other") + "@example.test";
    String otherAccount = account(organization, other);
    String bound =
        post(
                ADMIN_KEY,
                "/api-keys",
                Map.of(
                    "name", fresh("bound"),
                    "permissions", List.of("drafts:write", "messages:read", "messages:send"),
                    "organization", organization,
                    "accounts", List.of(otherAccount)))
            .text("/key");
    String foreign = draft(mail("Lunch"));

    String own = post(bound, "/drafts", Map.of("from", other)).text("/id");

    assertThat(get(bound, "/drafts").body().path("items").findValuesAsText("id"))
        .containsExactly(own);
    assertThat(post(bound, "/drafts", mail("Lunch")).fields()).containsExactly("from");
    assertThat(get(bound, "/drafts/" + foreign).status()).isEqualTo(404);
    assertThat(post(bound, "/drafts/" + foreign + "/send", null).status()).isEqualTo(404);
    assertThat(delete(bound, "/drafts/" + foreign).status()).isEqualTo(404);
    assertThat(call(HttpMethod.GET, producer, "/drafts/" + foreign, null).status()).isEqualTo(200);
  }

  private String permitted(String... permissions) {
    return post(
            ADMIN_KEY,
            "/api-keys",
            Map.of(
                "name", fresh("limited"),
                "permissions", List.of(permissions),
                "organization", organization))
        .text("/key");
  }

  private String upload(String name) {
    return send(MockMvcRequestBuilders.post("/api/v1/attachments?name=" + name + ".txt")
            .header("Authorization", "Bearer " + producer)
            .contentType(MediaType.TEXT_PLAIN)
            .content(name + " " + UUID.randomUUID()))
        .text("/id");
  }

  private Map<String, Object> mail(String subject) {
    return new HashMap<>(
        Map.of("from", address, "to", "ben@else.test", "subject", subject, "body", "At noon?"));
  }

  private String draft(Map<String, Object> content) {
    Answer created = post(producer, "/drafts", content);
    assertThat(created.status()).as(created.body().toString()).isEqualTo(201);
    return created.text("/id");
  }

  private Answer put(String id, @Nullable String version, Map<String, Object> content) {
    return versioned(
        MockMvcRequestBuilders.put("/api/v1/drafts/" + id)
            .contentType(MediaType.APPLICATION_JSON)
            .content(json(content)),
        version);
  }

  private Answer sent(String id, @Nullable String version) {
    return versioned(MockMvcRequestBuilders.post("/api/v1/drafts/" + id + "/send"), version);
  }

  private Answer versioned(MockHttpServletRequestBuilder request, @Nullable String version) {
    if (version != null) {
      request.header("If-Match", version);
    }
    return send(request.header("Authorization", "Bearer " + producer));
  }
}
