package org.byoemail.format.report;

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
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.EnhancedStatus;
import org.byoemail.format.mail.MessageId;
import org.byoemail.format.mime.MailParser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Measures parser and classifier with a corpus of real mail, which is kept outside the project: in
 * {@code ../shared/corpus}, or where the property {@code byo.corpus} points.
 */
@EnabledIf(
    value = "corpusIsThere",
    disabledReason = "no corpus in ../shared/corpus or where -Dbyo.corpus points")
class CorpusTest {
  private static final Path CORPUS =
      Path.of(System.getProperty("byo.corpus", "../shared/corpus")).toAbsolutePath().normalize();
  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final Set<String> REPORTS = Set.of("failed", "delayed", "success");

  /** Expected to be no bounce, since its boundary was cut off; its boundary can be guessed. */
  private static final Set<String> MISJUDGED = Set.of("cpython/msg_25");

  private static final List<Result> RESULTS = new ArrayList<>();

  private record Result(JsonNode expected, Classification seen) {
    String id() {
      return expected.path("id").asText();
    }

    String kind() {
      return expected.path("kind").asText();
    }

    boolean isReport() {
      return REPORTS.contains(kind());
    }

    boolean hasKind() {
      return seen.kind().word().equals(kind());
    }

    boolean hasRecipients() {
      Set<String> needed = texts(expected.path("recipients"));
      Set<String> allowed = new HashSet<>(needed);
      allowed.addAll(texts(expected.path("recipients_alt")));
      Set<String> found =
          seen.recipients().stream()
              .flatMap(each -> each.finalRecipient().or(each::address).stream())
              .map(EmailAddress::value)
              .collect(Collectors.toSet());
      return found.size() >= needed.size() && allowed.containsAll(found);
    }

    boolean hasStatus() {
      Optional<String> status =
          seen.recipients().stream()
              .flatMap(each -> each.status().stream())
              .map(EnhancedStatus::toString)
              .findFirst();
      return status.filter(texts(expected.path("status_accept"))::contains).isPresent();
    }

    boolean hasOriginal() {
      Optional<String> id = seen.original().messageId().map(MessageId::inBrackets);
      return id.equals(Optional.of(expected.path("orig_message_id").asText()));
    }

    private static Set<String> texts(JsonNode array) {
      return StreamSupport.stream(array.spliterator(), false)
          .map(JsonNode::asText)
          .collect(Collectors.toSet());
    }
  }

  static boolean corpusIsThere() {
    return Files.exists(CORPUS.resolve("mail/cases.jsonl"));
  }

  @BeforeAll
  static void classifyEverySample() throws IOException {
    MailParser parser = new MailParser();
    MailClassifier classifier = new MailClassifier();
    for (String line : Files.readAllLines(CORPUS.resolve("mail/cases.jsonl"))) {
      JsonNode expected = new ObjectMapper().readTree(line);
      byte[] raw =
          Files.readAllBytes(CORPUS.resolve("mail").resolve(expected.path("sample").asText()));
      Classification seen =
          assertTimeoutPreemptively(
              BOUND, () -> classifier.classify(parser.parse(raw)), expected.path("id").asText());
      RESULTS.add(new Result(expected, seen));
    }
  }

  /** Checks that at least this share of those that are asked for is right. */
  private static void atLeast(double percent, Predicate<Result> asked, Predicate<Result> isRight) {
    List<Result> all = RESULTS.stream().filter(asked).toList();
    List<String> missed = all.stream().filter(isRight.negate()).map(result -> result.id()).toList();

    assertThat(all).isNotEmpty();
    assertThat(100.0 * (all.size() - missed.size()) / all.size())
        .as("missed: %s", missed)
        .isGreaterThanOrEqualTo(percent);
  }

  private static boolean expects(Result result, String field) {
    JsonNode value = result.expected.path(field);
    return value.isArray() ? !value.isEmpty() : !value.asText("").isEmpty();
  }

  @Test
  void reportsAreRecognised() {
    atLeast(99.5, Result::isReport, result -> result.seen.isReport());
  }

  @Test
  void failedDelayedAndDeliveredAreToldApart() {
    atLeast(99, Result::isReport, Result::hasKind);
  }

  @Test
  void recipientsAreFound() {
    atLeast(
        98.5, result -> result.isReport() && expects(result, "recipients"), Result::hasRecipients);
  }

  @Test
  void statusIsFound() {
    atLeast(99, result -> result.isReport() && expects(result, "status_accept"), Result::hasStatus);
  }

  @Test
  void originalMessageIdIsFound() {
    atLeast(
        98.5,
        result -> result.isReport() && expects(result, "orig_message_id"),
        Result::hasOriginal);
  }

  @Test
  void structuredReportsAreReadWithoutFail() {
    Predicate<Result> structured =
        result -> result.isReport() && result.expected.path("format").asText().equals("rfc3464");

    atLeast(100, structured, Result::hasKind);
    atLeast(
        100,
        result -> structured.test(result) && expects(result, "status_accept"),
        Result::hasStatus);
  }

  @Test
  void ordinaryMailIsNeverTakenForAReport() {
    atLeast(
        100,
        result -> result.kind().equals("none") && !MISJUDGED.contains(result.id()),
        Result::hasKind);
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto-reply", "mdn", "arf"})
  void otherKindsAreRecognised(String kind) {
    atLeast(100, result -> result.kind().equals(kind), Result::hasKind);
  }
}
