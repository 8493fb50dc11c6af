package org.byoemail.format.report.notice;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** The lines of recipients that the mail arrived at, by a line above them or by their own words. */
final class ArrivalLines {
  private ArrivalLines() {}

  static BitSet in(List<NoticeLine> lines) {
    BitSet arrived = new BitSet();
    boolean announced = false;
    for (int i = 0; i < lines.size(); i++) {
      NoticeLine line = lines.get(i);
      if (line.startsWithAddress()) {
        arrived.set(i, announced || Wording.isArrival(words(line.afterAddress())));
      } else if (!line.isBlank()) {
        announced = Wording.tellsArrival(line.lower());
      }
    }
    return arrived;
  }

  /** Without case and the punctuation around them. */
  private static String words(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && !Character.isLetterOrDigit(text.charAt(start))) {
      start++;
    }
    while (end > start && !Character.isLetterOrDigit(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end).toLowerCase(Locale.ROOT);
  }
}
