package org.byoemail.operations.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventFeed;
import org.byoemail.platform.event.EventFilter;
import org.byoemail.platform.event.NumberedEvents;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What is left of a person whose address was erased. */
class ErasureRunTest extends WebTest {
  private static final String PERSON = "stranger@else.test";

  @Autowired private ErasureRun run;
  @Autowired private ContentStore contents;
  @Autowired private EventFeed feed;

  private String organization;
  private String address;
  private UUID account;
  private StoredMail stored;

  @BeforeEach
  void organizationWithMail() {
    organization = fresh("erasing");
    address = fresh("agent") + "@example.test";
    account = UUID.fromString(account(organization, address));
    stored = new StoredMail(jdbc);
  }

  @Test
  void nothingThatNamesThePersonIsLeft() {
    UUID received = stored.ingested(account, "From the person", "Text", null);
    stored.event(organization, "message.received", received);
    name(received, PERSON);
    stored.mail(account, "quarantined", "Broken", null, "unreadable", null);
    String sent = submitted("Stranger@else.test");
    String other = submitted("other@else.test");
    jdbc.sql(
            """
            INSERT INTO suppression (id, organization, address, reason, source, created_at)
            VALUES (gen_random_uuid(), :o, :address, 'manual', 'manual', now())
            """)
        .param("o", organization)
        .param("address", PERSON)
        .update();
    jdbc.sql(
            """
            INSERT INTO trusted_way (id, agent_id, contact, signer, created_at)
            SELECT gen_random_uuid(), id, :person, 'list.test', now() FROM agent
            WHERE organization = :o
            """)
        .param("o", organization)
        .param("person", PERSON)
        .update();
    for (String to : List.of("Stranger@else.test", "other@else.test")) {
      post(ADMIN_KEY, "/drafts", Map.of("from", address, "to", to));
    }
    publishAll();

    Answer report = erase(PERSON);

    assertThat(report.body().path("drafts").asInt()).isEqualTo(1);
    assertThat(get(ADMIN_KEY, "/drafts?organization=" + organization).body().path("items"))
        .hasSize(1);
    assertThat(report.body().path("messages").asInt()).isEqualTo(2);
    assertThat(report.body().path("mails").asInt()).isEqualTo(1);
    assertThat(report.body().path("suppressions").asInt()).isEqualTo(1);
    assertThat(report.body().path("beingSent").asInt()).isZero();
    assertThat(report.body().path("events").asInt()).isPositive();
    assertThat(get(ADMIN_KEY, "/messages/" + received).status()).isEqualTo(404);
    assertThat(get(ADMIN_KEY, "/messages/" + sent).status()).isEqualTo(404);
    assertThat(get(ADMIN_KEY, "/messages/" + other).status()).isEqualTo(200);
    assertThat(
            jdbc.sql(
                    "SELECT kind FROM dossier_entry WHERE message_id = :id::uuid AND content IS NULL ORDER BY number")
                .param("id", sent)
                .query(String.class)
                .list())
        .containsExactly("accepted", "cancelled");
    for (String table :
        new String[] {
          "message",
          "message_recipient",
          "inbound_mail",
          "event",
          "suppression",
          "trusted_way",
          "draft",
          "erasure",
          "audit_entry"
        }) {
      assertThat(
              jdbc.sql(
                      "SELECT count(*) FROM %s t WHERE lower(t::text) LIKE '%%stranger@else.test%%' AND %s"
                          .formatted(table, of(table)))
                  .param("o", organization)
                  .query(Integer.class)
                  .single())
          .as(table)
          .isZero();
    }
    assertThat(
            jdbc.sql(
                    "SELECT count(*) FROM inbound_mail WHERE organization = :o AND fingerprint IS"
                        + " NOT NULL AND status <> 'quarantined'")
                .param("o", organization)
                .query(Integer.class)
                .single())
        .isEqualTo(2);
  }

  @Test
  void eventsOfAddressesThatContainItStay() {
    UUID theirs = stored.ingested(account, "Theirs", "Text", null);
    List<UUID> erased =
        Stream.of(PERSON, "Refused: <Stranger@else.test>.", "line\nstranger@else.test, gone")
            .map(text -> naming(theirs, text))
            .toList();
    List<UUID> kept =
        Stream.of(
                "a.stranger@else.test",
                "the-stranger@else.test",
                "stranger@else.test.example",
                "stranger@else.tests",
                "stranger@elsextest")
            .map(text -> naming(theirs, text))
            .toList();
    publishAll();

    erase(PERSON);

    assertThat(
            jdbc.sql("SELECT id FROM event WHERE organization = :o")
                .param("o", organization)
                .query(UUID.class)
                .list())
        .containsAll(kept)
        .doesNotContainAnyElementsOf(erased);
  }

