package org.byoemail.outbound.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.byoemail.support.PublishedSchema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each limit of the submission's schema is where the reader has it. */
class SubmissionLimitsTest {
  private static final PublishedSchema SCHEMA = new PublishedSchema("submission");
  private static final Set<String> LIMITS =
      Set.of("maxLength", "maximum", "minimum", "maxProperties");

  private final SubmissionReader reader = SubmissionFixtures.reader();

  /** What is allowed of a place, at its limit; one more is not. */
  private record Limit(String pointer, IntFunction<Map<String, @Nullable Object>> fields) {
    @Override
    public String toString() {
      return pointer;
    }
  }

  private static List<Limit> limits() {
    return List.of(
        limit("/properties/id/maxLength", n -> with("id", "i".repeat(n))),
        limit("/properties/from/maxLength", n -> with("from", named(n))),
        limit("/properties/subject/maxLength", n -> with("subject", "s".repeat(n))),
        limit("/$defs/address/maxLength", n -> with("to", named(n))),
        limit("/$defs/address/maxLength", n -> with("cc", List.of(named(n)))),
        limit("/$defs/address/maxLength", n -> with("bcc", List.of(named(n)))),
        limit("/$defs/address/maxLength", n -> with("replyTo", named(n))),
        limit("/properties/headers/maxProperties", n -> with("headers", many(n))),
        limit(
            "/properties/headers/additionalProperties/maxLength",
            n -> with("headers", Map.of("X-A", "ab ".repeat(n).substring(0, n)))),
        limit("/properties/priority/maximum", n -> with("priority", n)),
        limit("/$defs/attachment/properties/name/maxLength", n -> file("name", "n".repeat(n))),
        limit(
            "/$defs/attachment/properties/contentType/maxLength",
            n -> file("contentType", "text/plain; a=" + "b".repeat(n - 14))));
  }

  private static Limit limit(String pointer, IntFunction<Map<String, @Nullable Object>> fields) {
    return new Limit(pointer, fields);
  }

  static Stream<Arguments> boundaries() {
    return limits().stream()
        .map(limit -> Arguments.of(limit, SCHEMA.source().at(limit.pointer()).intValue()));
  }

  @ParameterizedTest
  @MethodSource("boundaries")
  void atTheLimitBothAcceptAndAboveItBothRefuse(Limit limit, int most) {
    assertBothAccept(limit.fields().apply(most));
    assertBothRefuse(limit.fields().apply(most + 1));
  }

  @Test
  void smallestPriorityIsThatOfTheSchema() {
    int least = SCHEMA.source().at("/properties/priority/minimum").intValue();

    assertBothAccept(with("priority", least));
    assertBothRefuse(with("priority", least - 1));
  }

  @Test
  void longestContentIdIsThatOfTheSchema() {
    assertBothAccept(file("cid", "c".repeat(200)));
    assertBothRefuse(file("cid", "c".repeat(201)));
    assertBothRefuse(file("cid", ""));
  }

  @Test
  void everyLimitOfTheSchemaIsTriedHere() {
    Set<String> found = new HashSet<>();
    collect(SCHEMA.source(), "", found);
    Set<String> tried = limits().stream().map(Limit::pointer).collect(Collectors.toSet());
    tried.add("/properties/priority/minimum");

    assertThat(found).isEqualTo(tried);
  }

  private static void collect(JsonNode node, String path, Set<String> found) {
    node.properties()
        .forEach(
            entry -> {
              String at = path + "/" + entry.getKey();
              if (LIMITS.contains(entry.getKey()) && entry.getValue().isNumber()) {
                found.add(at);
              }
              collect(entry.getValue(), at, found);
            });
  }

  private void assertBothAccept(Map<String, @Nullable Object> fields) {
    String json = SubmissionFixtures.json(fields);

    assertThat(SCHEMA.faults(json)).isEmpty();
    assertThat(reader.read(json)).isNotNull();
  }

  private void assertBothRefuse(Map<String, @Nullable Object> fields) {
    String json = SubmissionFixtures.json(fields);

    assertThat(SCHEMA.faults(json)).isNotEmpty();
    assertThat(catchThrowableOfType(SubmissionRejected.class, () -> reader.read(json))).isNotNull();
  }

  private static Map<String, @Nullable Object> with(String field, Object value) {
    return SubmissionFixtures.with(field, value);
  }

  private static String named(int length) {
    String address = " <ada@x.test>";
    return "A".repeat(length - address.length()) + address;
  }

  private static Map<String, String> many(int count) {
    return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "X-" + i, i -> "a"));
  }

  private static Map<String, @Nullable Object> file(String field, String value) {
    Map<String, Object> file =
        new LinkedHashMap<>(new HashMap<>(Map.of("name", "a.txt", "content", "eA==")));
    file.put(field, value);
    return with("attachments", List.of(file));
  }
}
