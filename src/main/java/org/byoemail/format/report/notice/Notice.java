package org.byoemail.format.report.notice;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.ParsedMail;

/** A mail as a notice: its header, and the lines of its text. */
public final class Notice {
  private static final int MAX_LINES = 2_000;
  private static final int MAX_LINE = 1_000;

  private final MailHeaders headers;
  private final List<NoticeLine> lines;
  private final String words;
  private final String subject;
  private final String author;

  private Notice(
      MailHeaders headers, String subject, String author, List<NoticeLine> lines, String words) {
    this.headers = headers;
    this.subject = subject;
    this.author = author;
    this.lines = lines;
    this.words = words;
  }

  public static Notice of(ParsedMail mail) {
    String text = NoticeText.of(mail.root());
    List<NoticeLine> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length() && lines.size() < MAX_LINES) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      lines.add(NoticeLine.of(text.substring(start, Math.min(end, start + MAX_LINE))));
      start = end + 1;
    }
    return new Notice(
        mail.headers(),
        lower(mail.headers().subject()),
        lower(mail.headers().decoded("From").orElse("")),
        lines,
        words(lines));
  }

  private static String words(List<NoticeLine> lines) {
    StringBuilder words = new StringBuilder();
    for (NoticeLine line : lines) {
      if (!line.isBlank()) {
        words.append(words.isEmpty() ? "" : " ").append(line.lower());
      }
    }
    return words.toString().replace('’', '\'');
  }

  MailHeaders headers() {
    return headers;
  }

  /** In lower case. */
  String subject() {
    return subject;
  }

  List<NoticeLine> lines() {
    return lines;
  }

  /** The text in lower case, on one line. */
  String words() {
    return words;
  }

  /** The same up to the returned mail. */
  Notice withoutReturnedMail(MtaSignature signature) {
    List<NoticeLine> own = lines.subList(0, ReturnedMail.start(lines, signature));
    return new Notice(headers, subject, author, own, words(own));
  }

  /** The header of the returned mail, wherever servers of any kind begin it. */
  public String returnedHeader() {
    return returnedHeader(MtaSignature.UNKNOWN);
  }

  /** The header of the mail that is returned within the text; empty if absent. */
  String returnedHeader(MtaSignature signature) {
    return ReturnedMail.header(lines, ReturnedMail.start(lines, signature));
  }

  /** Whether a server of this kind seems to have written it. */
  boolean matches(MtaSignature signature) {
    return containsOne(signature.text(), words)
        && containsOne(signature.subject(), subject)
        && containsOne(signature.from(), author)
        && (signature.headers().isEmpty()
            || signature.headers().stream().anyMatch(name -> headers.first(name).isPresent()));
  }

  /** Whether one of the phrases occurs, or there are none. */
  private static boolean containsOne(List<String> phrases, String text) {
    return phrases.isEmpty() || phrases.stream().anyMatch(text::contains);
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
