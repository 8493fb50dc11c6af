package org.byoemail.bounce;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.byoemail.bounce.notice.WordLists;
import org.byoemail.mime.AutoSubmitted;
import org.byoemail.mime.MailHeaders;
import org.byoemail.mime.ParsedMail;

/**
 * Recognises a machine's answer to a mail (RFC 3834): absence notices, confirmations of receipt.
 */
final class AutoReplies implements Rule {
  /** How the subjects of such answers start, in the languages of the programs that send them. */
  private static final List<String> SUBJECTS = WordLists.wording("automatic-answer");

  private static final List<String> ABSENCE = WordLists.wording("absence");

  private final OriginalMails originals;

  AutoReplies(OriginalMails originals) {
    this.originals = originals;
  }

  @Override
  public Optional<Classification> read(ParsedMail mail) {
    MailHeaders headers = mail.headers();
    boolean declared = headers.autoSubmitted() == AutoSubmitted.REPLIED;
    if (!declared && (headers.isListMail() || !isSubject(headers.subject()))) {
      return Optional.empty();
    }
    Classification reply = Classification.of(MailKind.AUTO_REPLY, "auto-reply");
    return Optional.of(
        new Classification(
            reply.kind(),
            declared ? Strength.STRUCTURED : Strength.FREE_TEXT,
            reply.rule(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            originals.answered(mail),
            Optional.empty()));
  }

  private static boolean isSubject(String subject) {
    String lower = subject.strip().toLowerCase(Locale.ROOT).replace('’', '\'');
    String bare = lower.startsWith("re: ") ? lower.substring(4) : lower;
    String start = bare.substring(bare.startsWith("[") ? bare.indexOf(']') + 1 : 0).strip();
    return SUBJECTS.stream().anyMatch(start::startsWith)
        || ABSENCE.stream().anyMatch(start::contains);
  }
}
