package org.byoemail.outbound.submission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.platform.event.Event;
import org.byoemail.platform.event.EventJson;
import org.byoemail.platform.event.EventType;
import org.byoemail.support.PublishedSchema;
import org.byoemail.support.WebTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;

/** The published schemas and the code say the same. */
class SubmissionSchemaTest extends WebTest {
  private static final PublishedSchema SUBMISSION = new PublishedSchema("submission");

  private final SubmissionReader reader = SubmissionFixtures.reader();

  @Autowired private EventJson eventJson;

  @Test
  void schemaKnowsTheFieldsThatTheReaderKnows() {
    List<String> fields = new ArrayList<>();
    SUBMISSION.source().path("properties").fieldNames().forEachRemaining(fields::add);

    assertThat(fields).containsExactlyInAnyOrderElementsOf(SubmissionReader.FIELDS);
  }

  static Stream<Map<String, @Nullable Object>> accepted() {
    Map<String, @Nullable Object> html = SubmissionFixtures.with("html", "<p>a");
    html.remove("body");
    return Stream.of(
        SubmissionFixtures.minimal(),
        SubmissionFixtures.with("to", List.of("Ada <a@x.test>", "b@x.test")),
        SubmissionFixtures.with("from", UUID.randomUUID().toString()),
        SubmissionFixtures.with("headers", Map.of("X-A", "b", "List-Id", "<a.b>")),
        SubmissionFixtures.with("inReplyTo", UUID.randomUUID().toString()),
        SubmissionFixtures.with("sendAt", "2030-01-31T10:00:00+01:00"),
        SubmissionFixtures.with("priority", -9),
        SubmissionFixtures.with("metadata", Map.of("a", List.of(1))),
        SubmissionFixtures.with(
            "attachments",
            List.of(
                Map.of("name", "a", "content", "eA==", "contentType", "text/csv; charset=utf-8"),
                Map.of("id", UUID.randomUUID().toString()))),
        html);
  }

  @ParameterizedTest
  @MethodSource
  void accepted(Map<String, @Nullable Object> fields) {
    String json = SubmissionFixtures.json(fields);

    assertThat(SUBMISSION.faults(json)).isEmpty();
    assertThat(reader.read(json).digest()).isNotEmpty();
  }

  // A schema cannot say what only a parser knows: addresses, Base64, what may be in which header.
  private static final List<String> BEYOND_A_SCHEMA =
      List.of("not an address", "x@y@", "Bcc", "Subject", "x-gobii", "nobody");

  static Stream<Arguments> refused() {
    return SubmissionReaderTest.refused()
        .filter(
            arguments -> {
              String json = SubmissionFixtures.json(arguments.get()[1]);
              return BEYOND_A_SCHEMA.stream().noneMatch(json::contains);
            })
        .filter(arguments -> !isLimit(String.valueOf(arguments.get()[0]), arguments.get()[1]));
  }

  private static boolean isLimit(String field, Object fields) {
    String json = SubmissionFixtures.json(fields);
    boolean setting = json.contains("6@x.test") || json.length() > 20_000;
    boolean parser =
        json.contains("\"content\":\"!\"")
            || json.contains("1-1-1-1-1")
            || json.contains("a@x.test, b@x.test")
            || json.contains("\"bcc\":\"x\"")
            || json.contains("+999999")
            || json.contains("Grüße")
            || json.contains("\\u0000")
            || json.contains("\"name\":\" \"")
            || json.contains("\"to\":[]")
            || field.equals("headers.X-Long");
    return setting || parser;
  }

  @ParameterizedTest
  @MethodSource
  void refused(String named, Map<String, @Nullable Object> fields) {
    // An absent field is null here, which the schema does not know.
    Map<String, @Nullable Object> present = new java.util.LinkedHashMap<>(fields);
    present.values().removeIf(Objects::isNull);

    assertThat(SUBMISSION.faults(SubmissionFixtures.json(present))).as(named).isNotEmpty();
  }

  @Test
  void eventsAreAsTheirSchemaSays() {
    PublishedSchema schema = new PublishedSchema("event");
    for (EventType type : EventType.values()) {
      Event event =
          new Event(
              UUID.randomUUID(),
              1,
              new OrganizationId("acme"),
              type.word(),
              type.word().startsWith("message") ? UUID.randomUUID() : null,
              UUID.randomUUID(),
              1,
              new ObjectMapper().valueToTree(Map.of("a", 1)),
              java.time.Instant.parse("2030-01-31T09:00:00.123456Z"),
              null);

      assertThat(schema.faults(eventJson.write(event))).as(type.word()).isEmpty();
    }
  }
}
