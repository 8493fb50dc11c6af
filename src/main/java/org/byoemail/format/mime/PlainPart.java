package org.byoemail.format.mime;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.html.HiddenText;
import org.byoemail.format.html.HiddenText.Source;
import org.byoemail.format.html.VisibleText;

/**
 * Compares the plain part of a mail with its HTML. A line is hidden text if the HTML lacks its
 * words, or most of its sequences of three words. URLs count by their words.
 */
final class PlainPart {
  private static final int MAX_KEPT = HiddenText.MAX_LENGTH;
  private static final int MAX_WORDS = 100_000;
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");
  private static final Pattern WEB_ADDRESS =
      Pattern.compile("(?i)<?\\bhttps?://[^\\s>]{1,4000}+>?");

  private final Set<String> words = new HashSet<>();
  private final Set<Long> rows = new HashSet<>();
  private int read;

  private PlainPart() {}

  /** The body, with text that is only in the plain part added to the hidden text. */
  static VisibleText compared(String plain, VisibleText body) {
    PlainPart html = new PlainPart();
    html.learn(body.text());
    html.learn(body.preheader());
    body.hidden().forEach(hidden -> html.learn(hidden.text()));
    StringBuilder alone = new StringBuilder();
    for (String line : (Iterable<String>) plain.lines()::iterator) {
      if (alone.length() >= MAX_KEPT) {
        break;
      }
      String said = line.strip();
      if (html.lacks(said)) {
        alone.append(alone.isEmpty() ? "" : "\n").append(said);
      }
    }
    return alone.isEmpty()
        ? body
        : body.withHidden(List.of(new HiddenText(Source.PLAIN_PART, alone.toString())));
  }

  private void learn(String text) {
    Matcher found = WORD.matcher(text);
    long before = 0;
    long last = 0;
    while (read < MAX_WORDS && found.find()) {
      read++;
      String word = found.group().toLowerCase(Locale.ROOT);
      words.add(word);
      rows.add(row(before, last, word.hashCode()));
      before = last;
      last = word.hashCode();
    }
  }

  private static long row(long first, long second, long third) {
    return (first * 31 + second) * 1_000_003 + third;
  }

  private boolean lacks(String line) {
    Matcher found = WORD.matcher(WEB_ADDRESS.matcher(line).replaceAll(" "));
    long before = 0;
    long last = 0;
    int count = 0;
    int known = 0;
    while (found.find()) {
      String word = found.group().toLowerCase(Locale.ROOT);
      if (!words.contains(word) && read < MAX_WORDS) {
        return true;
      }
      count++;
      known += count > 2 && rows.contains(row(before, last, word.hashCode())) ? 1 : 0;
      before = last;
      last = word.hashCode();
    }
    return count > 4 && read < MAX_WORDS && 2 * known < count - 2;
  }
}
