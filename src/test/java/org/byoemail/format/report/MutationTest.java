package org.byoemail.format.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.format.screen.MailScreen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nothing that a stranger can send makes parser or classifier throw, hang or take much memory.
 * {@code -Pfaults} runs more of them, {@code -Dbyo.mutation.seed=N} another choice. Time is that of
 * the processor, so that a busy machine changes nothing.
 */
@Tag("compute")
class MutationTest {
  private static final Logger LOG = LoggerFactory.getLogger(MutationTest.class);
  private static final int MUTANTS = Integer.getInteger("byo.mutants", 20_000);
  private static final long SEED = Long.getLong("byo.mutation.seed", 20_261_126L);
  private static final Duration BOUND = Duration.ofSeconds(2);
  private static final long MEMORY = 100L << 20;
  private static final Path OWN = Path.of("src/test/resources/bounce");
  private static final Path CORPUS =
      Path.of(System.getProperty("byo.corpus", "../shared/corpus")).resolve("mail/samples");

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final MailParser parser = new MailParser();
  private final MailClassifier classifier = new MailClassifier();

  private static List<byte[]> stock() throws IOException {
    List<byte[]> mails = new ArrayList<>();
    for (Path folder : List.of(OWN, CORPUS)) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(each -> each.toString().endsWith(".eml")).sorted().toList()) {
          mails.add(Files.readAllBytes(file));
        }
      }
    }
    return mails;
  }

  /** Classifies a mail, and holds processor time and memory against the bounds. */
  private void classifyWithinBounds(byte[] mail, String name) {
    long time = THREADS.getCurrentThreadCpuTime();
    long memory = THREADS.getCurrentThreadAllocatedBytes();

    assertThatCode(() -> look(mail)).as(name).doesNotThrowAnyException();

    long took = THREADS.getCurrentThreadCpuTime() - time;
    assertThat(Duration.ofNanos(took)).as(name).isLessThan(BOUND);
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - memory)
        .as(name)
        .isLessThan(MEMORY + 12L * mail.length);
  }

  /** All that is done with a mail whose sender nobody knows. */
  private void look(byte[] mail) {
    ParsedMail parsed = parser.parse(mail);
    classifier.classify(parsed);
    MailScreen.findings(parsed, false);
  }

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void noMutantIsTooMuch() throws IOException {
    List<byte[]> stock = stock();
    LOG.info("{} mutants of {} mails, seed {}", MUTANTS, stock.size(), SEED);
    Mutations mutations = new Mutations(SEED, stock);

    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = mutations.next();
      String start =
          HexFormat.of().formatHex(mutant, 0, Math.min(mutant.length, 16)) + " " + mutant.length;
      classifyWithinBounds(mutant, "mutant " + i + " of seed " + SEED + ": " + start);
    }
  }

  private static final String REPORT =
      "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail Returned to Sender\n";

  /** What a single unit becomes when it fills 8 MB of the text of a report. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "@",
        "a@",
        "a@b.",
        "a@b.c ",
        "<a@b.example>:\n",
        "\"@",
        "\"a",
        "(",
        "<",
        ">",
        "> ",
        " ",
        "\t",
        "-",
        "--",
        "=",
        ".",
        "5",
        "550 ",
        "550-",
        "5.1.1 ",
        "5.1.",
        "rcpt to:",
        "rcpt to:<",
        "to ",
        "following address\n",
        "Message-ID: <",
        "Message-ID:\n",
        "Received: from \n",
        "Final-Recipient: rfc822;a@b.example\nAction: failed\n\n",
        "Final-Recipient: rfc822;a@b.example\nDiagnostic-Code: smtp; 550 a\n\n",
        "a@b.example (a)\n",
        "<a@b.example>: 550 b\n",
        "following recipients\na@b.example\n",
        "Reporting-MTA: a\n",
        "expanded from ",
        "(expanded from a@b.example\n",
        "=?utf-8?B?",
        "&lt;",
        "<p>",
        "{\"a\":",
        "[",
        "{\"notificationType\":[",
        "\u3000",
        "\n",
        "X-Gobii-Message-ID: 0",
        "mailto:"
      })
  @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void noTextIsTooMuch(String unit) {
    byte[] unitBytes = unit.getBytes(StandardCharsets.UTF_8);
    IntFunction<String> filled = bytes -> unit.repeat(bytes / unitBytes.length);

    byte[] text = (REPORT + "\n" + filled.apply(8 << 20)).getBytes(StandardCharsets.UTF_8);
    byte[] html =
        (REPORT + "Content-Type: text/html\n\n" + filled.apply(2 << 20))
            .getBytes(StandardCharsets.UTF_8);
    byte[] fields =
        (REPORT
                + "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
                + filled.apply(2 << 20))
            .getBytes(StandardCharsets.UTF_8);
    byte[] header =
        (REPORT + "X-Failed-Recipients: " + filled.apply(1 << 20).replace("\n", " "))
            .getBytes(StandardCharsets.UTF_8);

    classifyWithinBounds(text, "text");
    classifyWithinBounds(html, "html");
    classifyWithinBounds(fields, "fields");
    classifyWithinBounds(header, "header");
  }
}
