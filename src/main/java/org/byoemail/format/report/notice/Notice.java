package org.byoemail.format.report.notice;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.MimePart;
import org.byoemail.format.mime.ParsedMail;
import org.jspecify.annotations.Nullable;

/**
 * A mail as a notice: its header, and the lines of its text, which are read when they are asked
 * for: the header shows that most mails are not notices. For one thread.
 */
public final class Notice {
  private static final int MAX_LINES = 2_000;
  private static final int MAX_LINE = 1_000;

  private final MailHeaders headers;
  private final MimePart root;
  private @Nullable List<NoticeLine> lines;
  private @Nullable String words;
  private @Nullable String subject;
  private @Nullable String from;
  private @Nullable NoticeAuthor author;

  /** How servers whose kind this is begin the returned mail, and the index of the line there. */
  private @Nullable List<String> returnedMessage;

  private int returned;

  private Notice(MailHeaders headers, MimePart root, @Nullable List<NoticeLine> lines) {
    this.headers = headers;
    this.root = root;
    this.lines = lines;
  }

  public static Notice of(ParsedMail mail) {
    return new Notice(mail.headers(), mail.root(), null);
  }

  private static List<NoticeLine> lines(String text) {
    List<NoticeLine> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length() && lines.size() < MAX_LINES) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      lines.add(NoticeLine.of(text.substring(start, Math.min(end, start + MAX_LINE))));
      start = end + 1;
    }
    return lines;
  }

  private static String words(List<NoticeLine> lines) {
    StringBuilder words = new StringBuilder();
    for (NoticeLine line : lines) {
      if (!line.isBlank()) {
        words.append(words.isEmpty() ? "" : " ");
        append(line.lower(), words);
      }
    }
    return words.toString().replace('’', '\'');
  }

  /** Some list managers justify their text: several blanks are one. */
  private static void append(String line, StringBuilder words) {
    int from = 0;
    int blanks = line.indexOf("  ");
    while (blanks >= 0) {
      words.append(line, from, blanks + 1);
      from = blanks + 2;
      while (line.charAt(from) == ' ') {
        from++;
      }
      blanks = line.indexOf("  ", from);
    }
    words.append(line, from, line.length());
  }

  MailHeaders headers() {
    return headers;
  }

  /** In lower case. */
  String subject() {
    String known = subject;
    if (known == null) {
      known = lower(headers.subject());
      subject = known;
    }
    return known;
  }

  /** Who seems to have written it. */
  NoticeAuthor author() {
    NoticeAuthor known = author;
    if (known == null) {
      known = NoticeAuthor.of(headers);
      author = known;
    }
    return known;
  }

  List<NoticeLine> lines() {
    List<NoticeLine> known = lines;
    if (known == null) {
      known = lines(NoticeText.of(root));
      lines = known;
    }
    return known;
  }

  /** The text in lower case, on one line. */
  String words() {
    String known = words;
    if (known == null) {
      known = words(lines());
      words = known;
    }
    return known;
  }

  /** The same up to the returned mail. */
  Notice withoutReturnedMail(MtaSignature signature) {
    Notice own = new Notice(headers, root, lines().subList(0, returned(signature)));
    own.author = author;
    return own;
  }

  /** The index of the line where the returned mail begins. */
  private int returned(MtaSignature signature) {
    if (!signature.returnedMessage().equals(returnedMessage)) {
      returned = ReturnedMail.start(lines(), signature);
      returnedMessage = signature.returnedMessage();
    }
    return returned;
  }

  /** The header of the returned mail, wherever servers of any kind begin it. */
  public String returnedHeader() {
    return returnedHeader(MtaSignature.UNKNOWN);
  }

  /** The header of the mail that is returned within the text; empty if absent. */
  String returnedHeader(MtaSignature signature) {
    return ReturnedMail.header(lines(), returned(signature));
  }

  /** Whether a server of this kind seems to have written it. */
  boolean matches(MtaSignature signature) {
    return containsOne(signature.subject(), subject())
        && containsOne(signature.from(), from())
        && hasOne(signature.headers())
        && containsOne(signature.text(), words());
  }

  /** The field From in lower case. */
  private String from() {
    String known = from;
    if (known == null) {
      known = lower(headers.decoded("From").orElse(""));
      from = known;
    }
    return known;
  }

  /** Whether one of the fields is there, or none is asked for. */
  private boolean hasOne(List<String> fields) {
    for (String field : fields) {
      if (headers.first(field).isPresent()) {
        return true;
      }
    }
    return fields.isEmpty();
  }

  /** Whether one of the phrases occurs, or there are none. */
  private static boolean containsOne(List<String> phrases, String text) {
    for (int i = 0; i < phrases.size(); i++) {
      if (text.contains(phrases.get(i))) {
        return true;
      }
    }
    return phrases.isEmpty();
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
