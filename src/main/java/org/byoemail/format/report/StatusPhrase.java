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
 * A phrase of a server, and the status and reason that it stands for. They are listed in {@code
 * bounce/meanings.txt}.
 *
 * @param subject the second number of the status code (RFC 3463)
 * @param detail the third
 * @param words in lower case
 */
record StatusPhrase(BounceReason reason, int subject, int detail, String words) {
  private static final int MAX_LENGTH = 2_000;

  /** A server says within this length whom it refuses; links and explanations follow. */
  private static final int MAX_SENDER_REFUSAL = 300;

  /** Phrases up to this length also occur within words, in scripts that separate words. */
  private static final int SHORT = 4;

  /** Where the blocks of Chinese, Japanese and Korean characters begin. */
  private static final char FIRST_CJK = 0x3000;

  private static final Pattern ROW = Pattern.compile("([a-z-]+) ([0-9])\\.([0-9]{1,3}) (\\S.*)");

  private static final List<StatusPhrase> TABLE =
      WordLists.lines("meanings.txt").stream().map(StatusPhrase::parse).toList();

  /** Stands for the words by which {@link SenderRefusal} recognises a refused sender. */
  private static final Optional<StatusPhrase> SENDER_REFUSED =
      Optional.of(new StatusPhrase(BounceReason.REFUSED, 7, 1, ""));

  /** Mentions the sender without saying anything of it. */
  private static final String RETURNED = "returned to sender";

  private static StatusPhrase parse(WordLists.Line line) {
    Matcher row = ROW.matcher(line.text());
    if (!row.matches()) {
      throw line.invalid("not: reason, subject.detail, phrase");
    }
    return new StatusPhrase(
        BounceReason.of(row.group(1)).orElseThrow(() -> line.invalid("unknown reason")),
        Integer.parseInt(row.group(2)),
        Integer.parseInt(row.group(3)),
        row.group(4));
  }

  /** The first phrase of the list that a diagnostic contains. */
  static Optional<StatusPhrase> find(String diagnostic) {
    String lower =
        diagnostic
            .substring(0, Math.min(diagnostic.length(), MAX_LENGTH))
            .toLowerCase(Locale.ROOT)
            .replace('’', '\'');
    Optional<StatusPhrase> found = first(lower);
    boolean vague = found.isEmpty() || found.get().isAboutTheRecipient();
    return vague && isAboutTheSender(lower) ? SENDER_REFUSED : found;
  }

  private static Optional<StatusPhrase> first(String lower) {
    for (StatusPhrase phrase : TABLE) {
      if (phrase.isIn(lower)) {
        return Optional.of(phrase);
      }
    }
    return Optional.empty();
  }

  private static boolean isAboutTheSender(String lower) {
    String start = lower.substring(0, Math.min(lower.length(), MAX_SENDER_REFUSAL));
    return SenderRefusal.in(start.contains(RETURNED) ? start.replace(RETURNED, "") : start);
  }

  /** Whether servers use the phrase of a recipient, but of a sender as well. */
  private boolean isAboutTheRecipient() {
    return switch (reason) {
      case NO_SUCH_USER, NO_SUCH_HOST -> true;
      case OTHER -> subject == 1 || subject == 2;
      default -> false;
    };
  }

  /** Whether the sender is refused, and not the recipient. */
  boolean isAboutTheSender() {
    return reason == BounceReason.REFUSED && (subject == 1 || words.isEmpty());
  }

  private boolean isIn(String lower) {
    int at = lower.indexOf(words);
    while (at >= 0 && (isShort() && !standsAlone(lower, at) || isLabel(lower, at))) {
      at = lower.indexOf(words, at + 1);
    }
    return at >= 0;
  }

  /** Whether words about the sender are the name of a field there: "Sender Address: ...". */
  private boolean isLabel(String lower, int at) {
    return isAboutTheSender() && lower.startsWith(":", at + words.length());
  }

  private boolean isShort() {
    return words.length() <= SHORT && words.charAt(0) < FIRST_CJK;
  }

  private boolean standsAlone(String lower, int at) {
    int end = at + words.length();
    return (at == 0 || !Character.isLetterOrDigit(lower.charAt(at - 1)))
        && (end == lower.length() || !Character.isLetterOrDigit(lower.charAt(end)));
  }

  /** The status code that it stands for, in that class. */
  EnhancedStatus status(int statusClass) {
    return new EnhancedStatus(statusClass, subject, detail);
  }
}
