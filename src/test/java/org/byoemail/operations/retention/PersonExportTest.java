package org.byoemail.operations.retention;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.submission.RejectedSubmission;
import org.byoemail.support.StoredMail;
import org.byoemail.support.WebTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/** What an export of a person holds, and what it does not. */
class PersonExportTest extends WebTest {
  private static final String PERSON = "stranger@else.test";

  @Autowired private ObjectMapper mapper;

  private String organization;
  private String address;
  private UUID account;
  private StoredMail stored;

  @BeforeEach
  void organizationWithMail() {
    organization = fresh("exporting");
    address = fresh("agent") + "@example.test";
    account = UUID.fromString(account(organization, address));
    stored = new StoredMail(jdbc);
  }

  @Test
  void allThatIsHeldOfThePersonAndNothingElse() throws Exception {
    String longText = "long ".repeat(40_000) + "end";
    UUID received = stored.ingested(account, "From the person", longText, null);
    UUID mail = stored.mail(account, "quarantined", "Broken", null, "unreadable", null);
    UUID event = named(stored.event(organization, "message.received", received), PERSON);
    UUID another = named(stored.event(organization, "message.received", null), "a-" + PERSON);
    String sent = submitted("Stranger@else.test");
    String other = submitted("other@else.test");
    jdbc.sql(
            """
            INSERT INTO suppression (id, organization, address, reason, source, created_at, expires_at)
            VALUES (gen_random_uuid(), :o, :address, 'manual', 'manual', now(), now() - interval '1 day')
            """)
        .param("o", organization)
        .param("address", PERSON)
        .update();
    jdbc.sql(
            """
            INSERT INTO bounce (id, organization, provider_report, kind, recipient, created_at)
            VALUES (gen_random_uuid(), :o, gen_random_uuid()::text, 'failed', :address, now())
            """)
        .param("o", organization)
        .param("address", PERSON)
        .update();
    rejected("{\"to\":\"" + PERSON + "\"}");
    rejected("{\"to\":\"a." + PERSON + "\"}");
    draft("{\"from\":\"" + address + "\",\"cc\":\"Stranger@else.test\"}");
    draft("{\"from\":\"" + address + "\",\"cc\":\"a." + PERSON + "\"}");
    UUID elsewhere =
        stored.ingested(
            UUID.fromString(account(fresh("another"), fresh("b") + "@example.test")),
            "Elsewhere",
            "Text",
            null);

    List<JsonNode> lines = export(PERSON.toUpperCase(java.util.Locale.ROOT));

    assertThat(lines.get(0).path("type").asText()).isEqualTo("export");
    assertThat(of(lines, "message"))
        .extracting(line -> line.path("id").asText())
        .containsExactly(received.toString(), sent)
        .doesNotContain(other, elsewhere.toString());
    assertThat(of(lines, "message").get(0).path("text").asText()).isEqualTo(longText);
    assertThat(of(lines, "message").get(1).path("recipients").toString())
        .containsIgnoringCase(PERSON);
    assertThat(of(lines, "mail"))
        .extracting(line -> line.path("id").asText())
        .containsExactly(mail.toString());
    assertThat(of(lines, "event"))
        .extracting(line -> line.path("id").asText())
        .contains(event.toString())
        .doesNotContain(another.toString());
    assertThat(of(lines, "bounce")).hasSize(1);
    assertThat(of(lines, "suppression")).hasSize(1);
    assertThat(of(lines, "rejected-submission"))
        .extracting(line -> line.path("body").asText())
        .containsExactly("{\"to\":\"" + PERSON + "\"}");
    assertThat(of(lines, "draft"))
        .extracting(line -> line.path("content").path("cc").asText())
        .containsExactly("Stranger@else.test");
    JsonNode end = lines.get(lines.size() - 1);
    assertThat(end.path("type").asText()).isEqualTo("end");
    assertThat(end.path("data").path("message").asInt()).isEqualTo(2);
    assertThat(end.path("data").path("suppression").asInt()).isEqualTo(1);
    assertThat(
            jdbc.sql("SELECT t::text FROM audit_entry t WHERE organization = :o")
                .param("o", organization)
                .query(String.class)
                .list())
        .anyMatch(entry -> entry.contains("person.exported"))
        .noneMatch(entry -> entry.contains(PERSON));
  }

  @Test
  void addressAndOrganizationAreNeeded() {
    assertThat(post(ADMIN_KEY, "/exports", Map.of("organization", organization)).fields())
        .containsExactly("address");
    assertThat(post(ADMIN_KEY, "/exports", Map.of("address", PERSON)).fields())
        .containsExactly("organization");
  }

  @ParameterizedTest
  @CsvSource({
    "ann@else.test, true",
    "ANN@Else.test, true",
    "'write to <ann@else.test>.', true",
    "'ann@else.test. Then', true",
    "mailto:ann@else.test?subject=x, true",
    "joann@else.test, false",
    "jo.ann@else.test, false",
    "ann@else.test.example, false",
    "ann@else.tests, false",
    "ann@else-test, false"
  })
  void partOfALongerAddressIsNoMention(String text, boolean mentioned) {
    assertThat(new AddressMention("ann@else.test").isIn(text)).isEqualTo(mentioned);
  }

  @Test
  void escapesOfJsonAreNoPartOfAnAddress() {
    byte[] body = "{\"body\":\"Dear\\nann@else.test\"}".getBytes(StandardCharsets.UTF_8);

    assertThat(
            new AddressMention("ann@else.test")
                .isIn(
                    new RejectedSubmission(
                        "1", new OrganizationId(organization), null, null, "invalid", body)))
        .isTrue();
  }

  private List<JsonNode> export(String person) throws Exception {
    Answer answer =
        post(ADMIN_KEY, "/exports", Map.of("organization", organization, "address", person));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.response().getContentType()).startsWith("application/x-ndjson");
    List<JsonNode> lines = new ArrayList<>();
    for (String line :
        new String(answer.response().getContentAsByteArray(), StandardCharsets.UTF_8).split("\n")) {
      lines.add(mapper.readTree(line));
    }
    return lines;
  }

  private static List<JsonNode> of(List<JsonNode> lines, String type) {
    return lines.stream()
        .filter(line -> line.path("type").asText().equals(type))
        .map(line -> line.path("data"))
        .toList();
  }

  private UUID named(UUID event, String person) {
    jdbc.sql("UPDATE event SET body = jsonb_build_object('from', :person) WHERE id = :id")
        .param("person", person)
        .param("id", event)
        .update();
    return event;
  }

  private void draft(String content) throws Exception {
    assertThat(post(ADMIN_KEY, "/drafts", mapper.readTree(content)).status()).isEqualTo(201);
  }

  private void rejected(String body) {
    jdbc.sql(
            """
            INSERT INTO rejected_submission (id, broker_id, organization, reason, body, created_at)
            VALUES (gen_random_uuid(), gen_random_uuid()::text, :o, 'invalid', :body, now())
            """)
        .param("o", organization)
        .param("body", body.getBytes(StandardCharsets.UTF_8))
        .update();
  }

  private String submitted(String to) {
    return post(
            ADMIN_KEY,
            "/messages",
            Map.of("from", address, "to", to, "subject", "Hello", "body", "Text."))
        .text("/messageId");
  }
}