  private UUID naming(UUID message, String text) {
    UUID event = stored.event(organization, "message.deferred", message);
    jdbc.sql("UPDATE event SET body = jsonb_build_object('error', :text::text) WHERE id = :id")
        .param("text", text)
        .param("id", event)
        .update();
    return event;
  }

  @Test
  void rawMailThatOthersShareAContentWithIsStoredAnew() throws Exception {
    UUID theirs = stored.ingested(account, "Theirs", "Text", null);
    UUID kept = stored.ingested(account, "Kept", "Text", null);
    jdbc.sql("UPDATE message SET from_address = 'other@else.test' WHERE id = :id")
        .param("id", kept)
        .update();
    String first = "the mail of the person " + theirs;
    String second = "the mail of somebody else " + kept;
    String pack =
        contents
            .store(new ByteArrayInputStream((first + second).getBytes(StandardCharsets.UTF_8)))
            .sha256();
    raw(theirs, pack, 0, first.length());
    raw(kept, pack, first.length(), second.length());
    publishAll();

    erase(PERSON);

    Map<String, Object> row =
        jdbc.sql(
                "SELECT raw_sha256, raw_offset, raw_length FROM inbound_mail WHERE message_id ="
                    + " :id")
            .param("id", kept)
            .query()
            .singleRow();
    assertThat(row.get("raw_sha256")).isNotEqualTo(pack);
    assertThat(row.get("raw_offset")).isEqualTo(0L);
    assertThat(text(String.valueOf(row.get("raw_sha256")))).isEqualTo(second);
    assertThat(
            jdbc.sql("SELECT count(*) FROM inbound_mail WHERE raw_sha256 = :pack")
                .param("pack", pack)
                .query(Integer.class)
                .single())
        .isZero();
    assertThat(
            jdbc.sql("SELECT count(*) FROM unused_content WHERE sha256 = :pack")
                .param("pack", pack)
                .query(Integer.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void answersOfWebhooksAboutThePersonAreErased() {
    UUID webhook = UUID.randomUUID();
    jdbc.sql(
            """
            INSERT INTO webhook (id, organization, url, since_position, paused_at, created_at)
            VALUES (:id, :o, 'http://localhost:1/', 0, now(), now())
            """)
        .param("id", webhook)
        .param("o", organization)
        .update();
    UUID about = stored.event(organization, "message.received", null);
    jdbc.sql("UPDATE event SET body = jsonb_build_object('from', :person) WHERE id = :id")
        .param("person", PERSON)
        .param("id", about)
        .update();
    UUID other = stored.event(organization, "message.received", null);
    UUID ofErased = answered(webhook, about, "taken");
    UUID naming = answered(webhook, other, "for STRANGER@else.test");
    UUID kept = answered(webhook, other, "taken");
    publishAll();

    erase(PERSON);

    assertThat(answer(ofErased)).isNull();
    assertThat(answer(naming)).isNull();
    assertThat(answer(kept)).isEqualTo("taken");
  }

  @Test
  void streamsForgetErasedEvents() {
    try (NumberedEvents.Registration following = feed.follow(() -> {})) {
      assertThat(following).isNotNull();
      feed.refresh();
      UUID id = stored.event(organization, "message.received", null);
      long position =
          jdbc.sql(
                  """
                  UPDATE event SET body = jsonb_build_object('from', :person),
                    position = (SELECT max(value) FROM event_position) + 1 WHERE id = :id RETURNING position
                  """)
              .param("person", PERSON)
              .param("id", id)
              .query(Long.class)
              .single();
      publishAll();
      feed.look();
      feed.refresh();

      erase(PERSON);
      int beforeTheLook = followed(position).size();
      feed.look();
      feed.refresh();

      assertThat(beforeTheLook).isEqualTo(1);
      assertThat(followed(position)).isEmpty();
    }
  }

  private List<Event> followed(long position) {
    return feed.after(EventFilter.of(new OrganizationId(organization)), position - 1, 10).events();
  }

  private UUID answered(UUID webhook, UUID event, String answer) {
    UUID id = UUID.randomUUID();
    jdbc.sql(
            """
            WITH made AS (
              INSERT INTO webhook_delivery (id, webhook_id, event_id, position, type, state, due_at, give_up_at, created_at,
                ended_at)
              VALUES (:id, :webhook, :event, 1, 'message.received', 'delivered', now(), now(), now(), now()))
            INSERT INTO webhook_attempt (delivery_id, number, at, url, millis, status, answer)
            VALUES (:id, 1, now(), 'http://localhost:1/', 1, 200, :answer)
            """)
        .param("id", id)
        .param("webhook", webhook)
        .param("event", event)
        .param("answer", answer)
        .update();
    return id;
  }

  private String answer(UUID delivery) {
    return (String)
        jdbc.sql("SELECT answer FROM webhook_attempt WHERE delivery_id = :id")
            .param("id", delivery)
            .query()
            .singleRow()
            .get("answer");
  }

  @Test
  void addressOfAnAgentIsRefused() {
    Answer refused =
        post(ADMIN_KEY, "/erasures", Map.of("organization", organization, "address", address));
    Answer invalid =
        post(ADMIN_KEY, "/erasures", Map.of("organization", organization, "address", "nobody"));

    assertThat(refused.status()).isEqualTo(409);
    assertThat(invalid.fields()).containsExactly("address");
  }

  @Test
  void draftWhoseAddressIsWrittenOtherwiseIsErased() {
    post(ADMIN_KEY, "/drafts", Map.of("from", address, "bcc", "Zoe@B\u00fccher.example"));
    post(ADMIN_KEY, "/drafts", Map.of("from", address, "replyTo", "zoe@B\u00dcCHER.example"));
    post(ADMIN_KEY, "/drafts", Map.of("from", address, "to", "zo@b\u00fccher.example"));

    Answer report = erase("zoe@xn--bcher-kva.example");

    assertThat(report.body().path("drafts").asInt()).isEqualTo(2);
  }

  private Answer erase(String person) {
    String id =
        post(ADMIN_KEY, "/erasures", Map.of("organization", organization, "address", person))
            .text("/id");
    for (int i = 0; i < 200; i++) {
      // Other tests have requested erasures, too: the oldest is done first.
      run.step();
      publishAll();
      Answer report = get(ADMIN_KEY, "/erasures/" + id);
      if (!report.body().path("finishedAt").isNull()) {
        return report;
      }
    }
    throw new AssertionError("the erasure does not end: " + get(ADMIN_KEY, "/erasures/" + id));
  }

  /** As the routes do, which do not run here. */
  private void publishAll() {
    jdbc.sql(
            """
            UPDATE event e SET position = n.position, published_at = statement_timestamp()
            FROM (SELECT id, (SELECT coalesce(max(position), 0) FROM event) + row_number() OVER (ORDER BY recorded) AS position
              FROM event WHERE position IS NULL) n WHERE e.id = n.id
            """)
        .update();
    jdbc.sql(
            "UPDATE event_position SET value = greatest(value, (SELECT coalesce(max(position), 0)"
                + " FROM event))")
        .update();
  }

  private void name(UUID message, String person) {
    jdbc.sql("UPDATE event SET body = jsonb_build_object('from', :person) WHERE message_id = :id")
        .param("person", person)
        .param("id", message)
        .update();
  }

  private static String of(String table) {
    return switch (table) {
      case "message_recipient" ->
          "EXISTS (SELECT 1 FROM message m WHERE m.id = t.message_id AND m.organization = :o)";
      case "trusted_way" ->
          "EXISTS (SELECT 1 FROM agent a WHERE a.id = t.agent_id AND a.organization = :o)";
      default -> "organization = :o";
    };
  }

  private void raw(UUID message, String sha256, long offset, long length) {
    jdbc.sql(
            """
            UPDATE inbound_mail SET raw_sha256 = :sha256, raw_offset = :offset, raw_length = :length WHERE message_id = :id
            """)
        .param("sha256", sha256)
        .param("offset", offset)
        .param("length", length)
        .param("id", message)
        .update();
  }

  private String text(String sha256) throws IOException {
    try (InputStream content = contents.open(sha256)) {
      return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String submitted(String to) {
    Answer answer =
        post(
            ADMIN_KEY,
            "/messages",
            Map.of(
                "id",
                fresh("submission"),
                "from",
                address,
                "to",
                to,
                "subject",
                "Hello",
                "body",
                "Text."));
    if (answer.status() / 100 != 2) {
      throw new AssertionError(answer.toString());
    }
    return answer.text("/messageId");
  }
}
