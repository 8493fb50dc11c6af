package org.byoemail.format.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.byoemail.format.mime.AutoSubmitted;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.format.report.notice.WordLists;

/** Recognises automatic replies (RFC 3834): absence notices, confirmations of receipt. */
final class AutoReplies implements ReferenceRule {
  /** How subjects of automatic replies start. */
  private static final List<String> SUBJECTS = WordLists.wording("automatic-answer");

  /** The same, in words that people also put in front of a colon. */
  private static final List<String> SUBJECTS_OF_PEOPLE = WordLists.wording("absent");

  private static final List<String> ABSENCE = WordLists.wording("absence");

  /** Between such words and the subject of the original. */
  private static final Pattern BEFORE_COLON =
      Pattern.compile(
          "[\\p{L}-]{0,12}\\s?(auto[- ]?(reply|response|matic reply)?|reply|response|notification)?\\s?[:：]");

  /** Prefix of a reply to an absence notice. */
  private static final Pattern ANSWER =
      Pattern.compile("(re|aw|sv|vs|antw|ynt|odp|fw|fwd|wg|rv|tr|回复|答复|转发|返信)\\s?[:：]");

  private static final String DOMINO = "auto:";

  private static final Pattern END = Pattern.compile("[\\p{L}-]{0,12}[\\s.!)-]*");

  private final OriginalMails originals;

  AutoReplies(OriginalMails originals) {
    this.originals = originals;
  }

  @Override
  public Optional<Classification> read(ParsedMail mail) {
    MailHeaders headers = mail.headers();
    boolean declared = headers.autoSubmitted() == AutoSubmitted.REPLIED;
    if (!declared && (headers.isListMail() || !isSubject(headers.subject(), isHinted(headers)))) {
      return Optional.empty();
    }
    Classification reply = Classification.of(MailKind.AUTO_REPLY, "auto-reply");
    return Optional.of(
        new Classification(
            reply.kind(),
            declared ? ReportStrength.STRUCTURED : ReportStrength.FREE_TEXT,
            reply.rule(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            originals.answered(mail),
            Optional.empty()));
  }

  /**
   * Whether a program writes such a subject: its words with a colon after them. If more than the
   * subject indicates a program or an absence, even as words alone.
   */
  static boolean isSubject(String subject, boolean hinted) {
    String lower = subject.strip().toLowerCase(Locale.ROOT).replace('’', '\'');
    String start = lower.substring(lower.startsWith("[") ? lower.indexOf(']') + 1 : 0).strip();
    return startsAs(SUBJECTS, start, hinted)
        || hinted && startsAs(SUBJECTS_OF_PEOPLE, start, true)
        || (hinted && !ANSWER.matcher(start).lookingAt() || start.startsWith(DOMINO))
            && containsOne(ABSENCE, start);
  }

  private static boolean startsAs(List<String> phrases, String start, boolean hinted) {
    for (String words : phrases) {
      if (start.startsWith(words)) {
        String rest = words.endsWith(":") ? ":" : start.substring(words.length());
        if (BEFORE_COLON.matcher(rest).lookingAt() || hinted && END.matcher(rest).matches()) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean containsOne(List<String> phrases, String text) {
    for (String words : phrases) {
      if (text.contains(words)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it is a reply, or sent automatically. */
  private static boolean isHinted(MailHeaders headers) {
    return headers.first("In-Reply-To").isPresent()
        || headers.first("References").isPresent()
        || headers.autoSubmitted() == AutoSubmitted.GENERATED;
  }
}
