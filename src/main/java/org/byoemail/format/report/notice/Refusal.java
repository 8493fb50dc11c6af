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

  private static final Phrases OF_SOMETHING_ELSE = Phrases.wording("of-something-else");

  private static final Phrases CONDITION = Phrases.wording("condition");
  private static final Phrases SUBJECT_FIELD = Phrases.wording("subject-field");
  private static final List<String> REFUSES = WordLists.wording("refuses");

  private static final Pattern SENTENCE_ENDS = Pattern.compile("[.!?。！？](?=\\s|$)|\n");
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /** As in {@code Ticket: 12}: forms are not written in sentences. */
  private static final Pattern FIELD = Pattern.compile("\\p{L}[\\p{L}\\p{N} _-]{0,30}:(\\s|$).*");

  /** Words of others, and addresses, which do not say what became of the mail. */
  private static final Pattern INSERTED =
      Pattern.compile(
          "\"[^\"\n]{0,200}\"|“[^“”\n]{0,200}”|„[^„“”\n]{0,200}[“”]|«[^«»\n]{0,200}»"
              + "|\\([^()\n]{0,200}\\)|\\S{1,80}@\\S{1,80}");

  private static final Pattern NO_WORD = Pattern.compile("[\\s,;:]+");

  /** How far from what names the mail its predicate ends. */
  private static final int MAX_CLAUSE = 100;

  private static final int MAX_CONDITION = 40;

  /** How often a sentence is looked at: longer ones are lists. */
  private static final int MAX_CLAUSES = 5;

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
        || !isToldIn(words)) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            addresses(own), DiagnosticText.all(own.lines()), Notice.of(mail).returnedHeader()));
  }

  /** Whether a sentence of a text says that the mail of its reader was refused. */
  public static boolean tellsRefusal(String text) {
    return isToldIn(sentences(text.lines().map(Notice::lower).toList()));
  }

  private static boolean isToldIn(String sentences) {
    for (String words : SENTENCE_ENDS.split(INSERTED.matcher(sentences).replaceAll(" "))) {
      int mail = YOUR_MAIL.find(words, 0);
      for (int i = 0; i < MAX_CLAUSES && mail >= 0; i++) {
        if (!isCondition(words, mail) && isRefused(words, mail)) {
          return true;
        }
        mail = YOUR_MAIL.find(words, mail + 1);
      }
    }
    return false;
  }

  /** Whether the clause that names the mail there says so of the mail itself. */
  private static boolean isRefused(String words, int mail) {
    String before = words.substring(0, mail).strip();
    if (REFUSES.stream().anyMatch(before::endsWith)) {
      return true;
    }
    String clause = words.substring(mail, Math.min(words.length(), mail + MAX_CLAUSE));
    int refused = REFUSED.findWhole(clause);
    return refused >= 0 && !OF_SOMETHING_ELSE.occurAsWordsIn(words(clause.substring(0, refused)));
  }

  private static boolean isCondition(String words, int mail) {
    return CONDITION.occurAsWordsIn(
        words(words.substring(Math.max(0, mail - MAX_CONDITION), mail)));
  }

  private static String words(String text) {
    return NO_WORD.matcher(text).replaceAll(" ").strip();
  }

  private static boolean isByMachine(MailHeaders headers) {
    return headers.hasNullSender()
        || headers
            .first("Auto-Submitted")
            .filter(value -> value.strip().toLowerCase(Locale.ROOT).startsWith("auto-replied"))
            .isPresent();
  }

  private static String unquoted(Notice own) {
    return sentences(
        own.lines().stream().filter(line -> !isQuoted(line)).map(NoticeLine::lower).toList());
  }

  /** Lines in lower case as one text: line ends are where no sentence continues. */
  private static String sentences(List<String> lines) {
    StringBuilder words = new StringBuilder();
    for (String each : lines) {
      String line = BLANKS.matcher(each.strip()).replaceAll(" ").replace('’', '\'');
      // "Your message to:" begins a sentence, though.
      boolean field = FIELD.matcher(line).matches() && !YOUR_MAIL.begin(line);
      if (line.isEmpty() || field && SUBJECT_FIELD.begin(line)) {
        words.append('\n');
      } else if (field) {
        words.append('\n').append(line).append('\n');
      } else {
        words.append(' ').append(line);
      }
    }
    return words.toString().strip();
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
