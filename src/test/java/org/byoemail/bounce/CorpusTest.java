package org.byoemail.bounce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.byoemail.mail.EmailAddress;
import org.byoemail.mail.EnhancedStatus;
import org.byoemail.mail.MailParser;
import org.byoemail.mail.ParsedMail;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Measures the parser and the reader of reports with a corpus of real mail, which is kept outside
 * the project: in {@code ../shared/corpus}, or where the property {@code byo.corpus} points.
 */
@EnabledIf(
    value = "corpusIsThere",
    disabledReason = "no corpus in ../shared/corpus or where -Dbyo.corpus points")
class CorpusTest {
  private static final Path CORPUS =
      Path.of(System.getProperty("byo.corpus", "../shared/corpus")).toAbsolutePath().normalize();
  private static final Duration BOUND = Duration.ofSeconds(2);

  /** Expected to be no bounce, since its boundary was cut off; its boundary can be guessed. */
  private static final Set<String> MISJUDGED = Set.of("cpython/msg_25");

  private static final List<Result> RESULTS = new ArrayList<>();

  private record Result(JsonNode expected, Optional<Classification> report) {
    String id() {
      return expected.path("id").asText();
    }

    String kind() {
      return expected.path("kind").asText();
    }

    boolean isStructured() {
      return expected.path("format").asText().equals("rfc3464")
          && Set.of("failed", "delayed", "success").contains(kind());
    }
  }

  static boolean corpusIsThere() {
    return Files.exists(CORPUS.resolve("mail/cases.jsonl"));
  }

  @BeforeAll
  static void readEverySampleInTime() throws IOException {
    Path cases = CORPUS.resolve("mail/cases.jsonl");
    MailParser parser = new MailParser();
    DeliveryReports reports = new DeliveryReports(MailClassifier.ATTEMPT_HEADER);
    for (String line : Files.readAllLines(cases)) {
      JsonNode expected = new ObjectMapper().readTree(line);
      byte[] raw =
          Files.readAllBytes(CORPUS.resolve("mail").resolve(expected.path("sample").asText()));
      Optional<Classification> report =
          assertTimeoutPreemptively(
              BOUND,
              () -> {
                ParsedMail mail = parser.parse(raw);
                return reports.read(mail);
              },
              expected.path("id").asText());
      RESULTS.add(new Result(expected, report));
    }
  }

  /** Checks that at least this share of those with an expected value has it. */
  private static void atLeast(
      double percent,
      Predicate<JsonNode> isExpected,
      BiPredicate<JsonNode, Classification> isRight) {
    List<Result> asked =
        RESULTS.stream()
            .filter(Result::isStructured)
            .filter(r -> isExpected.test(r.expected))
            .toList();
    List<String> missed =
        asked.stream()
            .filter(r -> r.report.filter(report -> isRight.test(r.expected, report)).isEmpty())
            .map(Result::id)
            .toList();

    assertThat(asked).hasSizeGreaterThan(100);
    assertThat(100.0 * (asked.size() - missed.size()) / asked.size())
        .as("missed: %s", missed)
        .isGreaterThanOrEqualTo(percent);
  }

  @Test
  void everyStructuredReportIsRecognised() {
    atLeast(100, expected -> true, (expected, report) -> true);
  }

  @Test
  void kindIsRight() {
    atLeast(
        100,
        expected -> true,
        (expected, report) ->
            report.kind().name().equalsIgnoreCase(expected.path("kind").asText()));
  }

  @Test
  void recipientsAreFound() {
    atLeast(
        99,
        expected -> !expected.path("recipients").isEmpty(),
        (expected, report) -> {
          Set<String> needed = texts(expected.path("recipients"));
          Set<String> allowed = new HashSet<>(needed);
          allowed.addAll(texts(expected.path("recipients_alt")));
          List<String> found =
              report.recipients().stream()
                  .flatMap(recipient -> recipient.address().stream())
                  .map(EmailAddress::value)
                  .distinct()
                  .toList();
          return found.size() >= needed.size() && allowed.containsAll(found);
        });
  }

  @Test
  void statusIsFound() {
    atLeast(
        100,
        expected -> !expected.path("status_accept").isEmpty(),
        (expected, report) ->
            report.recipients().stream()
                .flatMap(recipient -> recipient.status().stream())
                .map(EnhancedStatus::toString)
                .findFirst()
                .filter(texts(expected.path("status_accept"))::contains)
                .isPresent());
  }

  @Test
  void originalMessageIdIsFound() {
    atLeast(
        100,
        expected -> !expected.path("orig_message_id").asText("").isEmpty(),
        (expected, report) ->
            report
                .original()
                .messageId()
                .filter(id -> id.inBrackets().equals(expected.path("orig_message_id").asText()))
                .isPresent());
  }

  @Test
  void ordinaryMailIsNeverTakenForAReport() {
    List<String> mistaken =
        RESULTS.stream()
            .filter(result -> result.kind().equals("none"))
            .filter(result -> result.report.isPresent() && !MISJUDGED.contains(result.id()))
            .map(Result::id)
            .toList();

    assertThat(mistaken).isEmpty();
  }

  private static Set<String> texts(JsonNode array) {
    return new HashSet<>(
        StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList());
  }
}
