package org.byoemail.outbound.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EndpointId;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.mail.NamedAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubmissionReaderTest {
  private final SubmissionReader reader = SubmissionFixtures.reader();

  @Test
  void everyFieldIsRead() {
    UUID replied = UUID.randomUUID();
    UUID uploaded = UUID.randomUUID();
    Map<String, @Nullable Object> fields = SubmissionFixtures.with("id", "order-17");
    fields.put("from", "Ada L <Ada@Example.org>");
    fields.put("to", List.of("\"Benson, B\" <b@x.test>", "c@x.test"));
    fields.put("cc", "d@x.test");
    fields.put("bcc", List.of("e@x.test"));
    fields.put("replyTo", "Desk <desk@x.test>");
    fields.put("inReplyTo", replied.toString());
    fields.put("headers", Map.of("X-Order", "17"));
    fields.put(
        "attachments",
        List.of(
            Map.of(
                "name", "a.png", "contentType", "image/png", "cid", "logo", "content", base64("x")),
            Map.of("id", uploaded.toString())));
    fields.put("sendAt", "2030-01-31T10:00:00+01:00");
    fields.put("expiresAt", "2030-02-01T09:00:00Z");
    fields.put("priority", 5);
    fields.put("autoSubmitted", true);
    fields.put("requestDeliveryReport", true);
    fields.put("metadata", Map.of("order", 17, "lines", List.of("a", 1.5)));

    Submission read = reader.read(SubmissionFixtures.json(fields));

    assertThat(read.id()).isEqualTo("order-17");
    assertThat(read.from()).isEqualTo("ada@example.org");
    assertThat(read.fromName()).isEqualTo("Ada L");
    assertThat(read.to()).containsExactly(named("Benson, B", "b@x.test"), named("", "c@x.test"));
    assertThat(read.cc()).containsExactly(named("", "d@x.test"));
    assertThat(read.bcc()).containsExactly(named("", "e@x.test"));
    assertThat(read.replyTo()).isEqualTo(named("Desk", "desk@x.test"));
    assertThat(read.subject()).isEqualTo("Hello");
    assertThat(read.text()).isEqualTo("How are you?");
    assertThat(read.html()).isNull();
    assertThat(read.inReplyTo()).isEqualTo(replied);
    assertThat(read.headers()).containsExactly(new HeaderField("X-Order", "17"));
    assertThat(read.attachments()).hasSize(2);
    assertThat(read.attachments().get(0).content()).isEqualTo("x".getBytes());
    assertThat(read.attachments().get(0).contentId()).isEqualTo("logo");
    assertThat(read.attachments().get(1).upload()).isEqualTo(uploaded);
    assertThat(read.sendAt()).isEqualTo(Instant.parse("2030-01-31T09:00:00Z"));
    assertThat(read.expiresAt()).isEqualTo(Instant.parse("2030-02-01T09:00:00Z"));
    assertThat(read.priority()).isEqualTo(5);
    assertThat(read.autoSubmitted()).isTrue();
    assertThat(read.requestDeliveryReport()).isTrue();
    assertThat(read.metadata())
        .containsEntry("lines", List.of("a", new java.math.BigDecimal("1.5")));
  }

  @Test
  void bytesAndTextAreReadAlike() {
    String json = SubmissionFixtures.json(SubmissionFixtures.with("subject", "Grüße \uD83D\uDE00"));

    Submission ofText = reader.read(json);
    Submission ofBytes =
        reader.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));

    assertThat(ofBytes).isEqualTo(ofText);
    assertThat(ofText.subject()).isEqualTo("Grüße \uD83D\uDE00");
  }

  @Test
  void digestIsOfWhatIsSaidAndNotOfHow() {
    String plain = reader.read(SubmissionFixtures.json(SubmissionFixtures.minimal())).digest();
    Map<String, @Nullable Object> turned = new LinkedHashMap<>();
    turned.put("body", "How are you?");
    turned.put("subject", "Hello");
    turned.put("cc", null);
    turned.put("to", "ben@example.net");
    turned.put("from", "ada@example.org");

    assertThat(reader.read(" " + SubmissionFixtures.json(turned) + "\n").digest()).isEqualTo(plain);
    assertThat(
            reader.read(SubmissionFixtures.json(SubmissionFixtures.with("body", "How?"))).digest())
        .isNotEqualTo(plain);
  }

  @Test
  void endpointIdIsASender() {
    EndpointId endpoint = EndpointId.next();

    assertThat(
            reader
                .read(SubmissionFixtures.json(SubmissionFixtures.with("from", endpoint.toString())))
                .from())
        .isEqualTo(endpoint.toString());
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        refused("from", "from", null),
        refused("from", "from", "nobody"),
        refused("from", "from", 7),
        refused("to", "to", null),
        refused("to", "to", List.of()),
        refused("to", "to", true),
        refused("to", "to", "a@x.test, b@x.test"),
        refused("to[1]", "to", List.of("a@x.test", "not an address")),
        refused("to[0]", "to", List.of("A\nBcc: b@x.test <a@x.test>")),
        refused(
            "to", "to", Stream.iterate(1, i -> i + 1).limit(6).map(i -> i + "@x.test").toList()),
        refused("cc[0]", "cc", List.of(5)),
        refused("bcc", "bcc", "x"),
        refused("replyTo", "replyTo", "x@y@"),
        refused("subject", "subject", "a\r\nBcc: b@x.test"),
        refused("subject", "subject", "a\u0007"),
        refused("subject", "subject", "a\u2028b"),
        refused("subject", "subject", "a".repeat(901)),
        refused("subject", "subject", List.of("a")),
        refused("body", "body", null),
        refused("body", "text", "also"),
        refused("body", "html", "<p>also"),
        refused("body", "body", 1),
        refused("id", "id", ""),
        refused("id", "id", "a".repeat(201)),
        refused("id", "id", 17),
        refused("inReplyTo", "inReplyTo", "1-1-1-1-1"),
        refused("headers", "headers", List.of()),
        refused("headers.Bcc", "headers", Map.of("Bcc", "a@x.test")),
        refused("headers.Subject", "headers", Map.of("Subject", "a")),
        refused("headers.x-gobii-message-id", "headers", Map.of("x-gobii-message-id", "a")),
        refused("headers.X-A", "headers", Map.of("X-A", "a\nB: c")),
        refused("headers.X-A", "headers", Map.of("X-A", 1)),
        refused("headers.X-A: b", "headers", Map.of("X-A: b", "c")),
        refused("headers.List-Id", "headers", Map.of("List-Id", "Grüße")),
        refused("headers.X-Long", "headers", Map.of("X-Long", "a".repeat(901))),
        refused("attachments", "attachments", Map.of()),
        refused("attachments[0]", "attachments", List.of("x")),
        refused("attachments[0].content", "attachments", file("content", "!")),
        refused("attachments[0].content", "attachments", file("content", 5)),
        refused("attachments[0].content", "attachments", file("content", null)),
        refused("attachments[0].content", "attachments", file("id", UUID.randomUUID().toString())),
        refused(
            "attachments[0].content", "attachments", file("content", base64("x".repeat(102_401)))),
        refused("attachments[0].name", "attachments", file("name", null)),
        refused("attachments[0].name", "attachments", file("name", "a\r\n.txt")),
        refused("attachments[0].name", "attachments", file("name", " ")),
        refused("attachments[0].contentType", "attachments", file("contentType", "text")),
        refused(
            "attachments[0].contentType", "attachments", file("contentType", "text/plain\nX: y")),
        refused("attachments[0].cid", "attachments", file("cid", "<a>")),
        refused("attachments[0].size", "attachments", file("size", 1)),
        refused("sendAt", "sendAt", "tomorrow"),
        refused("sendAt", "sendAt", "2030-01-31T10:00:00"),
        refused("sendAt", "sendAt", "+999999-01-31T10:00:00Z"),
        refused("expiresAt", "expiresAt", 1_900_000_000),
        refused("priority", "priority", "high"),
        refused("priority", "priority", 10),
        refused("priority", "priority", 1.5),
        refused("autoSubmitted", "autoSubmitted", "true"),
        refused("requestDeliveryReport", "requestDeliveryReport", 1),
        refused("metadata", "metadata", List.of()),
        refused("metadata", "metadata", Map.of("a", "b".repeat(20_000))),
        refused("metadata.a", "metadata", Map.of("a", "b\0")),
        refused("Subject", "Subject", "x"));
  }

  @ParameterizedTest
  @MethodSource
  void refused(String named, Map<String, @Nullable Object> fields) {
    assertThat(errors(SubmissionFixtures.json(fields)))
        .extracting(InvalidField::field)
        .containsExactly(named);
  }

  @Test
  void everythingThatIsWrongIsToldAtOnce() {
    Map<String, @Nullable Object> fields = SubmissionFixtures.with("to", List.of("a", "b@x.test"));
    fields.put("subject", "a\nb");
    fields.put("reply_to", "c@x.test");

    assertThat(errors(SubmissionFixtures.json(fields)))
        .extracting(InvalidField::toString)
        .containsExactlyInAnyOrder(
            "reply_to: is not a known field: did you mean replyTo?",
            "to[0]: an address has the form local@domain",
            "subject: holds a line break");
  }

  @Test
  void rejectionCarriesTheId() {
    SubmissionRejected rejected =
        catchThrowableOfType(
            SubmissionRejected.class,
            () -> reader.read("{\"id\": \"a-1\", \"from\": \"a@x.test\"}"));

    assertThat(rejected.submissionId()).isEqualTo("a-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no",
        "[]",
        "\"text\"",
        "{",
        "{\"to\": \"a@x.test\"} {}",
        "{\"to\": \"a@x.test\", \"to\": \"b@x.test\"}",
        "{'to': 1}",
        "{\"priority\": NaN}",
        "{\"metadata\": {\"a\": 1e999999}}",
        "{\"subject\": \"\\ud800\"}"
      })
  void whatIsNoJsonIsRefused(String text) {
    assertThat(errors(text)).hasSize(1);
  }

  @Test
  void depthIsLimited() {
    String deep = "{\"metadata\": " + "[".repeat(10_000) + "]".repeat(10_000) + "}";

    assertThat(errors(deep).get(0).reason()).contains("nesting depth");
  }

  @Test
  void moreThanIsAllowedIsNotReadToItsEnd() {
    String json = "{\"body\": \"" + "a".repeat(3_000_000) + "\"}";

    assertThat(errors(json).get(0).reason()).contains("too large");
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    byte[] bytes = "{\"subject\": \"\u00ff\u00fe\"}".getBytes(StandardCharsets.ISO_8859_1);

    SubmissionRejected rejected =
        catchThrowableOfType(
            SubmissionRejected.class, () -> reader.read(new ByteArrayInputStream(bytes)));

    assertThat(rejected.errors())
        .extracting(InvalidField::reason)
        .allMatch(r -> r.contains("UTF-8"));
  }

  @Test
  void badBase64IsNamedInBytesToo() {
    String json =
        SubmissionFixtures.json(SubmissionFixtures.with("attachments", file("content", "!")));

    SubmissionRejected rejected =
        catchThrowableOfType(
            SubmissionRejected.class,
            () -> reader.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))));

    assertThat(rejected.errors())
        .containsExactly(new InvalidField("attachments[0].content", "is no Base64"));
  }

  private List<InvalidField> errors(String json) {
    return catchThrowableOfType(SubmissionRejected.class, () -> reader.read(json)).errors();
  }

  private static Arguments refused(String named, String field, @Nullable Object value) {
    return Arguments.of(named, SubmissionFixtures.with(field, value));
  }

  private static List<Map<String, @Nullable Object>> file(String field, @Nullable Object value) {
    Map<String, @Nullable Object> file = new LinkedHashMap<>();
    file.put("name", "a.txt");
    file.put("contentType", "text/plain");
    file.put("content", base64("x"));
    file.put(field, value);
    return List.of(file);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static NamedAddress named(String name, String address) {
    return new NamedAddress(name, EmailAddress.parse(address));
  }
}
