package org.byoemail.format.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.report.notice.MtaSignature;
import org.byoemail.format.report.notice.MtaSignatures;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Samples of our own, a folder for each rule and a file of expectations beside each mail. What a
 * file does not name is not compared.
 */
class SamplesTest {
  private static final Path FOLDER = Path.of("src/test/resources/bounce");

  private static final Map<String, Function<Classification, @Nullable Object>> FACTS =
      new LinkedHashMap<>();

  static {
    FACTS.put("kind", seen -> seen.kind().word());
    FACTS.put("recipients", SamplesTest::recipients);
    FACTS.put("original", of(first -> first.original().map(EmailAddress::value)));
    FACTS.put("status", of(first -> first.status().map(Object::toString)));
    FACTS.put("replyCode", of(first -> Optional.of(first.replyCode().orElse(0))));
    FACTS.put("diagnostic", of(first -> Optional.of(first.diagnostic())));
    FACTS.put("reason", of(first -> Optional.of(first.reason().word())));
    FACTS.put("permanent", of(first -> Optional.of(first.isPermanent())));
    FACTS.put("reportingMta", seen -> seen.reportingMta().orElse(null));
    FACTS.put(
        "originalMessageId",
        seen -> seen.original().messageId().map(MessageId::inBrackets).orElse(null));
    FACTS.put("presumed", SamplesTest::presumed);
    FACTS.put("complaint", seen -> seen.complaint().map(Complaint::type).orElse(null));
    FACTS.put(
        "complainants",
        seen -> values(seen.complaint().map(Complaint::recipients).orElse(List.of())));
  }

  private final MailParser parser = new MailParser();
  private final MailClassifier classifier = new MailClassifier();

  private static Function<Classification, @Nullable Object> of(
      Function<ReportedRecipient, Optional<?>> fact) {
    return seen ->
        seen.recipients().stream()
            .findFirst()
            .flatMap(fact::apply)
            .map(Object.class::cast)
            .orElse(null);
  }

  private static List<String> recipients(Classification seen) {
    return values(
        seen.recipients().stream()
            .flatMap(each -> each.finalRecipient().or(each::address).stream())
            .toList());
  }

  private static List<String> presumed(Classification seen) {
    return seen.presumed().map(SamplesTest::recipients).orElse(List.of()).stream()
        .sorted()
        .toList();
  }

  private static List<String> values(List<EmailAddress> addresses) {
    return addresses.stream().map(EmailAddress::value).toList();
  }

  static List<String> samples() {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".eml"))
          .map(file -> FOLDER.relativize(file).toString().replace(".eml", ""))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void sampleIsSeenForWhatItIs(String sample) throws IOException {
    JsonNode expected =
        new ObjectMapper().readTree(Files.readAllBytes(FOLDER.resolve(sample + ".json")));
    assertThat(FACTS.keySet()).containsAll(expected::fieldNames);

    Classification seen =
        classifier.classify(parser.parse(Files.readAllBytes(FOLDER.resolve(sample + ".eml"))));

    assertThat(seen.rule()).isEqualTo(FOLDER.resolve(sample).getParent().getFileName().toString());
    FACTS.forEach(
        (name, fact) -> {
          if (expected.has(name)) {
            assertThat(fact.apply(seen)).as(name).isEqualTo(plain(expected.get(name)));
          }
        });
  }

  private static Object plain(JsonNode value) {
    if (value.isArray()) {
      return StreamSupport.stream(value.spliterator(), false).map(JsonNode::asText).toList();
    }
    return value.isBoolean() ? value.asBoolean() : value.isInt() ? value.asInt() : value.asText();
  }

  @Test
  void everyFamilyHasASample() {
    List<String> families = MtaSignatures.ALL.stream().map(MtaSignature::name).toList();

    assertThat(families).doesNotHaveDuplicates();
    assertThat(families).allSatisfy(name -> assertThat(FOLDER.resolve(name)).isNotEmptyDirectory());
  }
}
