package org.byoemail.format.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.byoemail.format.mail.EnhancedStatus;
import org.byoemail.format.mail.SenderRefusal;
import org.byoemail.format.report.notice.WordLists;

/**
 * What a phrase of a server means. The one table of them is {@code bounce/meanings.txt}.
 *
 * @param subject the second number of the status code (RFC 3463)
 * @param detail the third
 * @param words in lower case
 */
record StatusPhrases(BounceReason reason, int subject, int detail, String words) {
  private static final int MAX_LENGTH = 2_000;

  /** Within so much a server says whom it refuses; behind it come links and explanations. */
  private static final int MAX_OF_SENDER = 300;

  /** Words this short are found within others, in scripts that part words by blanks. */
  private static final int SHORT = 4;

  /** Where the scripts of China, Japan and Korea begin. */
  private static final char FIRST_OF_THE_EAST = 0x3000;

  private static final Pattern ROW = Pattern.compile("([a-z-]+) ([0-9])\\.([0-9]{1,3}) (\\S.*)");

  private static final List<StatusPhrases> TABLE =
      WordLists.lines("meanings.txt").stream().map(StatusPhrases::parse).toList();

  /** What no phrase of the table says, but the words for a refused sender do. */
  private static final Optional<StatusPhrases> SENDER =
      Optional.of(new StatusPhrases(BounceReason.REFUSED, 7, 1, ""));

  /** What happened to the mail, and nothing that is said of the sender. */
  private static final String RETURNED = "returned to sender";

  private static StatusPhrases parse(WordLists.Line line) {
    Matcher row = ROW.matcher(line.text());
    if (!row.matches()) {
      throw line.invalid("not: reason, subject.detail, phrase");
    }
    return new StatusPhrases(
        BounceReason.of(row.group(1)).orElseThrow(() -> line.invalid("unknown reason")),
        Integer.parseInt(row.group(2)),
        Integer.parseInt(row.group(3)),
        row.group(4));
  }

  /** What a text means; empty where it says nothing that is known. */
  static Optional<StatusPhrases> find(String said) {
    String lower =
        said.substring(0, Math.min(said.length(), MAX_LENGTH))
            .toLowerCase(Locale.ROOT)
            .replace('’', '\'');
    Optional<StatusPhrases> found = TABLE.stream().filter(phrase -> phrase.isIn(lower)).findFirst();
    boolean vague = found.isEmpty() || found.get().isAboutTheRecipient();
    return vague && isAboutTheSender(lower) ? SENDER : found;
  }

  private static boolean isAboutTheSender(String lower) {
    String start = lower.substring(0, Math.min(lower.length(), MAX_OF_SENDER));
    return SenderRefusal.in(start.replace(RETURNED, ""));
  }

  /** Whether the words could be said of a recipient, but are said of the sender as well. */
  private boolean isAboutTheRecipient() {
    return switch (reason) {
      case NO_SUCH_USER, NO_SUCH_HOST -> true;
      case OTHER -> subject == 1 || subject == 2;
      default -> false;
    };
  }

  /** Whether it is the sender that is refused. */
  boolean isAboutTheSender() {
    return reason == BounceReason.REFUSED && (subject == 1 || words.isEmpty());
  }

  private boolean isIn(String lower) {
    int at = lower.indexOf(words);
    while (isShort() && at >= 0 && !standsAlone(lower, at)) {
      at = lower.indexOf(words, at + 1);
    }
    return at >= 0;
  }

  private boolean isShort() {
    return words.length() <= SHORT && words.charAt(0) < FIRST_OF_THE_EAST;
  }

  private boolean standsAlone(String lower, int at) {
    int end = at + words.length();
    return (at == 0 || !Character.isLetterOrDigit(lower.charAt(at - 1)))
        && (end == lower.length() || !Character.isLetterOrDigit(lower.charAt(end)));
  }

  /** The status code it stands for, in that class. */
  EnhancedStatus status(int statusClass) {
    return new EnhancedStatus(statusClass, subject, detail);
  }
}
