package org.byoemail.format.report.notice;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.ParsedMail;

/**
 * A mail in which a machine says, in a sentence, that a mail of its reader was refused. People
 * never send with a null sender, nor mark their mail as an automatic reply; whom they quote does
 * not count.
 *
 * @param addresses that it names, in text and subject
 * @param text the refusal on one line, up to a length
 * @param returnedHeader the header of the mail that it returns within its text; may be empty
 */
public record Refusal(List<EmailAddress> addresses, String text, String returnedHeader) {
  private static final Phrases YOUR_MAIL = Phrases.wording("your-mail");
  private static final Phrases REFUSED = Phrases.wording("refused");

  /** Challenges and requests: their reader is to act, and no mail has failed yet. */
  private static final Phrases ASKS = Phrases.wording("asks");

  private static final Pattern SENTENCE_ENDS = Pattern.compile("[.!?。！？](?=\\s|$)");

  public Refusal {
    addresses = List.copyOf(addresses);
  }

  /** Empty for a mail that a person may have written, and for all but refusals. */
  public static Optional<Refusal> in(ParsedMail mail) {
    MailHeaders headers = mail.headers();
    if (!isByMachine(headers) || headers.isListMail()) {
      return Optional.empty();
    }
    Notice own = Notice.of(mail).withoutReturnedMail(MtaSignature.UNKNOWN);
    String words = unquoted(own);
    if (Wording.isForwarded(own.subject())
        || Wording.isSubjectOfSummary(own.subject())
        || Wording.tellsOfHeldMail(words)
        || Wording.tellsDelay(words)
        || ASKS.occurIn(words)
        || !tellsRefusal(words)) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            addresses(own), DiagnosticText.all(own.lines()), Notice.of(mail).returnedHeader()));
  }

  /** Whether a sentence says that a mail was refused; in lower case. */
  public static boolean tellsRefusal(String words) {
    for (String sentence : SENTENCE_ENDS.split(words)) {
      if (YOUR_MAIL.occurIn(sentence) && REFUSED.occurIn(sentence)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isByMachine(MailHeaders headers) {
    return headers.hasNullSender()
        || headers
            .first("Auto-Submitted")
            .filter(value -> value.strip().toLowerCase(Locale.ROOT).startsWith("auto-replied"))
            .isPresent();
  }

  private static String unquoted(Notice own) {
    StringBuilder words = new StringBuilder();
    for (NoticeLine line : own.lines()) {
      if (!line.isBlank() && !isQuoted(line)) {
        words.append(words.isEmpty() ? "" : " ").append(line.lower());
      }
    }
    return words.toString().replace('’', '\'');
  }

  private static boolean isQuoted(NoticeLine line) {
    return line.text().startsWith(">");
  }

  private static List<EmailAddress> addresses(Notice own) {
    Set<EmailAddress> found = new LinkedHashSet<>();
    for (NoticeLine line : own.lines()) {
      if (!isQuoted(line)) {
        line.addresses().forEach(each -> found.add(each.address()));
      }
    }
    FoundAddress.in(own.subject()).forEach(each -> found.add(each.address()));
    return List.copyOf(found);
  }
}
