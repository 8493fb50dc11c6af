package org.byoemail.format.html;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.byoemail.support.Chromium;
import org.byoemail.support.RequiresPrograms;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is read of HTML is what Chromium paints: less than 0.5 % of hidden characters are left, less
 * than 0.1 % of visible ones lost. A share at each build, 200 mails of each make with {@code
 * -Pfaults}, others with {@code -Dbyo.painted.seed=N}; what was judged wrong is written into
 * target.
 */
@RequiresPrograms("chromium")
class PaintedTextTest {
  private static final Logger LOG = LoggerFactory.getLogger(PaintedTextTest.class);
  private static final int MAILS = Integer.getInteger("byo.painted", 6);

  /** Of so many mails a percentage says something. */
  private static final int ENOUGH = 50;

  private static final long SEED = Long.getLong("byo.painted.seed", 20_261_130L);
  private static final Path SAMPLES =
      Path.of(System.getProperty("byo.corpus", "../shared/corpus")).resolve("mail/samples");
  private static final Pattern SERIAL = Pattern.compile("k\\d{4,}k");

  private final List<String> wrong = new ArrayList<>();
  private long hidden;
  private long left;
  private long visible;
  private long lost;

  @Test
  void readsWhatIsPaintedOfNewsletters() throws IOException {
    compare("newsletters", new NewsletterMails(SEED)::next);
  }

  @Test
  void readsWhatIsPaintedByStyleSheets() throws IOException {
    compare("sheets", new SheetMails(SEED)::next);
  }

  /** Mails that others wrote, in an order by the seed; each of their texts gets a serial. */
  @Test
  @EnabledIf(
      value = "hasCorpus",
      disabledReason = "no corpus in ../shared/corpus or where -Dbyo.corpus points")
  void readsWhatIsPaintedOfRealMails() throws IOException {
    List<String> mails = new ArrayList<>(HtmlSamples.numbered(SAMPLES));
    Collections.shuffle(mails, new Random(SEED));
    assertThat(mails.size()).as("mails with HTML").isGreaterThan(50);

    compare("samples", MAILS < ENOUGH ? mails.subList(0, Math.min(MAILS, mails.size())) : mails);
  }

  static boolean hasCorpus() {
    return Files.isDirectory(SAMPLES);
  }

  private void compare(String name, Supplier<String> mails) throws IOException {
    compare(name, Stream.generate(mails).limit(MAILS).toList());
    assertThat(hidden).isPositive();
  }

  private void compare(String name, List<String> mails) throws IOException {
    Browser browser = Chromium.shared();
    try (PaintedPages wide = new PaintedPages(browser, 1024, 768);
        PaintedPages phone = new PaintedPages(browser, 390, 844)) {
      for (String mail : mails) {
        compare(mail, wide, phone);
      }
    }

    LOG.info(
        "{}: of {} hidden characters {} left ({} %), of {} visible {} lost ({} %)",
        name, hidden, left, percent(left, hidden), visible, lost, percent(lost, visible));
    Path report = Path.of("target", "painted-" + name + ".txt");
    Files.write(report, wrong, StandardCharsets.UTF_8);
    if (MAILS < ENOUGH) {
      assertThat(wrong).as("texts judged wrong, see " + report).hasSizeLessThanOrEqualTo(1);
      return;
    }
    assertThat(percent(left, hidden)).as("hidden characters left, see " + report).isLessThan(0.5);
    assertThat(percent(lost, visible)).as("visible characters lost, see " + report).isLessThan(0.1);
  }

  private static double percent(long part, long whole) {
    return Math.round(100_000.0 * part / Math.max(1, whole)) / 1000.0;
  }

  private void compare(String html, PaintedPages wide, PaintedPages phone) {
    Map<String, Boolean> painted = new HashMap<>();
    Map<String, Integer> sizes = new HashMap<>();
    Matcher serials = SERIAL.matcher(html);
    while (serials.find()) {
      painted.put(serials.group(), false);
      sizes.put(serials.group(), 40);
    }
    for (PaintedPages page : List.of(wide, phone)) {
      for (PaintedPages.Text text : page.texts(html)) {
        Matcher serial = SERIAL.matcher(text.words());
        while (serial.find()) {
          painted.merge(serial.group(), text.painted(), Boolean::logicalOr);
          sizes.put(serial.group(), text.words().strip().length());
        }
      }
    }
    String read = VisibleHtml.read(html).text();
    painted.forEach(
        (serial, isPainted) -> {
          int size = sizes.get(serial);
          boolean isRead = read.contains(serial);
          visible += isPainted ? size : 0;
          hidden += isPainted ? 0 : size;
          lost += isPainted && !isRead ? size : 0;
          left += !isPainted && isRead ? size : 0;
          if (isPainted != isRead) {
            wrong.add((isPainted ? "LOST " : "LEFT ") + serial + "\n" + html + "\n");
          }
        });
  }
}
